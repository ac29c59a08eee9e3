// Windows: what a range function is given: the samples of one series in one window, and
// the slider that finds them step by step.
//
// Units       Times in Unix milliseconds.
// Threads     Plain values.
#ifndef TACHO_ENGINE_WINDOW_H_
#define TACHO_ENGINE_WINDOW_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "engine/rate.h"
#include "storage/history.h"

namespace tacho::engine {

// Where a function says what is odd about its window or its arguments. Texts have no
// position; the operator that calls the function adds it.
class WindowNotes {
 public:
  virtual ~WindowNotes() = default;
  // Of the argument with this number in the call.
  virtual void Warn(std::string_view text, uint32_t argument) = 0;
  // Ends the evaluation.
  virtual void Fail(std::string_view text) = 0;
  // Of the metric in the window.
  virtual void WarnOfMetric(std::string_view text) = 0;
};

struct WindowInput {
  std::span<const SamplePoint> samples = {};  // oldest first, at least one
  // When the counter of each sample started, 0 if unknown. Empty: all unknown.
  std::span<const int64_t> starts = {};
  RangeWindow window = {};
  int64_t time_ms = 0;                // of the evaluation
  std::span<const double> args = {};  // the scalar arguments, in order
  WindowNotes* notes = nullptr;       // never null in a query
};

// A series without a value at this time gives no value.
using WindowFunction = std::optional<double> (*)(const WindowInput&);

// Finds the samples of window after window; neither end ever moves back.
class WindowSlider {
 public:
  explicit WindowSlider(std::span<const SamplePoint> samples) : samples_(samples) {}

  // Those with after_ms < time <= until_ms.
  std::span<const SamplePoint> At(int64_t after_ms, int64_t until_ms) {
    while (end_ < samples_.size() && samples_[end_].time_ms <= until_ms) ++end_;
    while (begin_ < end_ && samples_[begin_].time_ms <= after_ms) ++begin_;
    return samples_.subspan(begin_, end_ - begin_);
  }
  // The index of the first sample of the last window.
  [[nodiscard]] size_t begin() const { return begin_; }

 private:
  const std::span<const SamplePoint> samples_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_WINDOW_H_
