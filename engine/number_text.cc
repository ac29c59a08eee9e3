#include "engine/number_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include "parser/number.h"

namespace tacho::engine {
namespace {

template <typename... Precision>
std::string ToChars(double v, std::chars_format format, Precision... precision) {
  if (!std::isfinite(v)) return parser::FormatFloat(v);
  std::array<char, 400> buffer{};  // 1.8e308 has 309 digits, 5e-324 has 324 places
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), v, format, precision...).ptr;
  return {buffer.data(), end};
}

}  // namespace

std::string GoDecimal(double v) { return ToChars(v, std::chars_format::fixed); }
std::string GoTwoDigits(double v) { return ToChars(v, std::chars_format::general, 2); }

}  // namespace tacho::engine
