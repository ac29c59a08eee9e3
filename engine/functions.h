// Functions: the table of PromQL functions that tacho runs. To add one: write it, and
// add its line to the table in functions.cc; parser, plan and executor need no change.
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
#include <string_view>

#include "engine/executor.h"
#include "engine/rate.h"

namespace tacho::engine {

// The fast way to compute a range function for neighbouring positions.
enum class RowKernel : uint8_t {
  kNone,  // only the plain way
  kRate,
  kIncrease,
  kDelta,
  kInstantRate,
  kInstantDelta,
  kLatest,  // no function: an instant selector
};

struct RangeFunction {
  SeriesValue (*plain)(std::span<const SamplePoint>, const RangeWindow&) = nullptr;
  RowKernel kernel = RowKernel::kNone;
  bool last_two = false;  // rests on the last two samples of the window only
  bool keeps_name = false;
};

using MathFunction = double (*)(double);
using CallFunction = absl::StatusOr<Value> (*)(Evaluation&, std::span<Value>);

struct FunctionEntry {
  std::string_view name;
  RangeFunction range = {};  // one of these three
  MathFunction math = nullptr;
  CallFunction call = nullptr;
};

// Null if tacho does not run it (yet).
const FunctionEntry* FindFunction(std::string_view name);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_FUNCTIONS_H_
