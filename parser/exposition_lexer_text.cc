// The text format, version 0.0.4. Blanks may stand between any two tokens.
#include <cstring>

#include "parser/exposition_lexer.h"

namespace tacho::parser {

Token ExpositionLexer::NextOfText() {
  if (at_ >= limit_) return Token::kEof;
  if (state_ != State::kMeta2) SkipBlanks();
  start_ = at_;
  switch (state_) {
    case State::kMeta1:
      return MetaName();
    case State::kMeta2:
      return TextMetadata();
    case State::kLabels:
      return TextLabels();
    case State::kLabelValue:
      if (Current() != '"') return Token::kInvalid;
      return Quoted(kPlainValue, Token::kLabelValue, State::kLabels);
    case State::kValue:
      if (Current() == '{') return Take(Token::kBraceOpen, State::kLabels);
      if (!IsIn(Current(), kTextValue)) return Token::kInvalid;
      return Name(kTextValue, Token::kValue, State::kTimestamp);
    case State::kTimestamp:
      return TextTimestamp();
    default:
      return TextLineStart();
  }
}

Token ExpositionLexer::TextLineStart() {
  const unsigned char c = Current();
  if (IsIn(c, kMetricStart)) return Name(kMetricChar, Token::kMetricName, State::kValue);
  switch (c) {
    case '#':
      return TextComment();
    case '\n':
      return Take(Token::kLinebreak);
    case '{':
      return Take(Token::kBraceOpen, State::kLabels);
    case 0:  // the rest of the body is not looked at
      return Take(Token::kEof);
    default:
      return Token::kInvalid;
  }
}

// "# HELP " and "# TYPE " open metadata, every other '#' a comment.
Token ExpositionLexer::TextComment() {
  if (!IsIn(Step(), kBlank)) return TextSkipComment();
  SkipBlanks();
  state_ = State::kComment;
  const Token token = Current() == 'H' ? Token::kHelp : Token::kType;
  if (!TakeWord(token == Token::kHelp ? "HELP" : "TYPE") || !IsIn(Current(), kBlank)) {
    return TextSkipComment();
  }
  SkipBlanks();
  state_ = State::kMeta1;
  return token;
}

Token ExpositionLexer::TextSkipComment() {
  const bool nul_ends = state_ != State::kComment || Current() == 0;
  const size_t newline = FindNewline();
  if (nul_ends) {
    const void* nul = std::memchr(body_.data() + at_, '\0', newline - at_);
    if (nul != nullptr) {
      at_ = static_cast<size_t>(static_cast<const char*>(nul) - body_.data());
      return Token::kEof;
    }
  }
  at_ = newline;
  state_ = State::kInit;
  return Token::kComment;
}

// The rest of the line; nothing, if only blanks are left.
Token ExpositionLexer::TextMetadata() {
  SkipBlanks();
  if (Current() == '\n') {
    start_ = at_;
  } else if (Current() != 0) {
    at_ = FindNewline();
  }
  state_ = State::kInit;
  return Token::kText;
}

Token ExpositionLexer::TextLabels() {
  const unsigned char c = Current();
  if (IsIn(c, kLabelStart)) return Name(kLabelChar, Token::kLabelName, State::kLabels);
  switch (c) {
    case '=':
      return Take(Token::kEqual, State::kLabelValue);
    case ',':
      return Take(Token::kComma);
    case '}':
      return Take(Token::kBraceClose, State::kValue);
    case '"':
      return Quoted(kPlainName, Token::kQuoted, State::kLabels);
    default:
      return Token::kInvalid;
  }
}

Token ExpositionLexer::TextTimestamp() {
  if (Current() == '\n') return Take(Token::kLinebreak, State::kInit);
  if (!IsIn(Current(), kDigit)) return Token::kInvalid;
  return Name(kDigit, Token::kTimestamp, State::kTimestamp);
}

}  // namespace tacho::parser
