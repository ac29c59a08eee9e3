#include "adapter/core/api_paths.h"

#include <array>
#include <optional>
#include <span>

#include "adapter/core/url_escape.h"

namespace tacho::adapter {
namespace {

using Segments = std::vector<std::string_view>;

// The parts between slashes, without those at both ends. "//" gives an empty part.
Segments Split(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  Segments out;
  if (path.empty()) return out;
  while (true) {
    const size_t slash = path.find('/');
    out.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return out;
    path.remove_prefix(slash + 1);
  }
}

bool HasEmpty(std::span<const std::string_view> segments) {
  for (const std::string_view segment : segments) {
    if (segment.empty()) return true;
  }
  return false;
}

MetricRequest Metric(ApiVersion version, std::string_view namespace_name, std::string_view resource,
                     std::string_view name, std::string_view metric) {
  return {version, std::string(namespace_name), std::string(resource), std::string(name),
          std::string(metric)};
}

// What follows /apis/custom.metrics.k8s.io/{version}.
void CustomRoute(std::span<const std::string_view> rest, Route* route) {
  const bool in_namespace = rest[0] == "namespaces";
  if (in_namespace && rest.size() == 5) {
    route->metric = Metric(route->version, rest[1], rest[2], rest[3], rest[4]);
  } else if (in_namespace && rest.size() == 4 && rest[2] == "metrics") {
    route->metric = Metric(route->version, "", "namespaces", rest[1], rest[3]);
  } else if (!in_namespace && rest.size() == 3) {
    route->metric = Metric(route->version, "", rest[0], rest[1], rest[2]);
  } else {
    return;
  }
  route->kind = RouteKind::kMetric;
}

// What follows /apis/external.metrics.k8s.io/v1beta1.
void ExternalRoute(std::span<const std::string_view> rest, Route* route) {
  if (rest.size() != 3 || rest[0] != "namespaces") return;
  route->metric = Metric(route->version, rest[1], "", "", rest[2]);
  route->kind = RouteKind::kExternalMetric;
}

// What follows /apis/metrics.k8s.io/v1beta1.
void ResourceRoute(std::span<const std::string_view> rest, Route* route) {
  std::string_view space;
  if (rest[0] == "namespaces" && rest.size() >= 3) {
    space = rest[1];
    rest = rest.subspan(2);
  }
  if (rest.size() > 2) return;
  const std::string_view name = rest.size() == 2 ? rest[1] : "";
  const bool is_pod = rest[0] == "pods";
  // A pod's name means nothing without its namespace, and nodes have none.
  if (is_pod ? space.empty() && !name.empty() : rest[0] != "nodes" || !space.empty()) return;
  route->metric = Metric(route->version, space, rest[0], name, "");
  route->kind = is_pod ? RouteKind::kPodMetrics : RouteKind::kNodeMetrics;
}

Route ApisRoute(std::span<const std::string_view> rest) {
  Route route;
  route.kind = rest.empty() ? RouteKind::kGroupList : RouteKind::kUnknownApi;
  if (rest.empty()) return route;
  const std::optional<ApiGroup> group = ParseApiGroup(rest[0]);
  if (!group.has_value()) return route;
  route.group = *group;
  if (rest.size() == 1) {
    route.kind = RouteKind::kGroup;
    return route;
  }
  const std::optional<ApiVersion> version = ParseApiVersion(*group, rest[1]);
  if (!version.has_value()) return route;
  route.version = *version;
  rest = rest.subspan(2);
  if (rest.empty()) route.kind = RouteKind::kResourceList;
  if (rest.empty() || HasEmpty(rest)) return route;
  if (*group == ApiGroup::kCustom) CustomRoute(rest, &route);
  if (*group == ApiGroup::kExternal) ExternalRoute(rest, &route);
  if (*group == ApiGroup::kResource) ResourceRoute(rest, &route);
  return route;
}

bool IsMetric(RouteKind kind) {
  return kind == RouteKind::kMetric || kind == RouteKind::kExternalMetric ||
         kind == RouteKind::kPodMetrics || kind == RouteKind::kNodeMetrics;
}

// What follows /explain.
Route ExplainRoute(std::span<const std::string_view> rest) {
  if (rest.empty() || rest[0] != "apis") return {};
  Route route = ApisRoute(rest.subspan(1));
  route.explained = route.kind;
  route.kind = IsMetric(route.explained) ? RouteKind::kExplain : RouteKind::kUnknownApi;
  return route;
}

// What follows /openapi; whether there is such a document is for the reply to say.
Route OpenApiRoute(std::span<const std::string_view> rest) {
  Route route;
  if (rest.empty() || rest.size() > 4 || HasEmpty(rest)) return route;
  if (rest[0] != "v2" && rest[0] != "v3") return route;
  route.kind = RouteKind::kOpenApi;
  for (const std::string_view part : rest) {
    if (!route.openapi.empty()) route.openapi += '/';
    route.openapi += part;
  }
  return route;
}

// Paths below /api/v1, but for those with a name in them.
constexpr std::array<std::pair<std::string_view, RouteKind>, 10> kPromPaths = {
    {{"query", RouteKind::kPromQuery},
     {"query_range", RouteKind::kPromQueryRange},
     {"series", RouteKind::kPromSeries},
     {"labels", RouteKind::kPromLabels},
     {"metadata", RouteKind::kPromMetadata},
     {"targets", RouteKind::kPromTargets},
     {"status/buildinfo", RouteKind::kPromBuildInfo},
     {"status/runtimeinfo", RouteKind::kPromRuntimeInfo},
     {"format_query", RouteKind::kPromFormat},
     {"parse_query", RouteKind::kPromParse}}};

Route PromRoute(const Segments& segments) {
  Route route;
  if (segments.size() < 3 || segments[1] != "v1") return route;
  if (segments.size() == 5 && segments[2] == "label" && segments[4] == "values") {
    route.kind = RouteKind::kPromLabelValues;
    route.label = std::string(segments[3]);
    return route;
  }
  std::string rest(segments[2]);
  for (const std::string_view segment : std::span(segments).subspan(3)) {
    rest.append("/").append(segment);
  }
  for (const auto& [path, kind] : kPromPaths) {
    if (path == rest) route.kind = kind;
  }
  return route;
}

Route PathRoute(const Segments& segments) {
  Route route;
  if (segments.empty()) return route;
  const std::string_view first = segments[0];
  const std::span<const std::string_view> rest = std::span(segments).subspan(1);
  if (first == "apis") return ApisRoute(rest);
  if (first == "explain") return ExplainRoute(rest);
  if (first == "openapi") return OpenApiRoute(rest);
  if ((first == "healthz" || first == "livez" || first == "readyz") && segments.size() <= 2) {
    route.kind = RouteKind::kHealth;
    route.health = std::string(first);
    if (!rest.empty()) route.health_check = std::string(rest[0]);
  } else if (segments.size() == 1 && first == "metrics") {
    route.kind = RouteKind::kMetrics;
  } else if (segments.size() == 1 && first == "version") {
    route.kind = RouteKind::kVersion;
  } else if (first == "api") {
    return PromRoute(segments);
  } else if (segments.size() == 2 && first == "-") {
    const bool known = segments[1] == "healthy" || segments[1] == "ready";
    route.kind = known ? RouteKind::kPromHealth : RouteKind::kUnknown;
    route.health = std::string(segments[1]);
  }
  return route;
}

}  // namespace

std::string_view Route::Param(std::string_view name) const {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return {};
}

std::vector<std::pair<std::string, std::string>> ParseQueryString(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (pair.empty() || pair.find(';') != std::string_view::npos) continue;
    const size_t equals = pair.find('=');
    std::optional<std::string> name = UnescapeQuery(pair.substr(0, equals));
    std::optional<std::string> value =
        UnescapeQuery(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    if (name.has_value() && value.has_value())
      out.emplace_back(*std::move(name), *std::move(value));
  }
  return out;
}

Route ParseRoute(std::string_view request_target) {
  const size_t question = request_target.find('?');
  const std::optional<std::string> path = UnescapePath(request_target.substr(0, question));
  if (!path.has_value() || !path->starts_with('/')) {
    Route route;
    route.kind = RouteKind::kMalformed;
    return route;
  }
  Route route = PathRoute(Split(*path));
  if (question != std::string_view::npos) {
    route.params = ParseQueryString(request_target.substr(question + 1));
  }
  return route;
}

}  // namespace tacho::adapter
