// Literals of PromQL: what the text of a number, a duration or a string is worth, and
// how one is written.
//
// Source      Prometheus 3.x; Go's strconv.ParseInt (base 0) and ParseFloat for
//             numbers, model.ParseDuration for durations, strconv.Unquote for strings.
// Units       Durations are nanoseconds; a duration as a number is seconds.
#ifndef TACHO_PARSER_PROMQL_LITERAL_H_
#define TACHO_PARSER_PROMQL_LITERAL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tacho::parser {

// Decimal, hexadecimal, or octal: 010 is 8, as in Prometheus. Underscores separate
// digits.
//   kInvalidArgument    the text is no number, or it is too large; Prometheus' words
absl::StatusOr<double> ParseNumberLiteral(std::string_view token);

// 1h30m: units y w d h m s ms, each at most once and in this order.
//   kInvalidArgument    Prometheus' words
absl::StatusOr<int64_t> ParseDurationLiteral(std::string_view token);

// Seconds as Go's Duration.Seconds: whole and fractional part are converted apart.
double DurationSeconds(int64_t ns);

// Rounded. False: beyond what 64 bits hold with either sign, or NaN.
bool SecondsToNanos(double seconds, int64_t* ns);
bool SecondsToMillis(double seconds, int64_t* ms);

// The text of a string token that the lexer has passed, quotes included.
std::string UnquoteLiteral(std::string_view token);

// As Prometheus prints a number: never with an exponent.
std::string FormatNumberLiteral(double value);
// As %f in Go.
std::string FormatSixDecimals(double value);
// As model.Duration prints: 1h30m. Whole milliseconds, not negative.
std::string FormatDurationMillis(int64_t ms);
// A text of ns nanoseconds, not negative, that reads back as ns: as Prometheus prints
// a duration where that keeps it (whole milliseconds), else a number of seconds.
std::string FormatDurationNanos(int64_t ns);
// Seconds with three decimals that read back as ms.
std::string FormatTimestamp(int64_t ms);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_LITERAL_H_
