#include "adapter/core/quantity.h"

#include <array>
#include <cmath>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"

namespace tacho::adapter {

std::string FormatMilliQuantity(int64_t thousandths) {
  // Thousandths have suffix "m"; each division by 1000 without a rest is the next one.
  constexpr std::array<std::string_view, 8> kSuffixes = {"m", "", "k", "M", "G", "T", "P", "E"};
  if (thousandths == 0) return "0";
  size_t suffix = 0;
  while (thousandths % 1000 == 0 && suffix + 1 < kSuffixes.size()) {
    thousandths /= 1000;
    ++suffix;
  }
  return absl::StrCat(thousandths, Abs(kSuffixes[suffix]));
}

absl::StatusOr<std::string> FormatQuantity(double value) {
  if (std::isnan(value)) return absl::InvalidArgumentError("the value is not a number");
  const double thousandths = value * 1000.0;
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (!(std::fabs(thousandths) < kLimit)) {
    return absl::OutOfRangeError("the value is too large for a Kubernetes quantity");
  }
  return FormatMilliQuantity(static_cast<int64_t>(thousandths));
}

absl::StatusOr<std::string> FormatBinaryQuantity(double value) {
  absl::StatusOr<std::string> decimal = FormatQuantity(value);
  if (!decimal.ok()) return decimal;
  const auto thousandths = static_cast<int64_t>(value * 1000.0);
  if (thousandths % 1000 != 0 || (thousandths < 1'024'000 && thousandths > -1'024'000)) {
    return decimal;
  }
  constexpr std::array<std::string_view, 7> kSuffixes = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  int64_t whole = thousandths / 1000;
  size_t suffix = 0;
  while (whole % 1024 == 0 && suffix + 1 < kSuffixes.size()) {
    whole /= 1024;
    ++suffix;
  }
  return absl::StrCat(whole, Abs(kSuffixes[suffix]));
}

}  // namespace tacho::adapter
