// Reply bodies of the metrics APIs, to the byte of Kubernetes' own encoder: one
// line, keys in Go's order, a newline at the end.
//
// Threads     Pure functions.
#ifndef TACHO_ADAPTER_CORE_REPLIES_H_
#define TACHO_ADAPTER_CORE_REPLIES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "adapter/core/api_group.h"
#include "adapter/core/http_reply.h"
#include "adapter/core/resources.h"
#include "tacho/time.h"

namespace tacho::adapter {

struct MetricItem {
  const ResourceInfo* resource;
  std::string namespace_name;  // empty: left out
  std::string name;
  Timestamp time;
  int64_t window_seconds = 0;  // 0: left out
  std::string quantity;
};

// All items are of one metric and one selector. `selector_json` as
// Selector::ToLabelSelectorJson gives it.
[[nodiscard]] std::string MetricValueListJson(ApiVersion version, std::string_view metric,
                                              std::string_view selector_json,
                                              const std::vector<MetricItem>& items);

struct ExternalItem {
  // By name; nothing: the query gave a scalar, which has none.
  std::optional<std::vector<std::pair<std::string, std::string>>> labels;
  Timestamp time;
  int64_t window_seconds = 0;  // 0: left out
  std::string quantity;
};
[[nodiscard]] std::string ExternalValueListJson(std::string_view metric,
                                                const std::vector<ExternalItem>& items);

struct Usage {
  std::string cpu;  // quantities
  std::string memory;
};
struct ResourceItem {
  std::string namespace_name;  // of a pod
  std::string name;
  Timestamp time;
  Duration window;                                        // zero: "0s", as upstream
  std::vector<std::pair<std::string, Usage>> containers;  // of a pod
  Usage usage;                                            // of a node
};
// `now` becomes the creationTimestamp.
[[nodiscard]] std::string PodMetricsListJson(const std::vector<ResourceItem>& items, Timestamp now);
[[nodiscard]] std::string PodMetricsJson(const ResourceItem& item, Timestamp now);
[[nodiscard]] std::string NodeMetricsListJson(const std::vector<ResourceItem>& items,
                                              Timestamp now);
[[nodiscard]] std::string NodeMetricsJson(const ResourceItem& item, Timestamp now);

[[nodiscard]] std::string VersionJson();  // /version

// Failures.
[[nodiscard]] HttpReply MetricNotFound(std::string_view metric, std::string_view resource);
[[nodiscard]] HttpReply MetricNotFound(std::string_view metric, std::string_view resource,
                                       std::string_view name);
// 404 of the resource metrics API: `podmetrics.metrics.k8s.io "ns/p" not found`.
[[nodiscard]] HttpReply ResourceNotFound(std::string_view resource, std::string_view name);
[[nodiscard]] HttpReply RouteNotFound();                        // 404, JSON
[[nodiscard]] HttpReply PageNotFound();                         // 404, plain text
[[nodiscard]] HttpReply BadRequest(std::string_view message);   // 400
[[nodiscard]] HttpReply MethodNotAllowed();                     // 405
[[nodiscard]] HttpReply InternalError(std::string_view cause);  // 500
// A plain Go error: 500 without a reason.
[[nodiscard]] HttpReply PlainError(std::string_view message);
// 503 with the reason as a cause. `reason` is a constant.
[[nodiscard]] HttpReply ValueUnknown(std::string_view reason, std::string_view message);

// Two spaces per level, as Go's json.Indent; `json` is valid and ends with a newline.
[[nodiscard]] std::string IndentJson(std::string_view json);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_REPLIES_H_
