#include "parser/promql_lexer.h"

#include <algorithm>
#include <utility>

#include "parser/promql_chars.h"
#include "parser/promql_keywords.h"

namespace tacho::parser {

void Lexer::Run() {
  tokens_.reserve(text_.size() / 6 + 8);
  while (!done_) {
    at_ = BehindSpace();
    begin_ = at_;
    if (AtEnd()) {
      EndOfText();
    } else if (in_braces_) {
      InsideBraces(Peek());
    } else if (wants_duration_) {
      DurationStart(Peek());
    } else {
      Statement(Peek());
    }
  }
}

void Lexer::EndOfText() {
  if (in_braces_) return Fail("unexpected end of input inside braces");
  if (wants_duration_) return Fail("unexpected end of input in duration expression");
  if (parens_ > 0) return Fail("unclosed left parenthesis");
  if (in_brackets_) return Fail("unclosed left bracket");
  Emit(TokenKind::kEnd);
  done_ = true;
}

uint32_t Lexer::BehindSpace() const {
  size_t at = at_;
  while (at < text_.size() && (text_[at] == '#' || IsSpace(text_[at]))) {
    at = text_[at] == '#' ? std::min(text_.find_first_of("\n\r", at), text_.size()) : at + 1;
  }
  return static_cast<uint32_t>(at);
}

void Lexer::Statement(char c) {
  if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) return NumberOrDuration();
  if (IsAlpha(c) || c == ':') return in_brackets_ ? BracketWord() : Word();
  switch (c) {
    case '"':
    case '\'':
      return String(c);
    case '`':
      return RawString();
    case '=':
    case '!':
    case '<':
    case '>':
      return Comparison(c);
    default:
      return Punctuation(c);
  }
}

void Lexer::Punctuation(char c) {
  ++at_;
  switch (c) {
    case ',':
      return Emit(TokenKind::kComma);
    case '+':
      return Emit(TokenKind::kAdd, Op::kAdd);
    case '-':
      return Emit(TokenKind::kSub, Op::kSub);
    case '*':
      return Emit(TokenKind::kBinary, Op::kMul);
    case '/':
      return Emit(TokenKind::kBinary, Op::kDiv);
    case '%':
      return Emit(TokenKind::kBinary, Op::kMod);
    case '^':
      return Emit(TokenKind::kBinary, Op::kPow);
    case '@':
      return Emit(TokenKind::kAt);
    case '(':
      return OpenParen();
    case ')':
      return CloseParen();
    case '[':
      return OpenBracket();
    case ']':
      return CloseBracket();
    case '{':
      Emit(TokenKind::kLeftBrace);
      in_braces_ = true;
      return Nest();
    default:
      at_ = begin_;
      return Fail("unexpected character: " + QuoteRune(RuneHere()));
  }
}

void Lexer::Comparison(char c) {
  ++at_;
  const char next = Peek();
  if (c == '=' && next == '~') return Fail("unexpected character after '=': '~'");
  if (c == '!' && next != '=') {
    return Fail("unexpected character after '!': " + QuoteRune(RuneHere()));
  }
  const bool or_equal = next == '=';
  if (or_equal) ++at_;
  if (c == '!') return Emit(TokenKind::kNotEqual, Op::kNeq);
  if (c == '=') {
    return or_equal ? Emit(TokenKind::kBinary, Op::kEql) : Emit(TokenKind::kAssign);
  }
  if (!or_equal && next == '/') {
    ++at_;
    return Emit(TokenKind::kBinary, c == '<' ? Op::kTrimUpper : Op::kTrimLower);
  }
  if (c == '<') return Emit(TokenKind::kBinary, or_equal ? Op::kLte : Op::kLss);
  return Emit(TokenKind::kBinary, or_equal ? Op::kGte : Op::kGtr);
}

void Lexer::OpenParen() {
  Emit(TokenKind::kLeftParen);
  ++parens_;
  Nest();
}

void Lexer::CloseParen() {
  // Prometheus places this one behind the parenthesis.
  if (parens_ == 0) return FailAt(at_, "unexpected right parenthesis ')'");
  Emit(TokenKind::kRightParen);
  --parens_;
  --depth_;
}

void Lexer::OpenBracket() {
  if (in_brackets_) return Fail("unexpected left bracket '['");
  Emit(TokenKind::kLeftBracket);
  in_brackets_ = true;
  wants_duration_ = true;
  got_colon_ = false;
  Nest();
}

void Lexer::CloseBracket() {
  if (!in_brackets_) return Fail("unexpected right bracket ']'");
  Emit(TokenKind::kRightBracket);
  in_brackets_ = false;
  wants_duration_ = false;
  --depth_;
}

