// Linear regression over the samples of a window.
//
// Units       x in seconds from origin_ms.
// Source      docs/promql.md, section 4.4: least squares, with compensated sums.
#ifndef TACHO_ENGINE_REGRESSION_H_
#define TACHO_ENGINE_REGRESSION_H_

#include <cstdint>
#include <span>

#include "storage/history.h"

namespace tacho::engine {

struct Line {
  double slope;      // per second
  double intercept;  // at the origin
};

// Of at least two samples.
Line Regression(std::span<const storage::SamplePoint> samples, int64_t origin_ms);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_REGRESSION_H_
