// CheckRegex: is a matcher's pattern a regex, and does it match the empty text?
//
// Why the parser compiles regexes although storage compiles them again: a bad one is a
// parse error with a place in the text, and {a=~".*"} is refused because it selects
// everything. The adapter's own pod=~"a|b|c" is plain text and never gets to RE2.
//
// Source      Go's regexp/syntax for the error's text; RE2 for the language.
// Cost        One pass over a plain alternation; otherwise one compilation by RE2.
// Limits      kMaxRegexBytes of memory while compiling.
#ifndef TACHO_PARSER_PROMQL_REGEX_H_
#define TACHO_PARSER_PROMQL_REGEX_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"

namespace tacho::parser {

inline constexpr int64_t kMaxRegexBytes = int64_t{8} << 20;

// True: the pattern, anchored at both ends, matches the empty text.
//   kInvalidArgument    "error parsing regexp: why"
absl::StatusOr<bool> CheckRegex(std::string_view pattern);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_REGEX_H_
