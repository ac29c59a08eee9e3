#include "engine/number_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include "absl/strings/str_format.h"
#include "parser/number.h"

namespace tacho::engine {

std::string GoDecimal(double v) { return parser::FormatDecimal(v); }

std::string GoSixPlaces(double v) {
  return std::isfinite(v) ? absl::StrFormat("%f", v) : parser::FormatFloat(v);
}

std::string GoTwoDigits(double v) {
  if (!std::isfinite(v)) return parser::FormatFloat(v);
  std::array<char, 16> buffer{};  // "-1.2e-308"
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), v, std::chars_format::general, 2)
          .ptr;
  return {buffer.data(), end};
}

}  // namespace tacho::engine
