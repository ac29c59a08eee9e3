// The lexer's literals: numbers, durations and strings. Only their extent is found
// here; promql_literal.h says what they are worth.
#include "parser/promql_chars.h"
#include "parser/promql_lexer.h"

namespace tacho::parser {

void Lexer::NumberOrDuration() {
  if (ScanNumber()) return Emit(TokenKind::kNumber);
  if (ScanDurationUnits()) return Emit(TokenKind::kDuration);
  const std::string_view read = text_.substr(begin_, at_ - begin_);
  Fail("bad number or duration syntax: " + QuoteText(read));
}

// True: a whole number was read. False: it was read as far as it went, and a
// duration's unit may follow.
bool Lexer::ScanNumber() {
  if (Peek() == '0' && Lower(Peek(1)) == 'x') return ScanHexNumber();
  if (!Accept(".")) ++at_;
  bool dot = false;
  bool exponent = false;
  constexpr std::string_view kParts = "0123456789._eE";
  while (!AtEnd() && kParts.find(Peek()) != std::string_view::npos) {
    if (!ScanDigitsOf(Peek(), &dot, &exponent)) return false;
  }
  return !IsAlphaNumeric(Peek());
}

// One part of a decimal number. What may not follow it is read too: it belongs into
// the error's text.
bool Lexer::ScanDigitsOf(char c, bool* dot, bool* exponent) {
  ++at_;
  if (c == '.') {
    if (*dot) return false;
    *dot = true;
    return !Accept("_.");
  }
  if (Lower(c) == 'e') {
    if (*exponent) return false;
    *exponent = true;
    Accept("+-");
    return !Accept("._eE") && !AtEnd();
  }
  return c != '_' || (!Accept("._eE") && !AtEnd());
}

bool Lexer::ScanHexNumber() {
  at_ += 2;
  while (IsHexDigit(Peek()) || Peek() == '_') ++at_;
  if (Accept(".")) return false;
  return text_[at_ - 1] != '_' && !IsAlphaNumeric(Peek());
}

// The units of a duration, behind its first number. Any order and any unit with an s
// behind it pass here.
bool Lexer::ScanDurationUnits() {
  if (!Accept("smhdwy")) return false;
  Accept("s");
  while (IsDigit(Peek())) {
    while (IsDigit(Peek())) ++at_;
    if (!Accept("smhdw")) return false;
    Accept("s");
  }
  if (!IsAlphaNumeric(Peek())) return true;
  ++at_;
  return false;
}

void Lexer::String(char quote) {
  ++at_;
  while (true) {
    if (AtEnd() || Peek() == '\n') return Fail("unterminated quoted string");
    const char c = Peek();
    if (static_cast<uint8_t>(c) >= 0x80) {
      const Rune rune = DecodeRune(text_.substr(at_));
      if (rune.code == kBadRune) return Fail("invalid UTF-8 rune");
      at_ += rune.width;
      continue;
    }
    ++at_;
    if (c == quote) return Emit(TokenKind::kString);
    if (c == '\\' && !Escape(quote)) return;
  }
}

// False: the escape sequence is wrong, and Fail has said so.
bool Lexer::Escape(char quote) {
  constexpr std::string_view kSingle = "abfnrtv\\";
  if (AtEnd()) return Fail("escape sequence not terminated"), false;
  const char c = Peek();
  if (c == quote || kSingle.find(c) != std::string_view::npos) return ++at_, true;
  if (c >= '0' && c <= '7') return EscapeDigits(3, 8, 0xFF);
  if (c != 'x' && c != 'u' && c != 'U') {
    return Fail("unknown escape sequence " + NameRune(RuneHere())), false;
  }
  ++at_;
  if (c == 'x') return EscapeDigits(2, 16, 0xFF);
  return EscapeDigits(c == 'u' ? 4 : 8, 16, 0x10FFFF);
}

bool Lexer::EscapeDigits(int digits, uint32_t base, uint32_t max) {
  uint32_t code = 0;  // eight hex digits at most: never overflows
  for (int i = 0; i < digits; ++i) {
    if (AtEnd()) return Fail("escape sequence not terminated"), false;
    const char c = Peek();
    const bool is_digit = base == 16 ? IsHexDigit(c) : c >= '0' && c <= '7';
    if (!is_digit) {
      return Fail("illegal character " + NameRune(RuneHere()) + " in escape sequence"), false;
    }
    code = code * base + static_cast<uint32_t>(IsDigit(c) ? c - '0' : Lower(c) - 'a' + 10);
    ++at_;
  }
  if (code <= max && (code < 0xD800 || code >= 0xE000)) return true;
  return Fail("escape sequence is an invalid Unicode code point"), false;
}

void Lexer::RawString() {
  ++at_;
  while (!AtEnd()) {
    const Rune rune = DecodeRune(text_.substr(at_));
    if (rune.code == kBadRune) return Fail("invalid UTF-8 rune");
    at_ += rune.width;
    if (rune.code == '`') return Emit(TokenKind::kString);
  }
  Fail("unterminated raw string");
}

}  // namespace tacho::parser
