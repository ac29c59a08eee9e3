#include "adapter/core/prom_query.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapter/core/prom_params.h"
#include "adapter/core/prom_reply.h"
#include "adapter/core/prom_result.h"
#include "adapter/core/prom_values.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

// What both kinds of queries may be given.
struct QueryCall {
  std::string_view promql;
  uint64_t limit = 0;
  Duration timeout;
  Duration lookback = absl::ZeroDuration();
  bool stats = false;
  bool is_range = false;
  Timestamp time;   // an instant query
  TimeRange range;  // a range query
};

using MaybeReply = std::optional<HttpReply>;  // a refusal, or nothing

MaybeReply ReadLimit(const Route& route, QueryCall* call) {
  const absl::StatusOr<uint64_t> limit = ParseApiLimit(route.Param("limit"));
  if (!limit.ok()) return InvalidParameter("limit", Std(limit.status().message()));
  call->limit = *limit;
  return std::nullopt;
}

MaybeReply ReadInstant(const Route& route, Timestamp now, QueryCall* call) {
  const std::string_view text = route.Param("time");
  call->time = now;
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<Timestamp> time = ParseApiTime(text);
  if (!time.ok()) return InvalidTime("time", time.status());
  call->time = *time;
  return std::nullopt;
}

// 11,000
std::string WithCommas(uint32_t number) {
  std::string out = absl::StrCat(number);
  for (size_t i = out.size(); i > 3; i -= 3) out.insert(i - 3, 1, ',');
  return out;
}

MaybeReply ReadRange(const Route& route, uint32_t max_steps, QueryCall* call) {
  const absl::StatusOr<Timestamp> start = ParseApiTime(route.Param("start"));
  if (!start.ok()) return InvalidParameter("start", Std(start.status().message()));
  const absl::StatusOr<Timestamp> end = ParseApiTime(route.Param("end"));
  if (!end.ok()) return InvalidParameter("end", Std(end.status().message()));
  if (*end < *start) {
    return InvalidParameter("end", "end timestamp must not be before start time");
  }
  const absl::StatusOr<Duration> step = ParseApiDuration(route.Param("step"));
  if (!step.ok()) return InvalidParameter("step", Std(step.status().message()));
  if (*step <= absl::ZeroDuration()) {
    return InvalidParameter("step",
                            "zero or negative query resolution step widths are not accepted. "
                            "Try a positive integer");
  }
  if (*step < absl::Milliseconds(1)) {
    return InvalidParameter("step", "the step must be at least 1ms");
  }
  call->range = {*start, *end, absl::Floor(*step, absl::Milliseconds(1))};
  if ((*end - *start) / call->range.step > max_steps) {  // the rule of EvaluateRange
    return PromFailure(PromError::kBadData,
                       absl::StrCat("exceeded maximum resolution of ", WithCommas(max_steps),
                                    " points per timeseries. Try decreasing the query resolution "
                                    "(?step=XX)"));
  }
  call->is_range = true;
  return std::nullopt;
}

MaybeReply ReadTimeout(const Route& route, Duration most, QueryCall* call) {
  call->timeout = most;
  const std::string_view text = route.Param("timeout");
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<Duration> timeout = ParseApiDuration(text);
  if (!timeout.ok()) return InvalidParameter("timeout", Std(timeout.status().message()));
  call->timeout = std::min(*timeout, most);
  return std::nullopt;
}

MaybeReply ReadLookback(const Route& route, QueryCall* call) {
  const std::string_view text = route.Param("lookback_delta");
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<Duration> lookback = ParseApiDuration(text);
  if (lookback.ok()) {
    call->lookback = std::max(*lookback, absl::ZeroDuration());  // as 0: the default
    return std::nullopt;
  }
  return PromFailure(PromError::kBadData, absl::StrCat("error parsing lookback delta duration: ",
                                                       lookback.status().message()));
}

// One parameter after the other, in Prometheus' order: the first that is wrong is named.
MaybeReply ReadCall(const Route& route, const PromMoment& moment, const PromEnv& env, bool range,
                    QueryCall* call) {
  if (MaybeReply bad = ReadLimit(route, call)) return bad;
  const uint32_t max_steps = env.database.options().query.max_steps;
  if (MaybeReply bad =
          range ? ReadRange(route, max_steps, call) : ReadInstant(route, moment.now, call)) {
    return bad;
  }
  if (MaybeReply bad = ReadTimeout(route, env.bounds.timeout, call)) return bad;
  if (MaybeReply bad = ReadLookback(route, call)) return bad;
  call->promql = route.Param("query");
  call->stats = !route.Param("stats").empty();
  return std::nullopt;
}

