#include "parser/promql_literal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>

#include "parser/number.h"
#include "parser/promql_chars.h"
#include "parser/promql_quote.h"

namespace tacho::parser {
namespace {

absl::Status NumberFailure(std::string_view token, std::string_view why) {
  return absl::InvalidArgumentError("error parsing number: strconv.ParseFloat: parsing " +
                                    QuoteText(token) + ": " + std::string(why));
}

// An integer with a prefix, by Go's base-0 rule. False: it is none, or over 63 bits.
bool ParsePrefixedInteger(std::string_view digits, double* value) {
  if (digits.size() < 2 || digits[0] != '0') return false;
  const bool hex = Lower(digits[1]) == 'x';
  digits.remove_prefix(hex ? 2 : 1);
  int64_t integer = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), integer, hex ? 16 : 8);
  if (error != std::errc() || end != digits.data() + digits.size()) return false;
  *value = static_cast<double>(integer);
  return true;
}

struct Unit {
  std::string_view name;
  int64_t ms;
};

// In the order in which a duration must have them.
constexpr Unit kUnits[] = {
    {"y", int64_t{365} * 24 * 3600 * 1000},
    {"w", 7 * 24 * 3600 * 1000},
    {"d", 24 * 3600 * 1000},
    {"h", 3600 * 1000},
    {"m", 60 * 1000},
    {"s", 1000},
    {"ms", 1},
};
constexpr int64_t kNanosPerMilli = 1'000'000;
constexpr int64_t kNanosPerSecond = 1'000'000'000;

absl::Status BadDuration(std::string_view token) {
  return absl::InvalidArgumentError("not a valid duration string: " + QuoteText(token));
}

// ns += count * unit; false on overflow.
bool AddUnits(uint64_t count, const Unit& unit, int64_t* ns) {
  const int64_t unit_ns = unit.ms * kNanosPerMilli;
  int64_t part = 0;
  return count <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) &&
         !__builtin_mul_overflow(static_cast<int64_t>(count), unit_ns, &part) &&
         !__builtin_add_overflow(*ns, part, ns);
}

constexpr double kTwoTo63 = 9223372036854775808.0;

bool Scale(double seconds, double per_second, int64_t* out) {
  const double scaled = std::round(seconds * per_second);
  if (!(scaled < kTwoTo63 && scaled > -kTwoTo63)) return false;
  *out = static_cast<int64_t>(scaled);
  return true;
}

// A number of seconds that Scale turns into `units` again. Division is one rounding
// away from it, so it is the quotient or a neighbour; the quotient if there is none.
double Unscale(int64_t units, double per_second) {
  const double quotient = static_cast<double>(units) / per_second;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double candidate :
       {quotient, std::nextafter(quotient, kInfinity), std::nextafter(quotient, -kInfinity)}) {
    int64_t back = 0;
    if (Scale(candidate, per_second, &back) && back == units) return candidate;
  }
  return quotient;
}

std::string FormatRounded(double value, int decimals) {
  if (!std::isfinite(value)) return FormatDecimal(value);
  char buffer[400];  // the longest double has 309 digits before the point
  const auto result =
      std::to_chars(buffer, std::end(buffer), value, std::chars_format::fixed, decimals);
  return {buffer, result.ptr};
}

// How many digits an escape sequence has, by the character after its backslash.
size_t EscapeDigits(char c) {
  if (IsDigit(c)) return 3;
  return c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
}

// Reads the escape sequence that *rest begins with; the lexer has checked it.
void AppendEscape(std::string_view* rest, std::string* out) {
  constexpr std::string_view kLetters = "abfnrtv";
  constexpr std::string_view kCodes = "\a\b\f\n\r\t\v";
  const char c = (*rest)[1];
  const size_t digits = EscapeDigits(c);
  if (digits == 0) {
    const size_t letter = kLetters.find(c);
    *out += letter == std::string_view::npos ? c : kCodes[letter];
    return rest->remove_prefix(2);
  }
  rest->remove_prefix(IsDigit(c) ? 1 : 2);
  uint32_t code = 0;
  std::from_chars(rest->data(), rest->data() + digits, code, IsDigit(c) ? 8 : 16);
  rest->remove_prefix(digits);
  if (digits <= 3) {
    *out += static_cast<char>(code);  // \x and octal are bytes, not code points
  } else {
    AppendRune(code, out);
  }
}

}  // namespace

