// Numbers: decimal text to double and back, by Prometheus' rules.
//
// Most samples are short: a counter of nine digits, a ratio with a few decimals, a
// large integer that Go has written as 1.234567e+06. number_inline.h reads those
// exactly with one multiplication or division; all else goes to fast_float.
//
// Source      Go's strconv.ParseFloat and FormatFloat; the float table of
//             docs/promql.md. Locale never matters.
// Cost        A few nanoseconds for a short number; no allocation when parsing.
#ifndef TACHO_PARSER_NUMBER_H_
#define TACHO_PARSER_NUMBER_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace tacho::parser {

enum class NumberError : uint8_t { kNone, kSyntax, kRange, kUnsupported };

// A sample's value, the whole token. Accepts what Go's ParseFloat accepts, less any
// token with one of "pP_" (kUnsupported). Underflow is 0; overflow is kRange. Any NaN
// becomes kNormalNanBits, so a staleness marker cannot be written as text.
// *value is set only if the answer is kNone.
NumberError ParseSampleValue(std::string_view token, double* value);

// Shortest decimal text that reads back as v, as Go's FormatFloat(v, 'g', -1, 64):
// "1", "0.001", "1e+06", "NaN", "+Inf".
std::string FormatFloat(double v);

// The same digits without an exponent, as Go's FormatFloat(v, 'f', -1, 64): zeros stand for
// the digits that a large v need not have: "1152921504606847000" for 2^60.
std::string FormatDecimal(double v);

// As OpenMetrics wants a float in le and quantile: "1.0", "0.5", "1e+06", "+Inf".
std::string FormatOpenMetricsFloat(double v);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_NUMBER_H_
