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
  SeriesReader(const RangeFunction& function, const SelectorTimes& times)
      : function_(function), times_(times) {}

  std::optional<SeriesPoint> Read(const storage::History& history, uint32_t position);
  // Samples looked at so far.
  [[nodiscard]] uint64_t touched() const { return touched_; }

 private:
  const RangeFunction function_;
  const SelectorTimes times_;
  std::vector<SamplePoint> samples_;
  uint64_t touched_ = 0;
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_SERIES_READER_H_
