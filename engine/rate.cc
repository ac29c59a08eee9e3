#include "engine/rate.h"

#include <limits>

namespace tacho::engine {
namespace {

constexpr int64_t kNanosPerMilli = 1'000'000;
constexpr int64_t kNanosPerSecond = 1'000'000'000;

int64_t SaturatingAdd(int64_t a, int64_t b) {
  int64_t out = 0;
  if (!__builtin_add_overflow(a, b, &out)) return out;
  return b < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

// Whole seconds and the rest apart, as Go's Duration.Seconds does: this is not always
// the double nearest to the quotient.
double Seconds(int64_t ns) {
  return static_cast<double>(ns / kNanosPerSecond) +
         static_cast<double>(ns % kNanosPerSecond) / 1e9;
}

double SecondsBetween(int64_t from_ms, int64_t to_ms) {
  return static_cast<double>(to_ms - from_ms) / 1000;
}

struct RateKind {
  bool counter;
  bool per_second;
};

// The growth of the samples stretched to the window. Each step is one of the
// specification's, in its order: any other order would round differently.
SeriesValue Extrapolate(std::span<const SamplePoint> samples, const RangeWindow& window,
                        RateKind kind) {
  if (samples.size() < 2) return std::nullopt;
  const SamplePoint& first = samples.front();
  const SamplePoint& last = samples.back();

  double result = last.value - first.value;
  for (size_t i = 1; kind.counter && i < samples.size(); ++i) {
    if (samples[i].value < samples[i - 1].value) result = result + samples[i - 1].value;
  }

  double to_start = SecondsBetween(window.start_ms, first.time_ms);
  double to_end = SecondsBetween(last.time_ms, window.end_ms);
  const double interval = SecondsBetween(first.time_ms, last.time_ms);
  const double average = interval / static_cast<double>(samples.size() - 1);
  const double threshold = average * 1.1;

  // A series that begins or ends inside the window is taken to do so half a sample
  // away; a counter no earlier than where it was zero.
  if (to_start >= threshold) to_start = average / 2;
  if (kind.counter && result > 0 && first.value >= 0) {
    const double to_zero = interval * (first.value / result);
    if (to_zero < to_start) to_start = to_zero;
  }
  if (to_end >= threshold) to_end = average / 2;

  double factor = ((interval + to_start) + to_end) / interval;
  if (kind.per_second) factor = factor / window.seconds;
  return result * factor;
}

}  // namespace

int64_t MillisBefore(Timestamp t, int64_t duration_ns) {
  return SaturatingAdd(t.unix_millis(), -(duration_ns / kNanosPerMilli));
}

RangeWindow RangeWindow::At(Timestamp t, int64_t range_ns, int64_t offset_ns) {
  RangeWindow window;
  window.until_ms = MillisBefore(t, offset_ns);
  window.after_ms = MillisBefore(Timestamp::FromUnixMillis(window.until_ms), range_ns);
  window.start_ms = MillisBefore(t, SaturatingAdd(range_ns, offset_ns));
  window.end_ms = window.until_ms;
  window.seconds = Seconds(range_ns);
  return window;
}

SeriesValue Rate(std::span<const SamplePoint> samples, const RangeWindow& window) {
  return Extrapolate(samples, window, {.counter = true, .per_second = true});
}

SeriesValue Increase(std::span<const SamplePoint> samples, const RangeWindow& window) {
  return Extrapolate(samples, window, {.counter = true, .per_second = false});
}

SeriesValue Delta(std::span<const SamplePoint> samples, const RangeWindow& window) {
  return Extrapolate(samples, window, {.counter = false, .per_second = false});
}

SeriesValue InstantRate(std::span<const SamplePoint> samples, const RangeWindow&) {
  if (samples.size() < 2) return std::nullopt;
  const SamplePoint& last = samples[samples.size() - 1];
  const SamplePoint& previous = samples[samples.size() - 2];
  const bool reset = last.value < previous.value;
  const double growth = reset ? last.value : last.value - previous.value;
  return growth / SecondsBetween(previous.time_ms, last.time_ms);
}

SeriesValue InstantDelta(std::span<const SamplePoint> samples, const RangeWindow&) {
  if (samples.size() < 2) return std::nullopt;
  return samples[samples.size() - 1].value - samples[samples.size() - 2].value;
}

}  // namespace tacho::engine
