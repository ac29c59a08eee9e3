#include "adapter/core/prom_params.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "adapter/core/text.h"
#include "adapter/core/yaml_fields.h"

namespace tacho::adapter {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Underscores stand between digits; the one behind 0x counts as between, too. False: one
// does not.
bool DropUnderscores(std::string_view text, bool hex, std::string* out) {
  const auto is_digit = [hex](char c) { return hex ? IsHexDigit(c) : IsDigit(c); };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out->push_back(text[i]);
      continue;
    }
    const bool before = i == 0 ? hex : is_digit(text[i - 1]);
    if (!before || i + 1 == text.size() || !is_digit(text[i + 1])) return false;
  }
  return true;
}

// The value of digits without a sign, all of which must be used.
std::optional<double> ParseDigitsOf(const std::string& digits, std::chars_format format) {
  double value = 0;
  const char* const digits_end = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), digits_end, value, format);
  if (end != digits_end || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc()) return value;
  // Out of range leaves the value alone. Beyond the largest is an error; below the
  // smallest is zero.
  const size_t exponent = digits.find_first_of(format == std::chars_format::hex ? "pP" : "eE");
  const bool tiny = exponent == std::string::npos ? digits.find_first_of("123456789") != 0
                                                  : digits.substr(exponent + 1, 1) == "-";
  return tiny ? std::optional<double>(0.0) : std::nullopt;
}

absl::Status CannotParse(std::string_view text, std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("cannot parse ", Quoted(text), " to a valid ", Abs(what)));
}

}  // namespace

std::optional<double> ParseGoFloat(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const double sign = negative ? -1.0 : 1.0;
  const std::string lower = Lowercase(text);
  if (lower == "inf" || lower == "infinity") return sign * kInf;
  if (lower == "nan") return std::nan("");
  const bool hex = lower.starts_with("0x");
  if (hex) text.remove_prefix(2);
  if (text.empty() || !(IsHexDigit(text[0]) || text[0] == '.' || (hex && text[0] == '_'))) {
    return std::nullopt;
  }
  // Go asks for the exponent of a hexadecimal float.
  if (hex && lower.find('p') == std::string::npos) return std::nullopt;
  std::string digits;
  if (!DropUnderscores(text, hex, &digits)) return std::nullopt;
  const std::optional<double> value =
      ParseDigitsOf(digits, hex ? std::chars_format::hex : std::chars_format::general);
  if (!value.has_value()) return std::nullopt;
  return sign * *value;
}

absl::StatusOr<Timestamp> ParseApiTime(std::string_view text) {
  if (const std::optional<double> seconds = ParseGoFloat(text); seconds.has_value()) {
    double whole = 0;
    const double fraction = std::modf(*seconds, &whole);
    const double ms = whole * 1000 + std::round(fraction * 1000);
    if (!(std::fabs(ms) < 9.2e18)) return CannotParse(text, "timestamp");
    return Timestamp::FromUnixMillis(static_cast<int64_t>(ms));
  }
  absl::Time time;
  std::string ignored;
  if (absl::ParseTime(absl::RFC3339_full, Abs(text), &time, &ignored) &&
      time != absl::InfiniteFuture() && time != absl::InfinitePast()) {
    return Timestamp::FromTime(time);
  }
  return CannotParse(text, "timestamp");
}

absl::StatusOr<Duration> ParseApiDuration(std::string_view text) {
  if (const std::optional<double> seconds = ParseGoFloat(text); seconds.has_value()) {
    const double nanoseconds = *seconds * 1e9;
    if (std::isnan(nanoseconds)) return CannotParse(text, "duration");
    if (!(std::fabs(nanoseconds) < 9223372036854775808.0)) {
      return absl::InvalidArgumentError(
          absl::StrCat("cannot parse ", Quoted(text), " to a valid duration. It overflows int64"));
    }
    return absl::Nanoseconds(static_cast<int64_t>(nanoseconds));
  }
  const absl::StatusOr<absl::Duration> duration = ParsePrometheusDuration(text);
  if (!duration.ok()) return CannotParse(text, "duration");
  return *duration;
}

absl::StatusOr<uint64_t> ParseApiLimit(std::string_view text) {
  if (text.empty()) return 0;
  const std::optional<int64_t> limit = ParseInt64(text);
  if (!limit.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("strconv.Atoi: parsing ", Quoted(text), ": invalid syntax"));
  }
  if (*limit < 0) return absl::InvalidArgumentError("limit must be non-negative");
  return static_cast<uint64_t>(*limit);
}

}  // namespace tacho::adapter
