// AnswerExternal: the values of one external metric. Each row of the rule's query is an
// item; the HPA adds them up, so that one unknown row makes the whole unknown.
//
// Order       Items as the query gives them.
// Threads     One request each.
// Cost        One query; three more for coverage where rows add up several targets.
#ifndef TACHO_ADAPTER_CORE_EXTERNAL_REQUEST_H_
#define TACHO_ADAPTER_CORE_EXTERNAL_REQUEST_H_

#include "adapter/core/custom_metrics.h"
#include "adapter/core/explanation.h"

namespace tacho::adapter::internal {

// `explanation`, if not null, gets what the answer rests on.
[[nodiscard]] HttpReply AnswerExternal(const MetricRequest& request, const Selector& selector,
                                       const ApiState& state, Explanation* explanation);

}  // namespace tacho::adapter::internal

#endif  // TACHO_ADAPTER_CORE_EXTERNAL_REQUEST_H_
