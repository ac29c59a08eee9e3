// From a request to the text of its query.
//
// Names of several objects are written as alternatives, each escaped; the engine binds
// such a matcher as a set of values, not as a regex.
//
// Order       Matchers: the metric selector's, by key; the namespace's; the object's.
// Threads     Pure functions.
#ifndef TACHO_ADAPTER_CORE_QUERY_BUILDER_H_
#define TACHO_ADAPTER_CORE_QUERY_BUILDER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapter/core/k8s_selector.h"
#include "adapter/core/registry.h"
#include "adapter/core/resources.h"
#include "tacho/query_template.h"

namespace tacho::adapter {

struct MetricQuery {
  std::string promql;
  std::string object_label;  // the label whose value names the object; external: empty
  TemplateArgs args;         // what the template got
};

struct QueryRequest {
  GroupResource resource;
  std::string_view namespace_name;  // empty: none
  std::vector<std::string> names;   // of objects, at least one
  const Selector& metric_selector;
};

//   kUnimplemented      the metric selector has > or <
//   kFailedPrecondition the rule has no label for the resource, or for namespaces
//   others              as of QueryTemplate::Expand
[[nodiscard]] absl::StatusOr<MetricQuery> BuildQuery(const MetricSource& source,
                                                     const QueryRequest& request);

// The same for an external metric; a namespace matters only where the rule is namespaced.
[[nodiscard]] absl::StatusOr<MetricQuery> BuildExternalQuery(const MetricSource& source,
                                                             std::string_view namespace_name,
                                                             const Selector& selector);

// What the template gets: for tests and for the check when rules are loaded.
[[nodiscard]] absl::StatusOr<TemplateArgs> BuildTemplateArgs(const ResourceLabels& labels,
                                                             std::string_view series_name,
                                                             const QueryRequest& request);
[[nodiscard]] absl::StatusOr<TemplateArgs> BuildExternalArgs(const ResourceLabels& labels,
                                                             std::string_view series_name,
                                                             std::string_view namespace_name,
                                                             const Selector& selector);

// A query of resource metrics: of the pods of a namespace, or of nodes.
struct ResourceQueryRequest {
  std::string_view namespace_name;  // empty: of all, told apart by their label
  std::vector<std::string> names;   // empty: all
};
struct ResourceQuery {
  std::string promql;
  std::string namespace_label;
  std::string object_label;
};
//   kFailedPrecondition the rule has no label for pods, nodes or namespaces
//   others              as of QueryTemplate::Expand
[[nodiscard]] absl::StatusOr<ResourceQuery> BuildContainerQuery(
    const ResourceRule& rule, const ResourceQueryRequest& request);
[[nodiscard]] absl::StatusOr<ResourceQuery> BuildNodeQuery(const ResourceRule& rule,
                                                           const ResourceQueryRequest& request);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_QUERY_BUILDER_H_
