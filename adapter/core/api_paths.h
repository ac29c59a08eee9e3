// Routes: from a request target as it came over the wire to what it asks for. The
// path is percent-decoded first and split then, as Go's server does it, so
// "a%2fb" is two segments, and "..": an ordinary name that nothing has. Nothing here
// touches a file or redirects.
//
// Source      contracts: custom metrics API, HTTP surface.
// Threads     Plain values and functions.
// Cost        One pass; one allocation per decoded segment or parameter.
#ifndef TACHO_ADAPTER_CORE_API_PATHS_H_
#define TACHO_ADAPTER_CORE_API_PATHS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/core/api_group.h"

namespace tacho::adapter {

// One metric of one object, or of all that a selector matches (name is "*").
struct MetricRequest {
  ApiVersion version = ApiVersion::kV1beta2;
  std::string namespace_name;  // empty: root-scoped
  std::string resource;        // as written: "pods", "deployments.apps"; custom only
  std::string name;            // external: empty; resource metrics: empty is a list
  std::string metric;          // resource metrics: empty
};

enum class RouteKind : uint8_t {
  kGroupList,        // /apis
  kGroup,            // /apis/custom.metrics.k8s.io
  kResourceList,     // /apis/custom.metrics.k8s.io/v1beta2
  kMetric,           // a MetricRequest, of a custom metric
  kExternalMetric,   // a MetricRequest
  kPodMetrics,       // a MetricRequest, of resource metrics
  kNodeMetrics,      // a MetricRequest, of resource metrics
  kOpenApi,          // /openapi/v2, /openapi/v3 and what is below it
  kExplain,          // /explain before the path of a metric
  kPromQuery,        // /api/v1/query; Prometheus' API begins here
  kPromQueryRange,   // /api/v1/query_range
  kPromSeries,       // /api/v1/series
  kPromLabels,       // /api/v1/labels
  kPromLabelValues,  // /api/v1/label/<name>/values
  kPromMetadata,     // /api/v1/metadata
  kPromTargets,      // /api/v1/targets
  kPromBuildInfo,    // /api/v1/status/buildinfo
  kPromRuntimeInfo,  // /api/v1/status/runtimeinfo
  kPromFormat,       // /api/v1/format_query
  kPromParse,        // /api/v1/parse_query; and ends here
  kPromHealth,       // /-/healthy, /-/ready
  kHealth,           // /healthz, /livez, /readyz, each with an optional /check
  kMetrics,          // /metrics, the adapter's own
  kVersion,          // /version
  kUnknownApi,       // below /apis: a 404 in JSON
  kUnknown,          // a 404 in plain text
  kMalformed,        // a 400: a broken percent-escape, or no path
};

struct Route {
  RouteKind kind = RouteKind::kUnknown;
  ApiGroup group = ApiGroup::kCustom;         // kGroup and what is below it
  ApiVersion version = ApiVersion::kV1beta2;  // kResourceList and what is below it
  MetricRequest metric;                       // kMetric to kNodeMetrics
  RouteKind explained = RouteKind::kUnknown;  // kExplain: what is to be explained
  std::string openapi;                        // kOpenApi: "v2", "v3", "v3/apis/group/version"
  // kHealth: "healthz", "livez" or "readyz"; kPromHealth: "healthy" or "ready".
  std::string health;
  std::string health_check;  // kHealth: the one check asked for, or empty
  std::string label;         // kPromLabelValues
  std::vector<std::pair<std::string, std::string>> params;

  // The first value of a query parameter; empty if there is none.
  [[nodiscard]] std::string_view Param(std::string_view name) const;
};

[[nodiscard]] Route ParseRoute(std::string_view request_target);

// As Go's url.ParseQuery: & separates, + is a space, a pair with a ';' or a broken
// escape is dropped. Also for form bodies.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> ParseQueryString(
    std::string_view query);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_API_PATHS_H_
