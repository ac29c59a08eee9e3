// Doubles to text, as Go writes them.
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include "parser/number.h"

namespace tacho::parser {
namespace {

// Go's 'g' with the shortest precision leaves the positional form for decimal
// exponents below -4 and from 6 on.
constexpr int kFirstLargeExponent = 6;
constexpr int kLastSmallExponent = -4;

struct Decimal {
  bool negative = false;
  std::string digits;                 // "1234567", no zeros at either end
  int exponent = 0;                   // of the first digit
  std::string_view written_exponent;  // "e+06"
};

// Splits "-1.234567e+06", std::to_chars' scientific form.
Decimal Split(std::string_view text) {
  Decimal out;
  out.negative = text.starts_with('-');
  if (out.negative) text.remove_prefix(1);
  const size_t e = text.find('e');
  out.digits.assign(text.substr(0, 1));
  if (e > 2) out.digits.append(text.substr(2, e - 2));
  out.written_exponent = text.substr(e);
  const char* number = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(number, text.data() + text.size(), out.exponent);
  return out;
}

std::string Positional(const Decimal& d) {
  std::string out = d.digits;
  if (d.exponent < 0) {
    out.insert(0, static_cast<size_t>(-d.exponent), '0');
    return out.insert(1, 1, '.');
  }
  const size_t whole = static_cast<size_t>(d.exponent) + 1;
  if (out.size() <= whole) {
    out.append(whole - out.size(), '0');
  } else {
    out.insert(whole, 1, '.');
  }
  return out;
}

std::string Scientific(const Decimal& d) {
  std::string out = d.digits.substr(0, 1);
  if (d.digits.size() > 1) out.append(".").append(d.digits, 1);
  return out.append(d.written_exponent);
}

std::string Format(double v, std::string (*digits)(const Decimal&)) {
  if (std::isnan(v)) return "NaN";
  if (std::isinf(v)) return v > 0 ? "+Inf" : "-Inf";
  char buffer[32];  // 17 digits, sign, point, "e-308"
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), v, std::chars_format::scientific);
  const Decimal d = Split({buffer, static_cast<size_t>(end.ptr - buffer)});
  return std::string(d.negative ? 1 : 0, '-') + digits(d);
}

}  // namespace

std::string FormatFloat(double v) {
  return Format(v, [](const Decimal& d) {
    return d.exponent >= kLastSmallExponent && d.exponent < kFirstLargeExponent ? Positional(d)
                                                                                : Scientific(d);
  });
}

std::string FormatDecimal(double v) { return Format(v, Positional); }

std::string FormatOpenMetricsFloat(double v) {
  if (v == 0) return "0.0";  // minus zero too
  std::string text = FormatFloat(v);
  if (std::isfinite(v) && text.find_first_of("e.") == std::string::npos) text += ".0";
  return text;
}

}  // namespace tacho::parser
