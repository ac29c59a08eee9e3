#include "engine/regression.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/compensated.h"

namespace tacho::engine {

Line Regression(std::span<const storage::SamplePoint> samples, int64_t origin_ms) {
  const double first = samples.front().value;
  if (std::ranges::all_of(samples, [&](const auto& sample) { return sample.value == first; })) {
    if (!std::isinf(first)) return {0, first};
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    return {kNan, kNan};
  }
  CompensatedSum x;
  CompensatedSum y;
  CompensatedSum xy;
  CompensatedSum xx;
  for (const storage::SamplePoint& sample : samples) {
    const double seconds = static_cast<double>(sample.time_ms - origin_ms) / 1e3;
    x.Add(seconds);
    y.Add(sample.value);
    xy.Add(seconds * sample.value);
    xx.Add(seconds * seconds);
  }
  const auto n = static_cast<double>(samples.size());
  const double covariance = xy.Value() - x.Value() * y.Value() / n;
  const double variance = xx.Value() - x.Value() * x.Value() / n;
  const double slope = covariance / variance;
  return {slope, y.Value() / n - slope * x.Value() / n};
}

}  // namespace tacho::engine