// When the phases of a query ended, since its request came.
struct Phases {
  Duration begun;
  Duration prepared;
  Duration evaluated;
};

uint64_t PointsOf(const QueryResult& result) {
  uint64_t points = result.samples().size();
  for (const ResultSeries& series : result.series()) points += series.points().size();
  return points;
}

// tacho sorts while it evaluates, so there is no time of that to tell.
std::string StatsJson(const QueryResult& result, const Phases& phases) {
  std::string out = R"(,"stats":{"timings":{)";
  const auto timing = [&out](std::string_view name, Duration time, bool last = false) {
    absl::StrAppend(&out, "\"", Abs(name), "\":");
    AppendJsonNumber(absl::ToDoubleSeconds(time), &out);
    if (!last) out.push_back(',');
  };
  timing("evalTotalTime", phases.evaluated - phases.begun);
  timing("resultSortTime", absl::ZeroDuration());
  timing("queryPreparationTime", phases.prepared - phases.begun);
  timing("innerEvalTime", phases.evaluated - phases.prepared);
  timing("execQueueTime", phases.begun);
  timing("execTotalTime", phases.evaluated, /*last=*/true);
  absl::StrAppend(&out, R"(},"samples":{"totalQueryableSamples":)", result.samples_read(),
                  R"(,"samplesRead":)", result.samples_read(), R"(,"peakSamples":)",
                  PointsOf(result), "}}");
  return out;
}

HttpReply ResultReply(const QueryResult& result, const QueryCall& call, const Phases& phases,
                      const PromBounds& bounds) {
  std::string data = "{";
  bool truncated = false;
  if (!AppendResultJson(result, {call.limit, bounds.max_reply_bytes}, &truncated, &data)) {
    return ReplyTooLarge(bounds.max_reply_bytes);
  }
  if (call.stats) data += StatsJson(result, phases);
  data.push_back('}');
  const auto said = result.annotations();
  std::vector<Annotation> notes(said.begin(), said.end());
  if (truncated) notes.push_back(TruncatedByLimit());
  return PromSuccess(std::move(data), notes);
}

// A query that was not begun: it had no time at all, or waited too long for a thread.
HttpReply QueueTimeout(Duration timeout) {
  HttpReply reply = PromFailure(PromError::kTimeout, timeout <= absl::ZeroDuration()
                                                         ? "query timed out in query execution"
                                                         : "context deadline exceeded");
  reply.reason = kQueryTimeoutReason;
  return reply;
}

// A range query of a string or range vector is the text's fault, not the data's.
HttpReply FailureOf(const absl::Status& status) {
  const std::string_view message = Std(status.message());
  if (message.find("invalid expression type") != std::string_view::npos) {
    return InvalidParameter("query", message);
  }
  return EvaluateFailure(status);
}

HttpReply Run(const QueryCall& call, const PromMoment& moment, const PromEnv& env) {
  Phases phases;
  phases.begun = moment.elapsed();
  if (phases.begun >= call.timeout) return QueueTimeout(call.timeout);
  const absl::StatusOr<QueryPool::Lease> query = env.queries->Take(call.promql);
  if (!query.ok()) return PrepareFailure(query.status());
  phases.prepared = moment.elapsed();
  const std::shared_ptr<const Interrupt> interrupt =
      env.deadlines->Arm(call.timeout - phases.prepared, moment.interrupt);
  const EvaluateOptions options = {interrupt.get(), call.lookback};
  const absl::StatusOr<QueryResult> result = call.is_range
                                                 ? (*query)->EvaluateRange(call.range, options)
                                                 : (*query)->Evaluate(call.time, options);
  if (!result.ok()) return FailureOf(result.status());
  phases.evaluated = moment.elapsed();
  return ResultReply(*result, call, phases, env.bounds);
}

HttpReply Handle(const Route& route, const PromMoment& moment, const PromEnv& env, bool range) {
  QueryCall call;
  if (MaybeReply bad = ReadCall(route, moment, env, range, &call)) return *std::move(bad);
  return Run(call, moment, env);
}

}  // namespace

HttpReply HandleQuery(const Route& route, const PromMoment& moment, const PromEnv& env) {
  return Handle(route, moment, env, /*range=*/false);
}

HttpReply HandleQueryRange(const Route& route, const PromMoment& moment, const PromEnv& env) {
  return Handle(route, moment, env, /*range=*/true);
}

}  // namespace tacho::adapter
