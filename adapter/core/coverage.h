// Coverage of a value that adds up several targets: how many of those that show the
// rule's series are there, fresh, and warm. Asked for in PromQL, so that any engine can
// answer: a target is a (job, instance), and one that up does not know is gone.
//
// Threads     Pure, but for what the Querier does.
// Limits      Of what the rule's own query selects only series and request matchers are
//             seen; matchers that its text adds are not.
#ifndef TACHO_ADAPTER_CORE_COVERAGE_H_
#define TACHO_ADAPTER_CORE_COVERAGE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapter/core/querier.h"
#include "adapter/core/value_decision.h"
#include "tacho/query_template.h"

namespace tacho::adapter {

struct CoverageRequest {
  const TemplateArgs& args;  // of the rule's query; grouped by one label, or by none
  Duration reach;            // a target that showed the series within it is expected
  Duration max_age;
  Duration rate_window;  // zero: no rate, so that fresh is warm
  Timestamp now;
};

// By the value of the label that args are grouped by; by "" if there is none.
using CoverageByObject = std::map<std::string, Coverage, std::less<>>;

// A query for coverage says besides series and matchers no more than this, but for the
// names of labels that it groups by.
inline constexpr size_t kCoverageQueryBytes = 200;

// Any error: the engine cannot tell.
[[nodiscard]] absl::StatusOr<CoverageByObject> AskCoverage(const CoverageRequest& request,
                                                           Querier* querier);

// The targets that are expected and not fresh, as label sets; sorted, at most `limit`.
[[nodiscard]] absl::StatusOr<std::vector<std::string>> AskMissingTargets(
    const CoverageRequest& request, size_t limit, Querier* querier);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_COVERAGE_H_
