// The public handles of include/tacho/query.h.
#include "tacho/query.h"

#include <algorithm>
#include <utility>

#include "engine/plan.h"

namespace tacho {

void Evidence::Merge(const Evidence& other) {
  oldest = std::min(oldest, other.oldest);
  newest = std::max(newest, other.newest);
  series += other.series;
  targets += other.targets;
  targets_selected += other.targets_selected;
}

Query::Query(std::shared_ptr<engine::Plan> plan) : plan_(std::move(plan)) {}

absl::StatusOr<QueryResult> Query::Evaluate(Timestamp t, const EvaluateOptions& options) const {
  return plan_->Evaluate(t, options);
}

absl::StatusOr<QueryResult> Query::EvaluateRange(const TimeRange& range,
                                                 const EvaluateOptions& options) const {
  return plan_->EvaluateRange(range, options);
}

std::string Query::ToString() const { return plan_->ToString(); }
Duration Query::reach() const { return plan_->reach(); }
Duration Query::window() const { return plan_->window(); }

}  // namespace tacho
