#include "engine/plan.h"

#include <map>
#include <utility>
#include <vector>

#include "engine/result.h"
#include "parser/promql.h"
#include "parser/promql_duration.h"

namespace tacho::engine {

absl::StatusOr<std::shared_ptr<Plan>> Plan::Create(std::string_view promql,
                                                   std::shared_ptr<storage::Store> store,
                                                   const Options& options) {
  const QueryLimits& limits = options.query;
  absl::StatusOr<parser::Ast> ast = parser::ParsePromql(
      promql, {limits.max_query_bytes, limits.max_depth, limits.max_nodes, options.promql});
  if (!ast.ok()) return ast.status();
  if (absl::Status status = parser::FoldDurations(&*ast); !status.ok()) return status;
  absl::StatusOr<BuiltPlan> built = BuildPlan(*ast, options);
  if (!built.ok()) return built.status();
  return std::make_shared<Plan>(parser::PrintPromql(*ast), *std::move(built), std::move(store),
                                limits);
}

Plan::Plan(std::string text, BuiltPlan built, std::shared_ptr<storage::Store> store,
           const QueryLimits& limits)
    : text_(std::move(text)),
      store_(std::move(store)),
      limits_(limits),
      reach_(built.reach),
      window_(built.window),
      steps_(std::move(built.steps)) {}

absl::StatusOr<QueryResult> Plan::Evaluate(Timestamp t) {
  MutexLock lock(mutex_);
  const storage::ReadGuard guard = store_->Read();
  Evaluation evaluation(t, *store_, limits_);
  absl::StatusOr<Value> value = Run(steps_, evaluation);
  if (!value.ok()) return value.status();
  return ResultBuilder::Build(t, *std::move(value), evaluation.TakeKeepers());
}

absl::StatusOr<QueryResult> Plan::EvaluateRange(const TimeRange& range) {
  if (range.step < absl::Milliseconds(1)) {
    return absl::InvalidArgumentError("the step must be at least 1 ms");
  }
  if (range.end < range.start) {
    return absl::InvalidArgumentError("the end must not be before the start");
  }
  std::map<Labels, std::vector<Point>> columns;
  for (Timestamp t = range.start; t <= range.end; t = t + range.step) {
    absl::StatusOr<QueryResult> result = Evaluate(t);
    if (!result.ok()) return result.status();
    if (result->type() == ResultType::kScalar) columns[{}].push_back({t, result->scalar()});
    for (const ResultSample& s : result->samples()) columns[s.labels()].push_back({t, s.value});
  }
  return ResultBuilder::BuildRange(range, std::move(columns));
}

}  // namespace tacho::engine
