#include "engine/plan.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/element_names.h"
#include "engine/result.h"
#include "parser/promql.h"
#include "parser/promql_duration.h"

namespace tacho::engine {
namespace {

absl::Status CheckRange(const TimeRange& range, parser::ValueType type, const QueryLimits& limits) {
  if (range.step < absl::Milliseconds(1)) {
    return absl::InvalidArgumentError("the step must be at least 1 ms");
  }
  if (range.end < range.start) {
    return absl::InvalidArgumentError("the end must not be before the start");
  }
  if (type != parser::ValueType::kScalar && type != parser::ValueType::kVector) {
    const std::string_view name = parser::ValueTypeName(type);
    return absl::InvalidArgumentError(
        absl::StrCat("invalid expression type \"", absl::string_view(name.data(), name.size()),
                     "\" for range query, must be Scalar or instant Vector"));
  }
  if ((range.end - range.start) / range.step > limits.max_steps) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the query has more than ", limits.max_steps,
                     " steps after its start: widen its step, or raise QueryLimits::max_steps"));
  }
  return absl::OkStatus();
}

bool IsTimed(const parser::Ast& ast, parser::NodeId expr) {
  return expr != parser::kNoNode && parser::DependsOnTimes(ast, expr);
}

// Whether some duration holds step() or range().
bool HasTimedDurations(const parser::Ast& ast) {
  for (parser::NodeId id = 0; id < ast.size(); ++id) {
    const parser::Node& node = ast[id];
    if (IsTimed(ast, node.range_expr) || IsTimed(ast, node.step_expr) ||
        IsTimed(ast, node.offset_expr)) {
      return true;
    }
  }
  return false;
}

absl::Status SetTimed(parser::Ast* ast, parser::NodeId expr, const QuerySpan& span, bool is_offset,
                      int64_t* ns) {
  if (!IsTimed(*ast, expr)) return absl::OkStatus();
  const parser::DurationEnvironment environment{.step_ms = span.step_ms,
                                                .range_ms = span.end_ms - span.start_ms};
  absl::StatusOr<int64_t> value = parser::EvaluateDuration(*ast, expr, environment, is_offset);
  if (!value.ok()) return value.status();
  *ns = *value;
  return absl::OkStatus();
}

