#include "engine/quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "parser/number.h"

namespace tacho::engine {

bool IsQuantile(double q) { return q >= 0 && q <= 1; }

std::string QuantileWarning(double q) {
  return absl::StrCat("quantile value should be between 0 and 1, got ", parser::FormatFloat(q));
}

double Quantile(double q, std::vector<double>* values) {
  if (values->empty() || std::isnan(q)) return std::numeric_limits<double>::quiet_NaN();
  if (q < 0) return -std::numeric_limits<double>::infinity();
  if (q > 1) return std::numeric_limits<double>::infinity();
  const auto nan_first = [](double a, double b) { return std::isnan(a) ? !std::isnan(b) : a < b; };
  std::ranges::sort(*values, nan_first);
  const auto n = static_cast<double>(values->size());
  const double rank = q * (n - 1);
  const double floor = std::floor(rank);
  const double lower = std::max(0.0, floor);
  const double upper = std::min(n - 1, lower + 1);
  const double weight = rank - floor;
  // Both products are formed always: an infinity with no weight gives NaN, as upstream.
  return (*values)[static_cast<size_t>(lower)] * (1 - weight) +
         (*values)[static_cast<size_t>(upper)] * weight;
}

}  // namespace tacho::engine
