// Explanation: why a metric request was answered as it was: which rule, which PromQL,
// which series, how many samples, how old, which targets were missing. GET
// /explain/apis/... gives it beside the answer itself, for people.
//
// Ownership   A plain value.
// Threads     Filled by one request.
// Limits      100 missing targets are named.
#ifndef TACHO_ADAPTER_CORE_EXPLANATION_H_
#define TACHO_ADAPTER_CORE_EXPLANATION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "adapter/core/http_reply.h"
#include "adapter/core/value_decision.h"
#include "tacho/query.h"

namespace tacho::adapter {

inline constexpr size_t kMaxMissingTargets = 100;

struct ExplainedObject {
  std::string name;  // of an external metric: the labels of its row
  Observation seen;
  Evidence evidence;
  Decision decision;
};

struct ExplainedQuery {
  std::string promql;
  uint64_t rows = 0;
  uint64_t samples = 0;  // looked at
  std::string error;
};

struct Explanation {
  std::string rule;    // its place; empty: no rule gives this metric
  std::string series;  // empty: none has been seen
  std::vector<ExplainedQuery> queries;
  ValuePolicy policy;
  std::vector<ExplainedObject> objects;
  std::vector<std::string> missing_targets;
  std::vector<std::string> notes;
};

enum class ExplanationForm { kJson, kText };

// Why it is unknown, with the figures behind it; empty if it is known.
[[nodiscard]] std::string Because(const ExplainedObject& object, const ValuePolicy& policy,
                                  Timestamp now);

// One line that says why the object has the value that it has, or none.
[[nodiscard]] std::string Why(const ExplainedObject& object, const ValuePolicy& policy,
                              Timestamp now);

// `answer` is what the request itself would have got. The reply's status is 200.
[[nodiscard]] HttpReply ExplainReply(const Explanation& explanation, const HttpReply& answer,
                                     Timestamp now, ExplanationForm form);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_EXPLANATION_H_
