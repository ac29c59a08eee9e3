// SeriesLine: a line of a script that describes a series: its labels, then its samples.
//
//   http_requests{pod="a"} 0+10x3 _ stale 7
//   {"with.dots", le="0.1"} 5m Inf -Inf NaN 1x2 _x3
//   http_requests{pod="a"}@st -10s -10s-10sx2 _
//
// a+bxN is N+1 values, each b more than the one before; axN is a, N+1 times; _ is a gap,
// _xN are N of them. A duration is its number of seconds. A native histogram in double
// braces is skipped and noted: tacho has none.
//
// After "@st" the items are start times: durations from their sample, _ where unknown, * the
// same as before. Without labels they are those of all series behind it that have none of
// their own.
//
// Source      Prometheus' test scripts; the notation only.
// Limits      kMaxItems samples a line.
#ifndef TACHO_TOOLS_PROMQLTEST_SERIES_LINE_H_
#define TACHO_TOOLS_PROMQLTEST_SERIES_LINE_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tacho/labels.h"

namespace tacho::promqltest {

inline constexpr size_t kMaxItems = 1'000'000;

struct SeriesLine {
  Labels labels;
  bool start_times = false;  // an @st line: the values are seconds from their sample
  bool histograms = false;   // at least one item is a native histogram
  // One an item; nothing for a gap and for a native histogram. May be the stale marker.
  std::vector<std::optional<double>> values;
};

//   kInvalidArgument    says what is wrong, and with which part of the line
//   kResourceExhausted  kMaxItems
absl::StatusOr<SeriesLine> ParseSeriesLine(std::string_view line);

// A number or a duration with an optional sign, and nothing else.
std::optional<double> ParseValue(std::string_view word);

}  // namespace tacho::promqltest

#endif  // TACHO_TOOLS_PROMQLTEST_SERIES_LINE_H_
