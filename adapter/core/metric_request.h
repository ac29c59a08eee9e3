// AnswerMetric: the values of one metric for the objects of one request. The door is
// custom_metrics.h.
//
// Order       Items by name.
// Cost        One query per 4 KiB of object names.
#ifndef TACHO_ADAPTER_CORE_METRIC_REQUEST_H_
#define TACHO_ADAPTER_CORE_METRIC_REQUEST_H_

#include "adapter/core/custom_metrics.h"

namespace tacho::adapter::internal {

// A request whose parameters have been read.
struct ParsedRequest {
  const MetricRequest& metric;
  const Selector& objects;  // labelSelector
  const Selector& series;   // metricLabelSelector
};

[[nodiscard]] HttpReply AnswerMetric(const ParsedRequest& request, const ApiState& state);

}  // namespace tacho::adapter::internal

#endif  // TACHO_ADAPTER_CORE_METRIC_REQUEST_H_
