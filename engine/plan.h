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
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "engine/executor.h"
#include "engine/plan_builder.h"
#include "engine/start_times.h"
#include "parser/ast.h"
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
  // Of an expression that is parsed already.
  static absl::StatusOr<std::shared_ptr<Plan>> Create(parser::Ast ast,
                                                      std::shared_ptr<storage::Store> store,
                                                      const Options& options);
  Plan(std::string text, BuiltPlan built, std::shared_ptr<storage::Store> store,
       const Options& options);
  // Of an expression with durations that hold step() or range(): built for each evaluation.
  Plan(std::string text, parser::Ast timed, std::shared_ptr<storage::Store> store,
       const Options& options);

  absl::StatusOr<QueryResult> Evaluate(Timestamp t, const EvaluateOptions& options);
  absl::StatusOr<QueryResult> EvaluateRange(const TimeRange& range, const EvaluateOptions& options);

  // Where rates learn when counters started. Call before the first evaluation.
  void UseStartTimes(std::shared_ptr<const StartTimes> start_times) {
    start_times_ = std::move(start_times);
  }

  [[nodiscard]] const std::string& ToString() const { return text_; }
  // Zero for a plan whose durations depend on the query's times.
  [[nodiscard]] Duration reach() const { return reach_; }
  [[nodiscard]] Duration window() const { return window_; }

 private:
  // Builds what could not be built before the times were known.
  absl::Status Bind(const QuerySpan& span) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  [[nodiscard]] Evaluation::Question Ask(const EvaluateOptions& options) const;
  // Its value, sorted unless it has an order of its own.
  absl::StatusOr<Value> RunProgram(Evaluation& evaluation, const StepTimes& steps)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string text_;  // as Prometheus prints it
  const std::shared_ptr<storage::Store> store_;
  const Options options_;
  const parser::ValueType type_;
  const Duration reach_;
  const Duration window_;
  const std::optional<parser::Ast> timed_ = {};
  std::shared_ptr<const StartTimes> start_times_;
  Mutex mutex_;
  BuiltPlan built_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_PLAN_H_
