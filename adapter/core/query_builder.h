// From a request to the text of its query.
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
  std::string object_label;  // the label whose value names the object
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

// What the template gets: for tests and for the check when rules are loaded.
[[nodiscard]] absl::StatusOr<TemplateArgs> BuildTemplateArgs(const ResourceLabels& labels,
                                                             std::string_view series_name,
                                                             const QueryRequest& request);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_QUERY_BUILDER_H_
