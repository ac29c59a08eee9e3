// The operators over range vectors: a function of each window of each series, and range
// vectors as a query's result.
//
// Source      docs/promql.md, sections 1, 4.2 and 4.3.
#ifndef TACHO_ENGINE_EXECUTOR_RANGE_H_
#define TACHO_ENGINE_EXECUTOR_RANGE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/executor.h"
#include "engine/functions.h"
#include "engine/window_source.h"

namespace tacho::engine {

// A call of a range function: operands are its scalar arguments, in order.
struct RangeCallSpec {
  const FunctionEntry* function = nullptr;
  std::vector<std::string> positions = {};  // of its arguments in the text
  uint32_t window_argument = 0;             // which of them is the range vector
};
std::unique_ptr<Operator> RangeCall(RangeCallSpec spec, std::unique_ptr<WindowSource> source);

// A function of counters gave a value for this metric: says so if its name does not sound
// like a counter's.
void CheckCounter(std::string_view metric, std::string_view position, Annotations& annotations);

// The windows themselves, at one step.
std::unique_ptr<Operator> WindowsResult(std::unique_ptr<WindowSource> source);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_EXECUTOR_RANGE_H_
