#include "engine/extended_range.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_cat.h"

namespace tacho::engine {
namespace {

using parser::RangeEdges;

constexpr std::array<std::string_view, 5> kAnchored = {"changes", "delta", "increase", "rate",
                                                       "resets"};
constexpr std::array<std::string_view, 3> kSmoothed = {"delta", "increase", "rate"};

std::span<const std::string_view> FunctionsOf(RangeEdges edges) {
  return edges == RangeEdges::kAnchored ? std::span<const std::string_view>(kAnchored)
                                        : std::span<const std::string_view>(kSmoothed);
}

// On the line between two samples; of counters, a fall begins from zero.
double Between(const SamplePoint& a, const SamplePoint& b, int64_t t_ms, bool counter) {
  const double from = counter && b.value < a.value ? 0 : a.value;
  return from + (b.value - from) * static_cast<double>(t_ms - a.time_ms) /
                    static_cast<double>(b.time_ms - a.time_ms);
}

// The samples that decide: from the last one at or before the window's start to the last
// one (smoothed: the first at or after its end). Nothing if none of them is inside.
std::optional<std::span<const SamplePoint>> Deciding(RangeEdges edges,
                                                     std::span<const SamplePoint> samples,
                                                     const RangeWindow& window) {
  const auto all_but_last = samples.first(samples.size() - 1);
  const auto after_start =
      std::ranges::upper_bound(all_but_last, window.start_ms, {}, &SamplePoint::time_ms);
  const size_t first =
      static_cast<size_t>(std::max<std::ptrdiff_t>(after_start - all_but_last.begin() - 1, 0));
  size_t last = samples.size() - 1;
  if (edges == RangeEdges::kSmoothed) {
    const auto at_end =
        std::ranges::lower_bound(all_but_last, window.end_ms, {}, &SamplePoint::time_ms);
    last = static_cast<size_t>(at_end - all_but_last.begin());
    if (samples[first].time_ms > window.end_ms) return std::nullopt;
  }
  if (samples[last].time_ms <= window.start_ms) return std::nullopt;
  return samples.subspan(first, last - first + 1);
}

double ValueAtStart(RangeEdges edges, std::span<const SamplePoint> deciding,
                    const RangeWindow& window, bool counter) {
  const bool before = deciding.front().time_ms < window.start_ms;
  if (edges == RangeEdges::kSmoothed && before && deciding.size() > 1) {
    return Between(deciding[0], deciding[1], window.start_ms, counter);
  }
  return deciding.front().value;
}

double ValueAtEnd(RangeEdges edges, std::span<const SamplePoint> deciding,
                  const RangeWindow& window, bool counter) {
  const size_t last = deciding.size() - 1;
  const bool after = deciding.back().time_ms > window.end_ms;
  if (edges == RangeEdges::kSmoothed && after && last > 0) {
    return Between(deciding[last - 1], deciding[last], window.end_ms, counter);
  }
  return deciding.back().value;
}

bool IsInside(const SamplePoint& sample, const RangeWindow& window) {
  return sample.time_ms > window.start_ms && sample.time_ms < window.end_ms;
}

// What counters fell by on the way from the start to the end of the window.
double Corrections(std::span<const SamplePoint> deciding, const RangeWindow& window, double start,
                   double end) {
  double sum = 0;
  double before = start;
  const auto add = [&](double value) {
    if (value < before) sum += before;
    before = value;
  };
  for (const SamplePoint& sample : deciding) {
    if (IsInside(sample, window)) add(sample.value);
  }
  add(end);
  return sum;
}

}  // namespace

bool TakesEdges(std::string_view function, RangeEdges edges) {
  return edges == RangeEdges::kPlain ||
         std::ranges::find(FunctionsOf(edges), function) != FunctionsOf(edges).end();
}

std::string EdgesError(std::string_view function, RangeEdges edges) {
  std::string names;
  for (const std::string_view name : FunctionsOf(edges)) {
    if (!names.empty()) names += ", ";
    names += name;
  }
  return absl::StrCat(edges == RangeEdges::kAnchored ? "anchored" : "smoothed",
                      " modifier can only be used with: ", names, " - not with ",
                      std::string(function));
}

std::optional<double> ExtendedValue(const FunctionEntry& function, RangeEdges edges,
                                    const WindowInput& in) {
  const auto deciding = Deciding(edges, in.samples, in.window);
  if (!deciding.has_value()) return std::nullopt;
  const RowKernel kernel = function.range.kernel;
  if (kernel == RowKernel::kNone) {  // changes, resets: of the samples as they are
    WindowInput samples = in;
    samples.samples = *deciding;
    samples.starts = {};
    return function.range.plain(samples);
  }
  const bool counter = kernel != RowKernel::kDelta;
  const double start = ValueAtStart(edges, *deciding, in.window, counter);
  const double end = ValueAtEnd(edges, *deciding, in.window, counter);
  double result = end - start;
  if (counter) result += Corrections(*deciding, in.window, start, end);
  return kernel == RowKernel::kRate ? result / in.window.seconds : result;
}

std::vector<SamplePoint> ExtendedWindow(RangeEdges edges, std::span<const SamplePoint> samples,
                                        const RangeWindow& window) {
  if (samples.empty()) return {};
  const auto deciding = Deciding(edges, samples, window);
  if (!deciding.has_value()) return {};
  std::vector<SamplePoint> out;
  out.push_back({window.start_ms, ValueAtStart(edges, *deciding, window, false)});
  std::ranges::copy_if(*deciding, std::back_inserter(out),
                       [&](const SamplePoint& sample) { return IsInside(sample, window); });
  out.push_back({window.end_ms, ValueAtEnd(edges, *deciding, window, false)});
  return out;
}

std::optional<double> SmoothedAt(std::span<const SamplePoint> samples, int64_t t_ms) {
  const auto after = std::ranges::upper_bound(samples, t_ms, {}, &SamplePoint::time_ms);
  if (after == samples.begin()) return std::nullopt;
  const SamplePoint& before = *(after - 1);
  if (after == samples.end() || before.time_ms == t_ms) return before.value;
  return Between(before, *after, t_ms, /*counter=*/false);
}

}  // namespace tacho::engine
