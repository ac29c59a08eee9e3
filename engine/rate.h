// Rate: the functions over the samples of one series, as the specification has them.
// These are the plain ones, right for every history; kernels.h has the fast ones,
// which must give the same bits.
//
// Units       Times in Unix milliseconds; results per second where it says so.
// Source      Prometheus 3.x: promql/functions.go, extrapolatedRate and instantValue;
//             docs/promql.md section 1 has the order of operations.
#ifndef TACHO_ENGINE_RATE_H_
#define TACHO_ENGINE_RATE_H_

#include <cstdint>
#include <optional>
#include <span>

#include "storage/history.h"
#include "tacho/time.h"

namespace tacho::engine {

using storage::SamplePoint;

// The window of m[range] offset o at one time.
struct RangeWindow {
  // Samples with after_ms < time <= until_ms are inside.
  int64_t after_ms = 0;
  int64_t until_ms = 0;
  // What rates are stretched to. Not always after_ms: range and offset are added
  // before they are cut to milliseconds.
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  double seconds = 0;  // of the range, unrounded

  static RangeWindow At(Timestamp t, int64_t range_ns, int64_t offset_ns);
};

// t less a duration cut toward zero to milliseconds; saturates.
int64_t MillisBefore(Timestamp t, int64_t duration_ns);

// A series without a value at this time gives no value: at least two samples are
// needed.
using SeriesValue = std::optional<double>;

SeriesValue Rate(std::span<const SamplePoint> samples, const RangeWindow& window);
SeriesValue Increase(std::span<const SamplePoint> samples, const RangeWindow& window);
SeriesValue Delta(std::span<const SamplePoint> samples, const RangeWindow& window);
SeriesValue InstantRate(std::span<const SamplePoint> samples, const RangeWindow& window);
SeriesValue InstantDelta(std::span<const SamplePoint> samples, const RangeWindow& window);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_RATE_H_