absl::StatusOr<double> ParseNumberLiteral(std::string_view token) {
  std::string digits(token);
  digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
  double value = 0;
  if (ParsePrefixedInteger(digits, &value)) return value;
  switch (ParseSampleValue(digits, &value)) {
    case NumberError::kNone:
      return value;
    case NumberError::kRange:
      return NumberFailure(token, "value out of range");
    default:
      return NumberFailure(token, "invalid syntax");
  }
}

absl::StatusOr<int64_t> ParseDurationLiteral(std::string_view token) {
  int64_t ns = 0;
  const Unit* allowed = std::begin(kUnits);
  for (std::string_view rest = token; !rest.empty();) {
    uint64_t count = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error != std::errc()) return BadDuration(token);
    rest.remove_prefix(static_cast<size_t>(end - rest.data()));
    const auto digit = std::find_if(rest.begin(), rest.end(), IsDigit);
    const std::string_view name = rest.substr(0, static_cast<size_t>(digit - rest.begin()));
    if (name.empty()) return BadDuration(token);
    rest.remove_prefix(name.size());
    const auto is_it = [name](const Unit& unit) { return unit.name == name; };
    const Unit* unit = std::find_if(std::begin(kUnits), std::end(kUnits), is_it);
    if (unit == std::end(kUnits)) {
      return absl::InvalidArgumentError("unknown unit " + QuoteText(name) + " in duration " +
                                        QuoteText(token));
    }
    if (unit < allowed) return BadDuration(token);
    allowed = unit + 1;
    if (!AddUnits(count, *unit, &ns)) {
      return absl::InvalidArgumentError("duration out of range");
    }
  }
  return ns;
}

double DurationSeconds(int64_t ns) {
  return static_cast<double>(ns / kNanosPerSecond) +
         static_cast<double>(ns % kNanosPerSecond) / 1e9;
}

bool SecondsToNanos(double seconds, int64_t* ns) { return Scale(seconds, 1e9, ns); }
bool SecondsToMillis(double seconds, int64_t* ms) { return Scale(seconds, 1e3, ms); }

std::string UnquoteLiteral(std::string_view token) {
  std::string_view rest = token.substr(1, token.size() - 2);
  if (token[0] == '`' || rest.find('\\') == std::string_view::npos) return std::string(rest);
  std::string out;
  out.reserve(rest.size());
  while (!rest.empty()) {
    const size_t plain = std::min(rest.find('\\'), rest.size());
    out.append(rest.substr(0, plain));
    rest.remove_prefix(plain);
    if (!rest.empty()) AppendEscape(&rest, &out);
  }
  return out;
}

std::string FormatNumberLiteral(double value) { return FormatDecimal(value); }
std::string FormatSixDecimals(double value) { return FormatRounded(value, 6); }

// Years and weeks only where nothing remains: 90d reads better than 12w6d.
std::string FormatDurationMillis(int64_t ms) {
  if (ms == 0) return "0s";
  std::string out;
  for (const Unit& unit : kUnits) {
    const bool only_whole = unit.name == "y" || unit.name == "w";
    if (ms < unit.ms || (only_whole && ms % unit.ms != 0)) continue;
    out += std::to_string(ms / unit.ms);
    out += unit.name;
    ms %= unit.ms;
  }
  return out;
}

std::string FormatDurationNanos(int64_t ns) {
  if (ns % kNanosPerMilli != 0) return FormatDecimal(Unscale(ns, 1e9));
  return FormatDurationMillis(ns / kNanosPerMilli);
}

std::string FormatTimestamp(int64_t ms) { return FormatRounded(Unscale(ms, 1e3), 3); }

}  // namespace tacho::parser
