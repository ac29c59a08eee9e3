// Doubles to text, as Go writes them.
#include <charconv>
#include <cmath>
#include <string>

#include "parser/number.h"
#include "tacho/internal/decimal.h"

namespace tacho::parser {

// Go's 'g' with the shortest precision leaves the form without an exponent for decimal
// exponents below -4 and from 6 on.
std::string FormatFloat(double v) {
  const double magnitude = std::fabs(v);
  if (!std::isfinite(v) || v == 0 || (magnitude >= 1e-4 && magnitude < 1e6)) {
    return FormatDecimal(v);
  }
  char buffer[32];  // 17 digits, sign, point, "e-308"
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), v, std::chars_format::scientific);
  return {buffer, end.ptr};
}

std::string FormatDecimal(double v) {
  std::string out;
  internal::AppendDecimal(v, &out);
  return out;
}

std::string FormatOpenMetricsFloat(double v) {
  if (v == 0) return "0.0";  // minus zero too
  std::string text = FormatFloat(v);
  if (std::isfinite(v) && text.find_first_of("e.") == std::string::npos) text += ".0";
  return text;
}

}  // namespace tacho::parser
