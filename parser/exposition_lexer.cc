// What the lexers of both formats share.
#include "parser/exposition_lexer.h"

#include <cstring>

namespace tacho::parser {

std::string_view TokenName(Token token) {
  constexpr std::string_view kNames[] = {"INVALID", "EOF",     "LINEBREAK", "HELP",    "TYPE",
                                         "UNIT",    "EOFWORD", "TEXT",      "COMMENT", "MNAME",
                                         "QSTRING", "BOPEN",   "BCLOSE",    "LNAME",   "LVALUE",
                                         "COMMA",   "EQUAL",   "TIMESTAMP", "VALUE"};
  return kNames[static_cast<size_t>(token)];
}

size_t ExpositionLexer::FindNewline() const {
  if (at_ >= body_.size()) return at_;
  const void* found = std::memchr(body_.data() + at_, '\n', body_.size() - at_);
  if (found == nullptr) return body_.size();
  return static_cast<size_t>(static_cast<const char*>(found) - body_.data());
}

// From the opening quote to the byte after the closing one. False leaves at_ where no
// string can go on: at its end, or at what follows a backslash but may not.
bool ExpositionLexer::ScanQuoted(uint16_t plain) {
  Step();
  while (true) {
    Scan(plain);
    if (at_ == body_.size() && at_ < limit_ && IsIn('\n', plain)) ++at_;
    if (Current() == '"') break;
    if (Current() != '\\') return false;
    const unsigned char escaped = Step();
    if (escaped == '\n' || escaped == 0) return false;
    Step();
  }
  Step();
  return true;
}

Token ExpositionLexer::Quoted(uint16_t plain, Token token, State next) {
  if (!ScanQuoted(plain)) return Token::kInvalid;
  state_ = next;
  return token;
}

Token ExpositionLexer::Name(uint16_t char_class, Token token, State next) {
  Scan(char_class);
  state_ = next;
  return token;
}

bool ExpositionLexer::TakeWord(std::string_view word) {
  for (const char c : word) {
    if (Current() != static_cast<unsigned char>(c)) return false;
    Step();
  }
  return true;
}

Token ExpositionLexer::MetaName() {
  if (Current() == '"') return Quoted(kPlainName, Token::kMetricName, State::kMeta2);
  if (!IsIn(Current(), kMetricStart)) return Token::kInvalid;
  return Name(kMetricChar, Token::kMetricName, State::kMeta2);
}

}  // namespace tacho::parser
