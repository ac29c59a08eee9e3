#include "engine/series_reader.h"

namespace tacho::engine {

std::optional<SeriesPoint> SeriesReader::Read(const storage::History& history, uint32_t position,
                                              const SelectorTimes& times) {
  if (function_.kernel == RowKernel::kLatest) {
    SamplePoint sample{};
    if (!ReadLatest(history, position, times.ref_ms, times.lookback_ms, &sample)) {
      return std::nullopt;
    }
    return SeriesPoint{sample.value, sample.time_ms, sample.time_ms};
  }
  ReadSamples(history, position, times.window.after_ms, times.window.until_ms, &samples_);
  if (samples_.empty()) return std::nullopt;
  const std::optional<double> value =
      function_.plain({.samples = samples_, .window = times.window, .time_ms = times.t_ms});
  if (!value.has_value()) return std::nullopt;
  const bool last_two = function_.last_two && samples_.size() > 1;
  const SamplePoint& oldest = last_two ? samples_[samples_.size() - 2] : samples_.front();
  return SeriesPoint{*value, oldest.time_ms, samples_.back().time_ms};
}

}  // namespace tacho::engine
