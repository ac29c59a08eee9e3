#include "engine/start_times.h"

namespace tacho::engine {
namespace {

double SecondsBetween(int64_t from_ms, int64_t to_ms) {
  return static_cast<double>(to_ms - from_ms) / 1000;
}

// Tells that a sample claims to have started inside another one's life.
void CheckOverlap(const WindowInput& in, size_t i) {
  const int64_t start = in.starts[i];
  if (start == 0 || start >= in.samples[i - 1].time_ms || start == in.starts[i - 1]) return;
  in.notes->WarnOfMetric("sample has start time that overlaps with previous sample timestamp");
}

}  // namespace

bool StartedAnew(const WindowInput& in, size_t i) {
  if (in.starts.empty()) return false;
  const int64_t before_ms = in.samples[i - 1].time_ms;
  const int64_t before = in.starts[i - 1];
  const int64_t now_ms = in.samples[i].time_ms;
  const int64_t now = in.starts[i];
  if (now == 0 || now >= now_ms || now < before_ms) return false;
  if (now > before_ms) return true;
  // Started where the sample before was taken: a stream of deltas, if that one's start says so.
  return before != 0 && before < before_ms;
}

std::optional<double> RateSince(const WindowInput& in, bool per_second) {
  const std::span<const SamplePoint> samples = in.samples;
  const SamplePoint& first = samples.front();
  const SamplePoint& last = samples.back();
  // The counter was zero at its start, if that is inside the window.
  const int64_t start = in.starts[0];
  const bool has_zero = start != 0 && in.window.start_ms < start && start < first.time_ms;
  if (samples.size() < 2 && !has_zero) return std::nullopt;

  double result = last.value - first.value;
  for (size_t i = 1; i < samples.size(); ++i) {
    CheckOverlap(in, i);
    if (samples[i].value < samples[i - 1].value || StartedAnew(in, i)) {
      result = result + samples[i - 1].value;
    }
  }
  double to_start = SecondsBetween(in.window.start_ms, first.time_ms);
  double to_end = SecondsBetween(last.time_ms, in.window.end_ms);
  double interval = SecondsBetween(first.time_ms, last.time_ms);
  const double average =
      samples.size() < 2 ? 0 : interval / static_cast<double>(samples.size() - 1);
  const double threshold = average * 1.1;
  if (has_zero) {
    to_start = 0;
    interval = SecondsBetween(start, last.time_ms);
    result += first.value;
  } else {
    if (to_start >= threshold) to_start = average / 2;
    if (result > 0 && first.value >= 0) {
      const double to_zero = interval * (first.value / result);
      if (to_zero < to_start) to_start = to_zero;
    }
  }
  if (to_end >= threshold) to_end = average / 2;
  double factor = ((interval + to_start) + to_end) / interval;
  if (per_second) factor = factor / in.window.seconds;
  return result * factor;
}

std::optional<double> InstantRateSince(const WindowInput& in) {
  const size_t size = in.samples.size();
  if (size < 2) return std::nullopt;
  const SamplePoint& last = in.samples[size - 1];
  const SamplePoint& previous = in.samples[size - 2];
  const bool reset = last.value < previous.value || StartedAnew(in, size - 1);
  const double growth = reset ? last.value : last.value - previous.value;
  return growth / SecondsBetween(previous.time_ms, last.time_ms);
}

}  // namespace tacho::engine
