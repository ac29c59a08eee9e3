// Measurement: the queries behind one reply, and the decision on each of its values. What
// custom and external metrics share.
//
// Ownership   Owns the answers that rows point into. State, source and explanation
//             outlive it.
// Threads     One request.
// Cost        Values that add up several targets cost three more queries, for coverage.
#ifndef TACHO_ADAPTER_CORE_MEASUREMENT_H_
#define TACHO_ADAPTER_CORE_MEASUREMENT_H_

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapter/core/coverage.h"
#include "adapter/core/custom_metrics.h"
#include "adapter/core/explanation.h"
#include "adapter/core/query_builder.h"

namespace tacho::adapter::internal {

class Measurement {
 public:
  // `explanation` may be null.
  Measurement(const ApiState& state, const MetricSource& source, Explanation* explanation);

  // The answer stays valid as long as this. Errors as Querier::Ask, but for kUnavailable:
  // then the answer is empty, nobody is asked again, and every decision is "upstream".
  [[nodiscard]] absl::StatusOr<const Answer*> Ask(MetricQuery query);

  struct Object {
    std::string_view name;      // the value of the label that queries are grouped by, or empty
    std::string key;            // tells it from all others, over time
    std::string_view shown_as;  // in an explanation
  };
  // On one object's rows; call it when all queries have been asked.
  [[nodiscard]] Decision Decide(const Object& object, std::span<const ResultSample* const> rows);

  // Why an engine gave no answer; ok if all did.
  [[nodiscard]] const absl::Status& unanswered() const { return unanswered_; }
  // What to add to a message about `reason`: why coverage is not known, and what to do.
  [[nodiscard]] std::string RemarkOn(Unknown reason) const;
  // Why the first value is unknown that is, the same included; empty if all are known.
  [[nodiscard]] std::string WhyUnknown(Unknown reason) const;
  [[nodiscard]] const ValuePolicy& policy() const { return policy_; }
  [[nodiscard]] uint32_t targets_selected() const { return targets_selected_; }
  [[nodiscard]] Duration window() const { return window_; }

 private:
  [[nodiscard]] Observation Observe(const Object& object,
                                    std::span<const ResultSample* const> rows);
  void ObserveCoverage(std::string_view object, Observation* seen);
  void ObserveNoRow(std::string_view object, Observation* seen);
  void AskCoverageOnce();
  [[nodiscard]] std::string Unlearnt(Unknown reason) const;
  [[nodiscard]] CoverageRequest RequestFor(const MetricQuery& query) const;

  const ApiState& state_;
  const std::string& rule_;  // its place
  const ValuePolicy policy_;
  Explanation* const explanation_;
  std::vector<MetricQuery> queries_;
  std::deque<Answer> answers_;  // whose addresses stay
  Duration window_ = absl::ZeroDuration();
  Duration rate_window_ = absl::ZeroDuration();
  uint32_t targets_selected_ = 0;
  absl::Status unanswered_;
  std::optional<CoverageByObject> coverage_;  // nothing: not asked yet
  bool coverage_asked_ = false;               // of the targets of at least one query
  absl::Status coverage_error_;               // of the last query for it that failed
  std::string why_;
};

// Whether a query's value is a rate over its window, so that the window must be filled.
[[nodiscard]] bool IsRate(std::string_view promql);

}  // namespace tacho::adapter::internal

#endif  // TACHO_ADAPTER_CORE_MEASUREMENT_H_