// Gives the durations that hold step() or range() their values.
absl::Status SetTimedDurations(const QuerySpan& span, parser::Ast* ast) {
  for (parser::NodeId id = 0; id < ast->size(); ++id) {
    parser::Node& node = (*ast)[id];
    absl::Status s = SetTimed(ast, node.range_expr, span, false, &node.range_ns);
    s.Update(SetTimed(ast, node.step_expr, span, false, &node.step_ns));
    s.Update(SetTimed(ast, node.offset_expr, span, true, &node.offset_ns));
    if (!s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<Plan>> Plan::Create(std::string_view promql,
                                                   std::shared_ptr<storage::Store> store,
                                                   const Options& options) {
  const QueryLimits& limits = options.query;
  absl::StatusOr<parser::Ast> ast = parser::ParsePromql(
      promql, {limits.max_query_bytes, limits.max_depth, limits.max_nodes, options.promql});
  if (!ast.ok()) return ast.status();
  return Create(*std::move(ast), std::move(store), options);
}

absl::StatusOr<std::shared_ptr<Plan>> Plan::Create(parser::Ast ast,
                                                   std::shared_ptr<storage::Store> store,
                                                   const Options& options) {
  if (absl::Status s = parser::FoldDurations(&ast); !s.ok()) return s;
  std::string text = parser::PrintPromql(ast);
  if (HasTimedDurations(ast)) {
    return std::make_shared<Plan>(std::move(text), std::move(ast), std::move(store), options);
  }
  absl::StatusOr<BuiltPlan> built = BuildPlan(ast, options);
  if (!built.ok()) return built.status();
  return std::make_shared<Plan>(std::move(text), *std::move(built), std::move(store), options);
}

Plan::Plan(std::string text, BuiltPlan built, std::shared_ptr<storage::Store> store,
           const Options& options)
    : text_(std::move(text)),
      store_(std::move(store)),
      options_(options),
      type_(built.type),
      reach_(built.reach),
      window_(built.window),
      built_(std::move(built)) {}

Plan::Plan(std::string text, parser::Ast timed, std::shared_ptr<storage::Store> store,
           const Options& options)
    : text_(std::move(text)),
      store_(std::move(store)),
      options_(options),
      type_(timed[timed.root()].type),
      reach_(absl::ZeroDuration()),
      window_(absl::ZeroDuration()),
      timed_(std::move(timed)) {}

absl::Status Plan::Bind(const QuerySpan& span) {
  if (!timed_.has_value()) return absl::OkStatus();
  parser::Ast ast = *timed_;
  if (absl::Status s = SetTimedDurations(span, &ast); !s.ok()) return s;
  absl::StatusOr<BuiltPlan> built = BuildPlan(ast, options_);
  if (!built.ok()) return built.status();
  built_ = *std::move(built);
  return absl::OkStatus();
}

Evaluation::Question Plan::Ask(const EvaluateOptions& options) const {
  Evaluation::Question question;
  const Duration lookback =
      options.lookback > absl::ZeroDuration() ? options.lookback : options_.lookback;
  question.lookback_ms = absl::ToInt64Milliseconds(lookback);
  question.interrupt = options.interrupt;
  question.start_times = start_times_.get();
  return question;
}

absl::StatusOr<Value> Plan::RunProgram(Evaluation& evaluation, const StepTimes& steps) {
  absl::StatusOr<Value> value = Run(built_.program, evaluation, steps);
  if (!value.ok()) return value;
  if (absl::Status s = DropMarkedNames(evaluation, steps, &*value); !s.ok()) return s;
  const bool any_order = !value->ordered || evaluation.question().span.step_ms != 0;
  if (any_order && !SortByLabels(&*value, steps.count)) return SameLabelsetError();
  if (!any_order) {
    if (absl::Status s = CheckUnique(*value); !s.ok()) return s;
  }
  return value;
}

absl::StatusOr<QueryResult> Plan::Evaluate(Timestamp t, const EvaluateOptions& options) {
  MutexLock lock(mutex_);
  const storage::ReadGuard guard = store_->Read();
  Evaluation::Question question = Ask(options);
  const StepTimes steps{t.unix_millis(), 1, 1};
  question.span = {steps.start_ms, steps.start_ms, 0};
  if (absl::Status s = Bind(question.span); !s.ok()) return s;
  Evaluation evaluation(question, *store_, options_);
  if (built_.fused != nullptr && built_.fused->Bind(evaluation)) {
    absl::StatusOr<InstantVector> vector = built_.fused->EvaluateAt(evaluation, steps.start_ms);
    if (!vector.ok()) return vector.status();
    return ResultBuilder::OfInstant(t, *std::move(vector), evaluation);
  }
  absl::StatusOr<Value> value = RunProgram(evaluation, steps);
  if (!value.ok()) return value.status();
  return ResultBuilder::OfInstant(t, *std::move(value), evaluation);
}

absl::StatusOr<QueryResult> Plan::EvaluateRange(const TimeRange& range,
                                                const EvaluateOptions& options) {
  if (absl::Status s = CheckRange(range, type_, options_.query); !s.ok()) return s;
  MutexLock lock(mutex_);
  const storage::ReadGuard guard = store_->Read();
  Evaluation::Question question = Ask(options);
  question.span = {range.start.unix_millis(), range.end.unix_millis(),
                   absl::ToInt64Milliseconds(range.step)};
  if (absl::Status s = Bind(question.span); !s.ok()) return s;
  const int64_t count = (question.span.end_ms - question.span.start_ms) / question.span.step_ms + 1;
  const StepTimes steps{question.span.start_ms, question.span.step_ms,
                        static_cast<uint32_t>(count)};
  Evaluation evaluation(question, *store_, options_);
  absl::StatusOr<Value> value = RunProgram(evaluation, steps);
  if (!value.ok()) return value.status();
  return ResultBuilder::OfRange(range, steps, *std::move(value), evaluation);
}

}  // namespace tacho::engine
