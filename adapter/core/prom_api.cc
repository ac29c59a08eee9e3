#include "adapter/core/prom_api.h"

#include <array>

#include "adapter/core/json_writer.h"
#include "adapter/core/prom_query.h"
#include "adapter/core/prom_reply.h"
#include "adapter/core/prom_series.h"
#include "adapter/core/replies.h"
#include "tacho/promql.h"

namespace tacho::adapter {
namespace {

constexpr std::array<RouteKind, 6> kAlsoPosted = {
    RouteKind::kPromQuery,  RouteKind::kPromQueryRange, RouteKind::kPromSeries,
    RouteKind::kPromLabels, RouteKind::kPromFormat,     RouteKind::kPromParse};

bool MayBePosted(RouteKind kind) {
  for (const RouteKind posted : kAlsoPosted) {
    if (kind == posted) return true;
  }
  return false;
}

HttpReply FormatReply(const Route& route, const PromEnv& env) {
  const absl::StatusOr<std::string> text =
      FormatPromql(route.Param("query"), env.database.options());
  if (!text.ok()) return PrepareFailure(text.status());
  return PromSuccess(JsonString(*text));
}

HttpReply ParseReply(const Route& route, const PromEnv& env) {
  absl::StatusOr<std::string> tree = PromqlToJson(route.Param("query"), env.database.options());
  if (!tree.ok()) return PrepareFailure(tree.status());
  return PromSuccess(*std::move(tree));
}

}  // namespace

bool IsPromRoute(RouteKind kind) {
  return kind >= RouteKind::kPromQuery && kind <= RouteKind::kPromParse;
}

std::string_view PromMethods(RouteKind kind) { return MayBePosted(kind) ? "GET, POST" : "GET"; }

HttpReply HandleProm(std::string_view method, const Route& route, const PromMoment& moment,
                     const PromEnv& env) {
  const bool served = method == "GET" || (method == "POST" && MayBePosted(route.kind));
  if (!served) return PromMethodNotAllowed();
  switch (route.kind) {
    case RouteKind::kPromQuery:
      return HandleQuery(route, moment, env);
    case RouteKind::kPromQueryRange:
      return HandleQueryRange(route, moment, env);
    case RouteKind::kPromSeries:
      return HandleSeries(route, env);
    case RouteKind::kPromLabels:
      return HandleLabels(route, env);
    case RouteKind::kPromLabelValues:
      return HandleLabelValues(route, env);
    case RouteKind::kPromMetadata:
      return HandleMetadata(route, env);
    case RouteKind::kPromTargets:
      return TargetsReply(route, *env.status);
    case RouteKind::kPromBuildInfo:
      return BuildInfoReply(*env.status);
    case RouteKind::kPromRuntimeInfo:
      return RuntimeInfoReply(*env.status, moment.now);
    case RouteKind::kPromFormat:
      return FormatReply(route, env);
    case RouteKind::kPromParse:
      return ParseReply(route, env);
    default:
      return PageNotFound();
  }
}

}  // namespace tacho::adapter
