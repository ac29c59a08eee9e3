#include "parser/promql_regex.h"

#include <re2/re2.h>

#include <string>

#include "parser/promql_chars.h"
#include "parser/promql_quote.h"

namespace tacho::parser {
namespace {

// Texts joined by |, without any other character that means something in a regex
// except an escaped punctuation mark. Sets *matches_empty if it is one.
bool IsPlainAlternation(std::string_view pattern, bool* matches_empty) {
  constexpr std::string_view kPlain = "-:/ ,;@%&=~\"'<>!#";
  *matches_empty = pattern.empty() || pattern.front() == '|' || pattern.back() == '|' ||
                   pattern.find("||") != std::string_view::npos;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (IsAlphaNumeric(c) || c == '|' || kPlain.find(c) != std::string_view::npos) continue;
    constexpr std::string_view kEscapable = ".-+*?()[]{}^$|\\/";
    if (c != '\\' || i + 1 == pattern.size()) return false;
    if (kEscapable.find(pattern[++i]) == std::string_view::npos) return false;
    if (pattern[i] == '|') return false;  // the tests for an empty alternative cannot tell
  }
  return true;
}

// Go's words for RE2's reasons.
std::string_view GoReason(re2::RE2::ErrorCode code) {
  switch (code) {
    case re2::RE2::ErrorBadEscape:
      return "invalid escape sequence";
    case re2::RE2::ErrorBadCharClass:
      return "invalid character class";
    case re2::RE2::ErrorBadCharRange:
      return "invalid character class range";
    case re2::RE2::ErrorMissingBracket:
      return "missing closing ]";
    case re2::RE2::ErrorMissingParen:
      return "missing closing )";
    case re2::RE2::ErrorUnexpectedParen:
      return "unexpected )";
    case re2::RE2::ErrorTrailingBackslash:
      return "trailing backslash at end of expression";
    case re2::RE2::ErrorRepeatArgument:
      return "missing argument to repetition operator";
    case re2::RE2::ErrorRepeatSize:
      return "invalid repeat count";
    case re2::RE2::ErrorRepeatOp:
      return "invalid nested repetition operator";
    case re2::RE2::ErrorBadPerlOp:
      return "invalid or unsupported Perl syntax";
    case re2::RE2::ErrorBadUTF8:
      return "invalid UTF-8";
    case re2::RE2::ErrorBadNamedCapture:
      return "invalid named capture";
    case re2::RE2::ErrorPatternTooLarge:
      return "expression too large";
    default:
      return "internal error";
  }
}

absl::Status RegexFailure(const re2::RE2& regex) {
  std::string message = "error parsing regexp: ";
  message += GoReason(regex.error_code());
  message += ": `" + regex.error_arg() + "`";
  return absl::InvalidArgumentError(message);
}

}  // namespace

absl::StatusOr<bool> CheckRegex(std::string_view pattern) {
  bool matches_empty = false;
  if (IsPlainAlternation(pattern, &matches_empty)) return matches_empty;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(kMaxRegexBytes);
  const re2::RE2 regex(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!regex.ok()) return RegexFailure(regex);
  return re2::RE2::FullMatch(re2::StringPiece(), regex);
}

}  // namespace tacho::parser
