#include "parser/promql_error.h"

#include "parser/promql_quote.h"

namespace tacho::parser {
namespace {

using K = TokenKind;

std::string_view ContextText(ErrorContext context) {
  switch (context) {
    case ErrorContext::kNone:
    case ErrorContext::kDuration:
      return "";
    case ErrorContext::kAggregation:
      return " in aggregation";
    case ErrorContext::kGroupingOpen:
      return " in grouping opts, expected \"(\"";
    case ErrorContext::kGroupingLabel:
      return " in grouping opts, expected label";
    case ErrorContext::kGroupingNext:
      return " in grouping opts, expected \",\" or \")\"";
    case ErrorContext::kMatcherStart:
      return " in label matching, expected identifier or \"}\"";
    case ErrorContext::kMatcherNext:
      return " in label matching, expected \",\" or \"}\"";
    case ErrorContext::kMatcherOperator:
      return " in label matching, expected label matching operator";
    case ErrorContext::kMatcherValue:
      return " in label matching, expected string";
    case ErrorContext::kOffset:
      return " in offset, expected number, duration, step(), or range()";
    case ErrorContext::kAt:
      return " in @, expected timestamp";
    case ErrorContext::kRangeStart:
      return " in subquery or range selector, expected number, duration, step(), or range()";
    case ErrorContext::kRangeNext:
      return " in subquery or range, expected \":\" or \"]\"";
    case ErrorContext::kStepStart:
      return " in subquery selector, expected number, duration, step(), range(), or \"]\"";
    case ErrorContext::kStepNext:
      return " in subquery selector, expected \"]\"";
  }
  return "";
}

// Quoted; of a long text the first ten characters.
std::string Shortened(std::string_view text) {
  constexpr size_t kShown = 10;
  if (text.size() <= kShown) return QuoteText(text);
  size_t bytes = 0;
  for (size_t i = 0; i < kShown && bytes < text.size(); ++i) {
    bytes += DecodeRune(text.substr(bytes)).width;
  }
  return QuoteText(text.substr(0, bytes)) + "...";
}

constexpr TokenSet kOperators(K::kRegexEqual, K::kRegexNotEqual, K::kNotEqual, K::kAdd, K::kSub,
                              K::kBinary, K::kAt, K::kAtan2, K::kAnd, K::kOr, K::kUnless);
constexpr TokenSet kWords(K::kBool, K::kBy, K::kWithout, K::kOn, K::kIgnoring, K::kGroupLeft,
                          K::kGroupRight, K::kFill, K::kFillLeft, K::kFillRight, K::kOffset,
                          K::kAnchored, K::kSmoothed);

std::string Describe(std::string_view text, const Token& token) {
  const std::string_view word = TextOf(text, token);
  if (kOperators.Has(token.kind)) return "<op:" + std::string(word) + ">";
  if (kWords.Has(token.kind)) return "<" + std::string(word) + ">";
  switch (token.kind) {
    case K::kEnd:
      return "end of input";
    case K::kIdentifier:
      return "identifier " + QuoteText(word);
    case K::kMetricIdentifier:
      return "metric identifier " + QuoteText(word);
    case K::kNumber:
      return "number " + Shortened(word);
    case K::kDuration:
      return "duration " + Shortened(word);
    case K::kString:
      return "string " + Shortened(word);
    case K::kAggregator:
      return "<aggr:" + std::string(word) + ">";
    default:
      return Shortened(word);
  }
}

}  // namespace

std::string UnexpectedText(std::string_view text, const Token& token, ErrorContext context) {
  return "unexpected " + Describe(text, token) + std::string(ContextText(context));
}

absl::Status ToStatus(std::string_view text, const ParseError& error) {
  const std::string message = PositionIn(text, error.offset) + ": parse error: " + error.message;
  return error.limit ? absl::ResourceExhaustedError(message) : absl::InvalidArgumentError(message);
}

}  // namespace tacho::parser
