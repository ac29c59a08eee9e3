#include "adapter/net/router.h"

#include <array>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "adapter/core/prom_json.h"
#include "adapter/core/replies.h"
#include "adapter/net/self_metrics.h"

namespace tacho::adapter {
namespace {

constexpr std::array<std::string_view, 3> kHealthPaths = {"/healthz", "/livez", "/readyz"};
constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

bool IsForm(const HttpRequest& request) {
  return std::string_view(request.content_type).substr(0, kFormType.size()) == kFormType;
}

}  // namespace

Router::Router(const RouterEnv& env)
    : env_(env), start_time_seconds_(absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch())) {}

bool Router::IsQuick(const HttpRequest& request) const {
  for (const std::string_view path : kHealthPaths) {
    if (std::string_view(request.target).substr(0, path.size()) == path) return true;
  }
  return false;
}

HttpResponse Router::Handle(const HttpRequest& request) {
  Route route = ParseRoute(request.target);
  HttpResponse response;
  response.reply = Answer(request, &route);
  if (response.reply.status == 405) {
    response.allow = route.kind == RouteKind::kPrometheusQuery ? "GET, POST" : "GET";
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
    case RouteKind::kPrometheusQuery:
      return get || request.method == "POST" ? AdHocQuery(request, route) : MethodNotAllowed();
    default:
      return Api(request, *route);
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
  checks.push_back({"discovery", pods() != nullptr, ""});
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
  metrics.log_lines = env_.log->lines();
  metrics.log_lines_suppressed = env_.log->suppressed();
  HttpReply reply;
  reply.content_type = kMetricsType;
  reply.body = RenderSelfMetrics(metrics);
  return reply;
}

// Ad hoc queries are for people and dashboards; they share the threads with the
// requests that scale a fleet and must leave some of them free.
HttpReply Router::AdHocQuery(const HttpRequest& request, Route* route) {
  if (request.method == "POST" && IsForm(request)) {
    auto form = ParseQueryString(request.body);
    form.insert(form.end(), std::make_move_iterator(route->params.begin()),
                std::make_move_iterator(route->params.end()));
    route->params = std::move(form);  // a form's values come first, as in Go
  }
  HttpReply reply;
  if (ad_hoc_.fetch_add(1) < env_.max_ad_hoc_queries) {
    reply = HandlePrometheusQuery(*route, *env_.querier, env_.clock->Now());
  } else {
    env_.server_stats->CountLimit(ServerLimit::kAdHoc);
    reply.status = 503;
    reply.body = PrometheusErrorJson("unavailable", "too many ad hoc queries at a time");
  }
  ad_hoc_.fetch_sub(1);
  return reply;
}

HttpReply Router::Api(const HttpRequest& request, const Route& route) {
  std::shared_ptr<const PodIndex> known = pods();
  if (known == nullptr) known = std::make_shared<PodIndex>(std::span<const DiscoveredTarget>());
  const std::shared_ptr<RuleStore::Generation> rules = env_.rules->Get();
  const std::shared_ptr<const MetricRegistry> registry = rules->registry.Get();
  LogConflicts(&rules->registry);
  const ApiState state = {*registry,
                          *env_.querier,
                          *known,
                          env_.policy,
                          env_.clock->Now(),
                          env_.held,
                          env_.database.options().retention,
                          &rules->answers};
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
