// AnswerMetric: the values of one custom metric for the objects of one request. The door
// is custom_metrics.h.
//
// Order       Items by name.
// Threads     One request each.
// Cost        One query per 4 KiB of object names.
#ifndef TACHO_ADAPTER_CORE_METRIC_REQUEST_H_
#define TACHO_ADAPTER_CORE_METRIC_REQUEST_H_

#include "adapter/core/custom_metrics.h"
#include "adapter/core/explanation.h"

namespace tacho::adapter::internal {

// A request whose parameters have been read.
struct ParsedRequest {
  const MetricRequest& metric;
  const Selector& objects;  // labelSelector
  const Selector& series;   // metricLabelSelector
};

// `explanation`, if not null, gets what the answer rests on.
[[nodiscard]] HttpReply AnswerMetric(const ParsedRequest& request, const ApiState& state,
                                     Explanation* explanation);

}  // namespace tacho::adapter::internal

#endif  // TACHO_ADAPTER_CORE_METRIC_REQUEST_H_
