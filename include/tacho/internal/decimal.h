// Doubles as decimal text without an exponent. Not part of the API: it stands here because
// the parser and the adapter both see this folder, and neither sees the other.
//
// std::to_chars(fixed) is not it: from 2^53 on it writes every digit of the binary number,
// 99999999999999991611392 for 1e23, where Go writes the shortest digits and then zeros.
//
// Source      Go's strconv.FormatFloat(v, 'f', -1, 64).
// Threads     Pure functions.
// Cost        Appends, without a temporary string.
#ifndef TACHO_INTERNAL_DECIMAL_H_
#define TACHO_INTERNAL_DECIMAL_H_

#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

namespace tacho::internal {

// v is a whole number: its shortest digits, and zeros in place of all others.
inline void AppendWholeDecimal(double v, std::string* out) {
  char buffer[32];  // -1.7976931348623157e+308
  char* const end =
      std::to_chars(buffer, buffer + sizeof(buffer), v, std::chars_format::scientific).ptr;
  const std::string_view text(buffer, static_cast<size_t>(end - buffer));
  const size_t e = text.find('e');
  const size_t point = text.find('.');
  size_t zeros = 0;  // for as long as the exponent counts them
  std::from_chars(buffer + e + 2, end, zeros);
  out->append(text, 0, point < e ? point : e);
  if (point < e) {
    out->append(text, point + 1, e - point - 1);
    zeros -= e - point - 1;
  }
  out->append(zeros, '0');
}

// "0.1", "-0", "100000000000000000000000", "NaN", "+Inf"; it reads back as v.
inline void AppendDecimal(double v, std::string* out) {
  constexpr double kTwoTo53 = 9007199254740992.0;
  if (std::isnan(v)) {
    out->append("NaN");
  } else if (std::isinf(v)) {
    out->append(v > 0 ? "+Inf" : "-Inf");
  } else if (std::fabs(v) >= kTwoTo53) {
    AppendWholeDecimal(v, out);
  } else {
    char buffer[352];  // the smallest: sign, "0.", 323 zeros and a digit
    const auto result = std::to_chars(buffer, buffer + sizeof(buffer), v, std::chars_format::fixed);
    out->append(buffer, result.ptr);
  }
}

}  // namespace tacho::internal

#endif  // TACHO_INTERNAL_DECIMAL_H_
