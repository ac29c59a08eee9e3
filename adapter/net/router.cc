#include "adapter/net/router.h"

#include <array>
#include <chrono>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "adapter/core/prom_reply.h"
#include "adapter/core/replies.h"
#include "adapter/net/self_metrics.h"

namespace tacho::adapter {
namespace {

constexpr std::array<std::string_view, 4> kHealthPaths = {"/healthz", "/livez", "/readyz", "/-/"};
constexpr std::string_view kPromPath = "/api/";
constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

// Bounds of the API that say so in their replies, and how they are counted.
constexpr std::array<std::pair<std::string_view, ServerLimit>, 3> kPromLimits = {
    {{kQueryTimeoutReason, ServerLimit::kQueryTime},
     {kQueryReplyReason, ServerLimit::kQueryReply},
     {kQuerySeriesReason, ServerLimit::kQuerySeries}}};

bool IsForm(const HttpRequest& request) {
  return std::string_view(request.content_type).substr(0, kFormType.size()) == kFormType;
}

// Whether rules are evaluated to answer it.
bool Evaluates(const Route& route) {
  switch (route.kind) {
    case RouteKind::kMetric:
    case RouteKind::kExternalMetric:
    case RouteKind::kPodMetrics:
    case RouteKind::kNodeMetrics:
    case RouteKind::kExplain:
      return true;
    default:
      return false;
  }
}

absl::Duration Since(std::chrono::steady_clock::time_point t) {
  return absl::FromChrono(std::chrono::steady_clock::now() - t);
}

}  // namespace

Router::Router(const RouterEnv& env)
    : env_(env), start_time_seconds_(absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch())) {}

Lane Router::LaneOf(const HttpRequest& request) const {
  for (const std::string_view path : kHealthPaths) {
    if (request.target.starts_with(path)) return Lane::kQuick;
  }
  if (request.target.starts_with(kPromPath)) return Lane::kQuery;
  const bool asks = env_.upstream != nullptr && Evaluates(ParseRoute(request.target));
  return asks ? Lane::kUpstream : Lane::kApi;
}

HttpResponse Router::Handle(const HttpRequest& request) {
  Route route = ParseRoute(request.target);
  HttpResponse response;
  response.reply = Answer(request, &route);
  if (response.reply.status == 405) {
    response.allow = PromMethods(route.kind);
  }
  env_.server_stats->CountAnswer(route.kind, response.reply.status);
  if (!response.reply.log.empty()) {
    env_.log->Warn("request not answered",
                   {{"target", request.target}, {"err", response.reply.log}});
  }
  return response;
}

HttpReply Router::Answer(const HttpRequest& request, Route* route) {
  const bool get = request.method == "GET";
  switch (route->kind) {
    case RouteKind::kHealth:
      return get || request.method == "HEAD" ? Health(*route) : MethodNotAllowed();
    case RouteKind::kMetrics:
      return get ? SelfMetricsReply() : MethodNotAllowed();
    case RouteKind::kPromHealth:
      return get || request.method == "HEAD" ? PromHealth(*route) : PromMethodNotAllowed();
    default:
      return IsPromRoute(route->kind) ? Prom(request, route) : Api(request, *route);
  }
}

std::vector<HealthCheck> Router::HealthChecks(bool ready) const {
  // Without rules the process does not start; a new file that is bad leaves the old ones.
  const std::string rules_error = env_.rules->state().error;
  std::vector<HealthCheck> checks = {
      {"ping", true, ""},
      {"config", true,
       rules_error.empty() ? ""
                           : "the old rules serve; the new file is not taken: " + rules_error}};
  if (!ready) return checks;
  if (env_.upstream != nullptr) {
    const absl::Status error = env_.upstream->last_error();
    checks.push_back({"upstream", env_.upstream->fresh(), std::string(error.message())});
  } else {
    checks.push_back({"discovery", pods() != nullptr, ""});
  }
  checks.push_back({"shutdown", !draining_, ""});
  return checks;
}

HttpReply Router::Health(const Route& route) const {
  return HealthReply(route, HealthChecks(route.health == "readyz"));
}

