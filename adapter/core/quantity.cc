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

}  // namespace tacho::adapter
