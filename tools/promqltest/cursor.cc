#include "tools/promqltest/cursor.h"

#include <algorithm>

#include "parser/promql_lexer.h"
#include "parser/promql_literal.h"

namespace tacho::promqltest {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Where a string that begins with its quote ends; npos if it does not.
size_t EndOfString(std::string_view text) {
  const char quote = text.front();
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == quote) return i + 1;
    if (text[i] == '\\' && quote != '`') ++i;
  }
  return std::string_view::npos;
}

}  // namespace

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view Cursor::Take(size_t n) {
  const std::string_view taken = rest_.substr(0, n);
  rest_.remove_prefix(taken.size());
  return taken;
}

bool Cursor::SkipBlanks() {
  const size_t before = rest_.size();
  while (!rest_.empty() && IsBlank(rest_.front())) rest_.remove_prefix(1);
  return rest_.size() != before;
}

bool Cursor::Accept(std::string_view text) {
  if (!rest_.starts_with(text)) return false;
  rest_.remove_prefix(text.size());
  return true;
}

std::string_view Cursor::Word() {
  SkipBlanks();
  const auto end = std::ranges::find_if(rest_, IsBlank);
  const std::string_view word = Take(static_cast<size_t>(end - rest_.begin()));
  SkipBlanks();
  return word;
}

std::string_view Cursor::Identifier(bool colons) {
  size_t n = 0;
  while (n < rest_.size() &&
         (IsLetter(rest_[n]) || (colons && rest_[n] == ':') || (n > 0 && IsDigit(rest_[n])))) {
    ++n;
  }
  return Take(n);
}

// x is the sign of repetition, never part of a number.
std::string_view Cursor::Number() {
  size_t n = 0;
  bool decimal = true;  // digits and points only so far
  while (n < rest_.size()) {
    const char c = rest_[n];
    const bool part = IsDigit(c) || c == '.' || (IsLetter(c) && c != 'x');
    if (!part) break;
    ++n;
    if (decimal && n > 1 && (c == 'e' || c == 'E') && n < rest_.size() &&
        (rest_[n] == '+' || rest_[n] == '-')) {
      ++n;
    }
    decimal = decimal && (IsDigit(c) || c == '.');
  }
  return Take(n);
}

std::optional<std::string> Cursor::Quoted() {
  const char quote = Peek();
  if (quote != '"' && quote != '\'' && quote != '`') return std::nullopt;
  const size_t end = EndOfString(rest_);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view token = rest_.substr(0, end);
  parser::Lexer lexer(token, 1);
  lexer.Run();
  if (lexer.tokens().size() != 2 || lexer.tokens()[0].kind != parser::TokenKind::kString) {
    return std::nullopt;
  }
  Take(end);
  return parser::UnquoteLiteral(token);
}

bool Cursor::SkipHistogram() {
  const size_t end = rest_.find("}}");
  if (!rest_.starts_with("{{") || end == std::string_view::npos) return false;
  Take(end + 2);
  return true;
}

}  // namespace tacho::promqltest
