// Functions: the table of PromQL functions that tacho runs. To add one: write it, and
// add its line to the table of its kind; parser, plan and executor need no change.
//
// Three kinds:
//   range    of the samples of one series in a window (rate); may have a row kernel,
//            with which an aggregation over it runs on the fused path
//   math     of one value (abs)
//   call     of evaluated arguments (scalar, vector, time)
//
// Source      docs/promql.md section 4.
#ifndef TACHO_ENGINE_FUNCTIONS_H_
#define TACHO_ENGINE_FUNCTIONS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/executor.h"
#include "engine/window.h"

namespace tacho::engine {

// The fast way to compute a range function for neighbouring positions.
enum class RowKernel : uint8_t {
  kNone,  // only the plain way
  // Of two rows, kernels.h.
  kRate,
  kIncrease,
  kDelta,
  kInstantRate,
  kInstantDelta,
  kLatest,  // no function: an instant selector
  // Of all rows of a window, window_kernels.h.
  kSumOverTime,
  kAvgOverTime,
  kMinOverTime,
  kMaxOverTime,
  kStddevOverTime,
  kStdvarOverTime,
  kCountOverTime,
  kPresentOverTime,
  kFirstOverTime,
  kLastOverTime,
  kDeriv,
};

struct RangeFunction {
  WindowFunction plain = nullptr;
  RowKernel kernel = RowKernel::kNone;
  bool last_two = false;  // rests on the last two samples of the window only
  bool keeps_name = false;
  bool uses_starts = false;  // looks at WindowInput::starts
  bool of_counters = false;  // an info says so where the metric's name does not
};

// What sort* of several steps is told: of a range query, or in a subquery.
inline constexpr std::string_view kSortIsIneffective =
    "sort is ineffective for range queries since results are always ordered by labels";

// Where a call stands in the text, and what was found out about it when it was planned.
struct CallSite {
  std::string position;                // "line:column" of the call
  std::vector<std::string> positions;  // of each argument
  Labels labels;                       // absent: of its result
};

using MathFunction = double (*)(double);
using CallFunction = absl::StatusOr<Value> (*)(Evaluation&, const StepTimes&, const CallSite&,
                                               std::span<Value>);

struct FunctionEntry {
  std::string_view name;
  RangeFunction range = {};  // one of these three
  MathFunction math = nullptr;
  CallFunction call = nullptr;
};

// Null if tacho does not run it.
const FunctionEntry* FindFunction(std::string_view name);

// The tables that it looks in.
std::span<const FunctionEntry> RangeFunctions();
std::span<const FunctionEntry> MathFunctions();
std::span<const FunctionEntry> TimeFunctions();
std::span<const FunctionEntry> VectorFunctions();
std::span<const FunctionEntry> LabelFunctions();
std::span<const FunctionEntry> HistogramFunctions();

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_FUNCTIONS_H_
