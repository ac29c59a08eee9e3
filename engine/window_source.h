// WindowSource: where the samples of range vectors come from: the store (m[5m]) or an
// expression evaluated again and again (a subquery). What is done with them is the
// consumer's: a function of each window, or the windows themselves as a result.
//
// Order       Series in order of targets and positions; of a subquery, as its expression
//             gives them. Samples oldest first.
// Threads     One evaluation at a time (the plan's lock).
#ifndef TACHO_ENGINE_WINDOW_SOURCE_H_
#define TACHO_ENGINE_WINDOW_SOURCE_H_

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "engine/executor.h"
#include "engine/rate.h"
#include "engine/selector.h"
#include "engine/value.h"
#include "parser/ast.h"

namespace tacho::engine {

// One series that has samples in some window. Valid during the visit.
struct WindowSeries {
  std::span<const SamplePoint> samples;  // of all windows together
  std::span<const int64_t> starts;       // see WindowInput
  std::string_view metric;               // its name; may be empty
  bool drop_name = false;                // see Element
  std::optional<Evidence> evidence;      // if it is not simply the samples used
  // Its labels, which the evaluation keeps; without those that say which metric it is, if
  // asked.
  absl::FunctionRef<ElementLabels(bool drop_name)> labels;
};

class WindowSource {
 public:
  // Whether the series had a value to contribute.
  using Visitor = absl::FunctionRef<absl::StatusOr<bool>(const WindowSeries&)>;

  virtual ~WindowSource() = default;
  // How the windows' edges are treated. If not plainly, what lies within the lookback
  // before them (smoothed: and after them) is visited too.
  [[nodiscard]] virtual parser::RangeEdges edges() const { return parser::RangeEdges::kPlain; }
  // The window of each step.
  virtual absl::StatusOr<std::vector<RangeWindow>> Windows(const Evaluation& evaluation,
                                                           const StepTimes& steps) const = 0;
  // Visits the series; what they rest on.
  virtual absl::StatusOr<Evidence> Visit(Evaluation& evaluation, const StepTimes& steps,
                                         Visitor visit) = 0;
  // Whether series may be impossible to tell apart once their names are gone. After Visit.
  [[nodiscard]] virtual bool needs_names() const = 0;
};

// m[5m]. one_metric: the selector names its metric.
std::unique_ptr<WindowSource> SelectorWindows(std::shared_ptr<const Selector> selector,
                                              bool one_metric);

// expr[5m:1m].
struct SubquerySpec {
  int64_t range_ns = 0;
  int64_t step_ms = 0;
  int64_t offset_ns = 0;
  parser::AtKind at = parser::AtKind::kNone;
  int64_t at_ms = 0;
};
std::unique_ptr<WindowSource> SubqueryWindows(const SubquerySpec& spec, Program program);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_WINDOW_SOURCE_H_