HttpReply Router::SelfMetricsReply() {
  SelfMetrics metrics;
  metrics.database = env_.database.Stats();
  metrics.scrape = env_.scrape_stats;
  metrics.server = env_.server_stats;
  metrics.process = ReadProcessInfo();
  metrics.process.start_time_seconds = start_time_seconds_;
  metrics.targets = targets_;
  metrics.rules = env_.rules->state();
  metrics.answers = env_.rules->Get()->answers.Get();
  metrics.held_values = env_.held->size();
  metrics.held_values_refused = env_.held->refused();
  metrics.upstream = env_.upstream_stats;
  metrics.log_lines = env_.log->lines();
  metrics.log_lines_suppressed = env_.log->suppressed();
  HttpReply reply;
  reply.content_type = kMetricsType;
  reply.body = RenderSelfMetrics(metrics);
  return reply;
}

HttpReply Router::PromHealth(const Route& route) const {
  const bool ready = route.health == "healthy" || (pods() != nullptr && !draining_);
  if (!ready) return {503, kPlainType, "tacho-adapter is not ready.\n", "", ""};
  return {200, kPlainType, absl::StrCat("tacho-adapter is ", route.health, ".\n"), "", ""};
}

HttpReply Router::Prom(const HttpRequest& request, Route* route) {
  if (env_.upstream != nullptr) {
    // The database here is empty, and empty answers would be wrong ones.
    return PromFailure(PromError::kUnavailable,
                       "rules are evaluated on --prometheus-url; ask that server");
  }
  if (request.method == "POST" && IsForm(request)) {
    auto form = ParseQueryString(request.body);
    form.insert(form.end(), std::make_move_iterator(route->params.begin()),
                std::make_move_iterator(route->params.end()));
    route->params = std::move(form);  // a form's values come first, as in Go
  }
  const auto elapsed = [received = request.received] { return Since(received); };
  PromMoment moment = {env_.clock->Now(), elapsed};
  if (request.interrupt != nullptr) moment.interrupt = request.interrupt;
  HttpReply reply = HandleProm(request.method, *route, moment, env_.prom);
  for (const auto& [reason, limit] : kPromLimits) {
    if (reply.reason == reason) env_.server_stats->CountLimit(limit);
  }
  return reply;
}

HttpResponse Router::TooMany(const HttpRequest& request, Lane lane) const {
  env_.server_stats->CountAnswer(ParseRoute(request.target).kind, 503);
  if (lane == Lane::kUpstream) {
    return {ValueUnknown(ToString(Unknown::kUpstream),
                         "too many requests wait for --prometheus-url already; it is slow, or "
                         "--prometheus-max-requests too low"),
            {}};
  }
  return {PromFailure(PromError::kUnavailable,
                      "too many queries at a time; try again later, or raise --max-queries"),
          {}};
}

// Who asked has no use for an answer that much later, and the next one waits as well.
bool Router::WaitedTooLong(const HttpRequest& request, const Route& route) const {
  return env_.upstream != nullptr && Evaluates(route) &&
         Since(request.received) > env_.upstream_timeout;
}

HttpReply Router::Api(const HttpRequest& request, const Route& route) {
  if (WaitedTooLong(request, route)) {
    env_.server_stats->CountLimit(ServerLimit::kUpstreamWait);
    return ValueUnknown(
        ToString(Unknown::kUpstream),
        "requests before this one waited for --prometheus-url, longer than "
        "--prometheus-timeout; it is slow, or --prometheus-max-concurrency too low");
  }
  std::shared_ptr<const PodIndex> known = pods();
  if (known == nullptr) known = std::make_shared<PodIndex>(std::span<const DiscoveredTarget>());
  const std::shared_ptr<RuleStore::Generation> rules = env_.rules->Get();
  const std::shared_ptr<const MetricRegistry> registry = rules->registry.Get();
  LogConflicts(&rules->registry);
  const ApiState state = {*registry,           *env_.querier,     *known,
                          env_.policy,         env_.clock->Now(), env_.held,
                          env_.coverage_reach, &rules->answers,   env_.max_query_bytes};
  return HandleApi({request.method, request.user_agent, request.accept}, route, state);
}

void Router::LogConflicts(LiveRegistry* registry) {
  for (const std::string& conflict : registry->TakeNewConflicts()) {
    env_.log->Warn("rules overlap", {{"err", conflict}});
  }
}

std::shared_ptr<const PodIndex> Router::pods() const {
  const MutexLock lock(mutex_);
  return pods_;
}

void Router::SetPods(std::shared_ptr<const PodIndex> pods, uint64_t targets) {
  targets_ = targets;
  const MutexLock lock(mutex_);
  pods_ = std::move(pods);
}

}  // namespace tacho::adapter
