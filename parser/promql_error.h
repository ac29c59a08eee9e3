// ParseError: the first thing that is wrong with a query, in Prometheus' words.
//
// A syntax error reads "unexpected X in CONTEXT, expected Y". X is the token at which
// no valid query can go on; the context is the innermost construct around it for which
// Prometheus' grammar has a text of its own.
#ifndef TACHO_PARSER_PROMQL_ERROR_H_
#define TACHO_PARSER_PROMQL_ERROR_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "parser/promql_token.h"

namespace tacho::parser {

struct ParseError {
  uint32_t offset = 0;
  std::string message;
  bool limit = false;  // a ParseLimits bound, not the language's rules
};

enum class ErrorContext : uint8_t {
  kNone,
  kAggregation,
  kGroupingOpen,
  kGroupingLabel,
  kGroupingNext,  // by (
  kMatcherStart,
  kMatcherNext,
  kMatcherOperator,
  kMatcherValue,  // {
  kOffset,
  kAt,
  kDuration,  // of the three below: where the duration being read stands
  kRangeStart,
  kRangeNext,
  kStepStart,
  kStepNext,  // [
};

// unexpected identifier "b" in label matching, expected string
std::string UnexpectedText(std::string_view text, const Token& token, ErrorContext context);

// "line:column: parse error: message", as kInvalidArgument or kResourceExhausted.
absl::Status ToStatus(std::string_view text, const ParseError& error);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_ERROR_H_
