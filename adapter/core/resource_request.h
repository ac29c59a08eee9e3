// AnswerPods, AnswerNodes: cpu and memory of pods and nodes, as metrics.k8s.io gives
// them: what kubectl top and resource HPAs ask for.
//
// A pod or node is answered with both of cpu and memory, or not at all. Which pods there
// are is what the queries show; with a labelSelector, what discovery knows of them.
//
// Order       Items by namespace and name, containers by name.
// Threads     One request each.
// Cost        Two queries.
#ifndef TACHO_ADAPTER_CORE_RESOURCE_REQUEST_H_
#define TACHO_ADAPTER_CORE_RESOURCE_REQUEST_H_

#include "adapter/core/custom_metrics.h"
#include "adapter/core/explanation.h"

namespace tacho::adapter::internal {

struct ResourceRequest {
  const MetricRequest& path;
  const Selector& objects;      // labelSelector
  std::string_view only_name;   // of a fieldSelector; empty: all
  std::string_view only_space;  // of a fieldSelector; empty: all
};

// `explanation`, if not null, gets what the answer rests on.
[[nodiscard]] HttpReply AnswerPods(const ResourceRequest& request, const ApiState& state,
                                   Explanation* explanation);
[[nodiscard]] HttpReply AnswerNodes(const ResourceRequest& request, const ApiState& state,
                                    Explanation* explanation);

}  // namespace tacho::adapter::internal

#endif  // TACHO_ADAPTER_CORE_RESOURCE_REQUEST_H_
