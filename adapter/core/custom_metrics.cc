#include "adapter/core/custom_metrics.h"

#include "adapter/core/metric_request.h"
#include "adapter/core/prom_json.h"
#include "adapter/core/replies.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

HttpReply Ok(std::string body) { return {200, kJsonType, std::move(body), "", ""}; }

// A person with a terminal or a browser, unless the request says otherwise.
bool WantsIndentation(const ApiCall& call, const Route& route) {
  const std::string_view pretty = route.Param("pretty");
  if (!pretty.empty()) return pretty == "true" || pretty == "1";
  return call.user_agent.starts_with("curl") || call.user_agent.starts_with("Wget") ||
         call.user_agent.starts_with("Mozilla/5.0");
}

HttpReply KubernetesReply(const Route& route, const ApiState& state) {
  switch (route.kind) {
    case RouteKind::kGroupList:
      return Ok(GroupListJson());
    case RouteKind::kGroup:
      return Ok(GroupJson());
    case RouteKind::kResourceList:
      return Ok(state.registry.ResourceListJson(route.version));
    case RouteKind::kMetric:
      return HandleMetric(route, state);
    case RouteKind::kVersion:
      return Ok(VersionJson());
    case RouteKind::kMalformed:
      return BadRequest("invalid request path");
    default:
      return RouteNotFound();
  }
}

}  // namespace

HttpReply HandleMetric(const Route& route, const ApiState& state) {
  const absl::StatusOr<Selector> objects = Selector::Parse(route.Param("labelSelector"));
  if (!objects.ok()) return BadRequest(Std(objects.status().message()));
  const absl::StatusOr<Selector> series = Selector::Parse(route.Param("metricLabelSelector"));
  if (!series.ok()) return PlainError(Std(series.status().message()));
  return internal::AnswerMetric({route.metric, *objects, *series}, state);
}

HttpReply HandleApi(const ApiCall& call, const Route& route, const ApiState& state) {
  const bool foreign = route.kind == RouteKind::kUnknown || route.kind == RouteKind::kHealth ||
                       route.kind == RouteKind::kMetrics;
  if (foreign) return PageNotFound();
  if (call.method != "GET") return MethodNotAllowed();
  if (route.kind == RouteKind::kPrometheusQuery) {
    return HandlePrometheusQuery(route, state.querier, state.now);
  }
  HttpReply reply = KubernetesReply(route, state);
  if (WantsIndentation(call, route)) reply.body = IndentJson(reply.body);
  return reply;
}

}  // namespace tacho::adapter
