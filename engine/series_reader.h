// SeriesReader: the value of one series at one instant, the plain way: its samples one
// by one, then the function. Right for every history; the fused path falls back on it
// for positions that are not plain, and is tested against it.
//
// Threads     One thread; reuses its buffer.
#ifndef TACHO_ENGINE_SERIES_READER_H_
#define TACHO_ENGINE_SERIES_READER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/functions.h"
#include "engine/selector.h"
#include "storage/history.h"

namespace tacho::engine {

// A value and the times of the samples that it rests on.
struct SeriesPoint {
  double value;
  int64_t oldest_ms;
  int64_t newest_ms;
};

class SeriesReader {
 public:
  // function: what a range selector's samples go through; for kLatest, which has no
  // plain function, the newest sample itself.
  explicit SeriesReader(const RangeFunction& function) : function_(function) {}

  std::optional<SeriesPoint> Read(const storage::History& history, uint32_t position,
                                  const SelectorTimes& times);

 private:
  const RangeFunction function_;
  std::vector<SamplePoint> samples_;
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_SERIES_READER_H_