// In brackets, up to and including the number.
void Lexer::DurationStart(char c) {
  if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) {
    got_duration_ = true;
    wants_duration_ = false;
    return NumberOrDuration();
  }
  if (c == ':') return Colon();
  if (IsAlpha(c)) return BracketWord();
  constexpr std::string_view kAllowed = "()]+-*/%^,";
  if (kAllowed.find(c) != std::string_view::npos) return Punctuation(c);
  Fail("unexpected character in duration expression: " + QuoteRune(RuneHere()));
}

void Lexer::Colon() {
  ++at_;
  // Prometheus places this one behind the colon.
  if (wants_duration_ && !got_duration_) {
    return FailAt(at_, "unexpected colon before duration in duration expression");
  }
  if (got_colon_) return Fail("unexpected colon ':'");
  got_colon_ = true;
  Emit(TokenKind::kColon);
}

// In brackets only a colon or the functions of duration expressions can follow.
void Lexer::BracketWord() {
  if (Peek() == ':') return Colon();
  const uint32_t first = RuneHere();
  while (IsAlpha(Peek())) ++at_;
  const Keyword* keyword = FindKeyword(text_.substr(begin_, at_ - begin_));
  constexpr TokenSet kFunctions(TokenKind::kStep, TokenKind::kRange, TokenKind::kMinOf,
                                TokenKind::kMaxOf);
  if (keyword != nullptr && kFunctions.Has(keyword->kind)) {
    got_duration_ = true;
    return Emit(keyword->kind);
  }
  if (wants_duration_) {
    return Fail("unexpected character in duration expression: " + QuoteRune(first));
  }
  Fail("unexpected character: " + QuoteRune(first) + ", expected ':'");
}

void Lexer::Word() {
  bool colon = false;
  while (IsAlphaNumeric(Peek()) || Peek() == ':') {
    colon |= Peek() == ':';
    ++at_;
  }
  if (colon) return Emit(TokenKind::kMetricIdentifier);
  const Keyword* keyword = FindKeyword(text_.substr(begin_, at_ - begin_));
  // fill came late to the language: metrics of that name go on working.
  constexpr TokenSet kFills(TokenKind::kFill, TokenKind::kFillLeft, TokenKind::kFillRight);
  if (keyword == nullptr || (kFills.Has(keyword->kind) && !FollowedByParen())) {
    return Emit(TokenKind::kIdentifier);
  }
  Emit(keyword->kind, keyword->op);
}

bool Lexer::FollowedByParen() const {
  const size_t next = BehindSpace();
  return next < text_.size() && text_[next] == '(';
}

void Lexer::InsideBraces(char c) {
  if (IsAlpha(c)) {
    while (IsAlphaNumeric(Peek())) ++at_;
    return Emit(TokenKind::kIdentifier);
  }
  switch (c) {
    case '"':
    case '\'':
      return String(c);
    case '`':
      return RawString();
    case '=':
    case '!':
      return BraceMatchOperator(c);
    case ',':
      ++at_;
      return Emit(TokenKind::kComma);
    case '{':
      return Fail("unexpected left brace '{'");
    case '}':
      ++at_;
      in_braces_ = false;
      --depth_;
      return Emit(TokenKind::kRightBrace);
    default:
      return Fail("unexpected character inside braces: " + QuoteRune(RuneHere()));
  }
}

void Lexer::BraceMatchOperator(char c) {
  ++at_;
  if (Accept("~")) {
    return Emit(c == '=' ? TokenKind::kRegexEqual : TokenKind::kRegexNotEqual);
  }
  if (c == '=') return Emit(TokenKind::kAssign);
  if (Accept("=")) return Emit(TokenKind::kNotEqual, Op::kNeq);
  Fail("unexpected character after '!' inside braces: " + QuoteRune(RuneHere()));
}

bool Lexer::Accept(std::string_view any_of) {
  if (AtEnd() || any_of.find(Peek()) == std::string_view::npos) return false;
  ++at_;
  return true;
}

void Lexer::Nest() {
  if (++depth_ <= max_depth_) return;
  too_deep_ = true;
  FailAt(begin_, "nested too deeply");
}

void Lexer::Emit(TokenKind kind, Op op) { tokens_.push_back({kind, op, begin_, at_}); }

void Lexer::FailAt(uint32_t offset, std::string message) {
  error_ = std::move(message);
  error_offset_ = offset;
  begin_ = offset;
  Emit(TokenKind::kError);
  done_ = true;
}

}  // namespace tacho::parser
