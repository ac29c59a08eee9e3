// OpenMetrics 1.0. One space, and only where the format has one; it belongs to the
// token that it precedes.
#include "parser/exposition_lexer.h"

namespace tacho::parser {

Token ExpositionLexer::NextOfOpenMetrics() {
  if (at_ >= limit_) return Token::kEof;
  start_ = at_;
  switch (state_) {
    case State::kMeta1:
      return MetaName();
    case State::kMeta2:
      return OpenMetricsMetadata();
    case State::kLabels:
      if (Current() == '"') return Quoted(kPlainName, Token::kQuoted, State::kLabels);
      return OpenMetricsLabels(State::kLabelValue, State::kValue);
    case State::kLabelValue:
      if (Current() != '"') return Token::kInvalid;
      return Quoted(kPlainValueOneLine, Token::kLabelValue, State::kLabels);
    case State::kValue:
      if (Current() == '{') return Take(Token::kBraceOpen, State::kLabels);
      return OpenMetricsSpaced(Token::kValue, State::kTimestamp);
    case State::kTimestamp:
      return OpenMetricsTimestamp();
    case State::kExemplar:
      if (Current() == '"') return Quoted(kPlainExemplar, Token::kQuoted, State::kExemplar);
      return OpenMetricsLabels(State::kExemplarValue, State::kExemplarValue);
    case State::kExemplarValue:
      if (Current() == '"') return Quoted(kPlainExemplar, Token::kLabelValue, State::kExemplar);
      return OpenMetricsSpaced(Token::kValue, State::kExemplarTimestamp);
    case State::kExemplarTimestamp:
      if (Current() == '\n') return Take(Token::kLinebreak, State::kInit);
      return OpenMetricsSpaced(Token::kTimestamp, state_);
    default:
      return OpenMetricsLineStart();
  }
}

Token ExpositionLexer::OpenMetricsLineStart() {
  const unsigned char c = Current();
  if (IsIn(c, kMetricStart)) return Name(kMetricChar, Token::kMetricName, State::kValue);
  if (c == '{') return Take(Token::kBraceOpen, State::kLabels);
  if (c != '#' || Step() != ' ') return Token::kInvalid;
  Step();
  state_ = State::kComment;
  return OpenMetricsComment();
}

Token ExpositionLexer::OpenMetricsComment() {
  if (Current() == 'E') {
    if (!TakeWord("EOF")) return Token::kInvalid;
    return Current() == '\n' ? Take(Token::kEofWord, State::kInit)
                             : Name(0, Token::kEofWord, State::kInit);
  }
  const Token token = Current() == 'H'   ? Token::kHelp
                      : Current() == 'T' ? Token::kType
                                         : Token::kUnit;
  const std::string_view word = token == Token::kHelp   ? "HELP "
                                : token == Token::kType ? "TYPE "
                                                        : "UNIT ";
  if (!TakeWord(word)) return Token::kInvalid;
  state_ = State::kMeta1;
  return token;
}

// A space and the rest of the line, its newline included.
Token ExpositionLexer::OpenMetricsMetadata() {
  if (Current() != ' ') return Token::kInvalid;
  at_ = FindNewline();
  if (at_ >= limit_) return Token::kInvalid;
  return Take(Token::kText, State::kInit);
}

Token ExpositionLexer::OpenMetricsLabels(State after_equal, State after_close) {
  const unsigned char c = Current();
  if (IsIn(c, kLabelStart)) return Name(kLabelChar, Token::kLabelName, state_);
  switch (c) {
    case '=':
      return Take(Token::kEqual, after_equal);
    case ',':
      return Take(Token::kComma);
    case '}':
      return Take(Token::kBraceClose, after_close);
    default:
      return Token::kInvalid;
  }
}

// A space and a word.
Token ExpositionLexer::OpenMetricsSpaced(Token token, State next) {
  if (Current() != ' ' || !IsIn(Step(), kWord)) return Token::kInvalid;
  return Name(kWord, token, next);
}

// The end of the line, a timestamp, or the " # {" that opens an exemplar.
Token ExpositionLexer::OpenMetricsTimestamp() {
  if (Current() == '\n') return Take(Token::kLinebreak, State::kInit);
  if (Current() != ' ' || !IsIn(Step(), kWord)) return Token::kInvalid;
  if (Current() == '#' && Step() == ' ') {
    if (Step() != '{') return Token::kInvalid;
    return Take(Token::kComment, State::kExemplar);
  }
  return Name(kWord, Token::kTimestamp, state_);
}

}  // namespace tacho::parser
