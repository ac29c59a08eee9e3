// The metrics APIs: one request and what is known now in, one HTTP reply out. No
// sockets, no clock, no global state: a test needs neither server nor cluster.
//
//   Route route = ParseRoute(target);
//   HttpReply reply = HandleApi({method, user_agent, accept}, route, state);
//
// Source      contracts: custom metrics API, with the divergences of its last section:
//             a known metric without a value is a 503 that says why, never a number.
// Threads     Pure, but for what the Querier does and what LastValues keeps.
#ifndef TACHO_ADAPTER_CORE_CUSTOM_METRICS_H_
#define TACHO_ADAPTER_CORE_CUSTOM_METRICS_H_

#include <cstddef>
#include <string_view>

#include "adapter/core/answer_stats.h"
#include "adapter/core/api_paths.h"
#include "adapter/core/explanation.h"
#include "adapter/core/http_reply.h"
#include "adapter/core/last_values.h"
#include "adapter/core/pods.h"
#include "adapter/core/querier.h"
#include "adapter/core/registry.h"
#include "adapter/core/value_decision.h"
#include "tacho/time.h"

namespace tacho::adapter {

// What a reply is made from. All of it outlives the call.
struct ApiState {
  const MetricRegistry& registry;
  Querier& querier;
  const PodLister& pods;
  ValuePolicy policy;  // of rules that say nothing else
  Timestamp now;
  LastValues* held = nullptr;  // null: nothing is held
  // How long a target that showed a series is expected to go on; zero: never.
  Duration coverage_reach = absl::ZeroDuration();
  AnswerStats* answers = nullptr;  // null: nothing is counted
  // Of one query: more names make several queries.
  size_t max_query_bytes = size_t{8} << 10;
};

struct ApiCall {
  std::string_view method;      // "GET"
  std::string_view user_agent;  // curl, Wget and browsers get indented JSON
  std::string_view accept = {};
};

// Answers every RouteKind but the server's own (kHealth, kMetrics) and Prometheus', which
// get a plain 404 here.
[[nodiscard]] HttpReply HandleApi(const ApiCall& call, const Route& route, const ApiState& state);

// kMetric to kNodeMetrics alone, without indentation.
[[nodiscard]] HttpReply HandleMetric(const Route& route, const ApiState& state);

// The same, with what the answer rests on.
[[nodiscard]] HttpReply ExplainMetric(const Route& route, const ApiState& state,
                                      Explanation* explanation);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_CUSTOM_METRICS_H_
