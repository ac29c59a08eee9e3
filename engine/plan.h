// Plan: a checked expression as the list of operators that evaluate it. Made once from
// text; its selectors bind to the store lazily and stay bound.
//
// An aggregation over a range function over a selector, or over an instant selector,
// becomes one fused operator (fused.h); everything else runs one operator per node.
//
// Ownership   Keeps the store alive.
// Threads     Evaluations of one plan take turns on its lock; they never wait for
//             writers.
// Limits      QueryLimits; what is not supported is refused when the plan is made.
#ifndef TACHO_ENGINE_PLAN_H_
#define TACHO_ENGINE_PLAN_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/executor.h"
#include "engine/plan_builder.h"
#include "storage/mutex.h"
#include "storage/store.h"
#include "tacho/options.h"
#include "tacho/query.h"
#include "tacho/time.h"

namespace tacho::engine {

class Plan {
 public:
  // See Database::Prepare for what is refused.
  static absl::StatusOr<std::shared_ptr<Plan>> Create(std::string_view promql,
                                                      std::shared_ptr<storage::Store> store,
                                                      const Options& options);
  Plan(std::string text, BuiltPlan built, std::shared_ptr<storage::Store> store,
       const QueryLimits& limits);

  absl::StatusOr<QueryResult> Evaluate(Timestamp t);
  absl::StatusOr<QueryResult> EvaluateRange(const TimeRange& range);

  [[nodiscard]] const std::string& ToString() const { return text_; }
  [[nodiscard]] Duration reach() const { return reach_; }
  [[nodiscard]] Duration window() const { return window_; }

 private:
  const std::string text_;  // as Prometheus prints it
  const std::shared_ptr<storage::Store> store_;
  const QueryLimits limits_;
  const Duration reach_;
  const Duration window_;
  Mutex mutex_;
  const std::vector<Step> steps_;  // their bindings are protected by mutex_
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_PLAN_H_
