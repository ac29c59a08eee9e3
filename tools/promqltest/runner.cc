#include "tools/promqltest/runner.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "parser/promql.h"
#include "parser/promql_literal.h"
#include "tools/promqltest/compare.h"
#include "tools/promqltest/pinned.h"
#include "tools/promqltest/script.h"
#include "tools/promqltest/storage.h"

namespace tacho::promqltest {
namespace {

constexpr int64_t kMinuteMs = 60'000;

absl::StatusOr<parser::Ast> Parse(const std::string& expr) {
  const QueryLimits limits = ScriptOptions().query;
  return parser::ParsePromql(expr, {.max_bytes = limits.max_query_bytes,
                                    .max_depth = limits.max_depth,
                                    .max_nodes = limits.max_nodes,
                                    .features = ScriptOptions().promql});
}

// Their values are those of the range as a whole.
bool AsksForTheRange(std::string_view expr) {
  for (const std::string_view call : {"start()", "end()", "range()", "step()"}) {
    if (expr.find(call) != std::string_view::npos) return true;
  }
  return false;
}

// One of the ways in which an instant evaluation is asked.
struct Asking {
  std::string expr;
  int64_t at_ms = 0;
  std::string how;  // for reports; empty for the way that is written
  MessageMap original = [](std::string_view message) { return std::string(message); };
};

std::vector<Asking> WaysToAsk(const Eval& eval, const absl::StatusOr<parser::Ast>& ast) {
  const int64_t t = eval.steps.start_ms;
  std::vector<Asking> ways = {{.expr = eval.expr, .at_ms = t, .how = ""}};
  if (!ast.ok()) return ways;
  const std::optional<Pinned> pinned = PinSelectors(*ast, t);
  if (!pinned.has_value()) return ways;
  const std::vector<int64_t> times = t == 0 ? std::vector<int64_t>{-1000, 0, 1000}
                                            : std::vector<int64_t>{-10 * t, 0, t / 5, t, 10 * t};
  for (const int64_t at : times) {
    ways.push_back(
        {.expr = pinned->expr,
         .at_ms = at,
         .how = absl::StrCat("asked as ", pinned->expr, " at ", parser::FormatTimestamp(at), ": "),
         .original = [pinned = *pinned](std::string_view message) {
           return pinned.MessageOfOriginal(message);
         }});
  }
  return ways;
}

class EvalRun {
 public:
  EvalRun(const Eval& eval, const Database& database) : eval_(eval), database_(database) {}

  // Empty if all is as expected.
  std::string Range() {
    const absl::StatusOr<Query> query = database_.Prepare(eval_.expr);
    if (!query.ok()) return CompareFailure(eval_, std::string(query.status().message()));
    return Judge(EvaluateSteps(*query, eval_.steps), Asking{}, &CompareRange);
  }

  std::string Instant(const Asking& asking) {
    const absl::StatusOr<Query> query = database_.Prepare(asking.expr);
    if (!query.ok()) return Failure(asking, query.status());
    const absl::StatusOr<QueryResult> result =
        query->Evaluate(Timestamp::FromUnixMillis(asking.at_ms));
    std::string wrong = Judge(result, asking, &CompareInstant);
    if (!wrong.empty() || !result.ok() || !AskAsRange(*result)) return wrong;
    return Middle(*query, asking);
  }

 private:
  using Comparison = std::string (*)(const Eval&, const QueryResult&);

  [[nodiscard]] bool AskAsRange(const QueryResult& result) const {
    return !eval_.ordered && !AsksForTheRange(eval_.expr) &&
           (result.type() == ResultType::kVector || result.type() == ResultType::kScalar);
  }

  std::string Failure(const Asking& asking, const absl::Status& status) const {
    const std::string message = asking.original(std::string(status.message()));
    std::string wrong = CompareFailure(eval_, message);
    return wrong.empty() ? wrong : asking.how + wrong;
  }

  std::string Judge(const absl::StatusOr<QueryResult>& result, const Asking& asking,
                    Comparison compare) const {
    if (!result.ok()) return Failure(asking, result.status());
    if (eval_.fail) {
      return absl::StrCat(asking.how, "expected a failure",
                          eval_.failure.written.empty() ? "" : " ", eval_.failure.written,
                          "\ngot a result");
    }
    std::string wrong = compare(eval_, *result);
    if (wrong.empty()) {
      wrong = CompareAnnotations(eval_, result->annotations(), asking.original);
    }
    return wrong.empty() ? wrong : asking.how + wrong;
  }

  static absl::StatusOr<QueryResult> EvaluateSteps(const Query& query, const Steps& steps) {
    return query.EvaluateRange({.start = Timestamp::FromUnixMillis(steps.start_ms),
                                .end = Timestamp::FromUnixMillis(steps.end_ms),
                                .step = absl::Milliseconds(steps.step_ms)});
  }

  // The same at the middle of a range.
  std::string Middle(const Query& query, const Asking& asking) const {
    const Steps steps{asking.at_ms - kMinuteMs, asking.at_ms + kMinuteMs, kMinuteMs};
    const absl::StatusOr<QueryResult> result = EvaluateSteps(query, steps);
    const std::string wrong =
        result.ok() ? ComparePoint(eval_, *result, asking.at_ms)
                    : absl::StrCat("the query failed: ", std::string(result.status().message()));
    if (wrong.empty()) return "";
    return absl::StrCat(asking.how, "as the middle of a range query from ",
                        parser::FormatTimestamp(steps.start_ms), " to ",
                        parser::FormatTimestamp(steps.end_ms), " step 1m: ", wrong);
  }

  const Eval& eval_;
  const Database& database_;
};

Outcome RunEval(const Eval& eval, const ScriptStorage& storage) {
  Outcome outcome{.line = eval.line, .expr = eval.expr, .verdict = Verdict::kPassed, .reason = ""};
  const absl::StatusOr<parser::Ast> ast = Parse(eval.expr);
  std::string unsupported = eval.histograms ? "expects a native histogram" : "";
  if (unsupported.empty() && ast.ok()) unsupported = storage.NeedsHistograms(*ast);
  if (!unsupported.empty()) {
    outcome.verdict = Verdict::kUnsupported;
    outcome.reason = std::move(unsupported);
    return outcome;
  }
  EvalRun run(eval, storage.database());
  if (eval.range) {
    outcome.reason = run.Range();
  } else {
    for (const Asking& asking : WaysToAsk(eval, ast)) {
      outcome.reason = run.Instant(asking);
      if (!outcome.reason.empty()) break;
    }
  }
  if (!outcome.reason.empty()) outcome.verdict = Verdict::kFailed;
  return outcome;
}

}  // namespace

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      return "passed";
    case Verdict::kFailed:
      return "failed";
    case Verdict::kUnsupported:
      break;
  }
  return "unsupported";
}

ScriptReport RunScript(std::string_view text) {
  ScriptReport report;
  const absl::StatusOr<Script> script = Script::Parse(text);
  if (!script.ok()) {
    report.fault = std::string(script.status().message());
    return report;
  }
  auto storage = std::make_unique<ScriptStorage>();
  for (const Command& command : script->commands) {
    if (std::holds_alternative<Clear>(command)) {
      storage = std::make_unique<ScriptStorage>();
    } else if (const auto* load = std::get_if<Load>(&command)) {
      const absl::Status status = storage->Store(*load);
      if (status.ok()) continue;
      report.fault = std::string(status.message());
      return report;
    } else {
      report.outcomes.push_back(RunEval(std::get<Eval>(command), *storage));
    }
  }
  return report;
}

}  // namespace tacho::promqltest
