#include "adapter/core/querier.h"

#include <algorithm>
#include <utility>

namespace tacho::adapter {

CachingQuerier::CachingQuerier(Database database, size_t capacity)
    : database_(std::move(database)), capacity_(std::max<size_t>(capacity, 1)) {}

size_t CachingQuerier::cached() const {
  const std::lock_guard lock(mutex_);
  return recent_.size();
}

absl::StatusOr<Query> CachingQuerier::Prepared(std::string_view promql) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto it = by_text_.find(promql); it != by_text_.end()) {
      recent_.splice(recent_.begin(), recent_, it->second);
      return it->second->query;
    }
  }
  // Not under the lock: one slow text must not hold up the others. Two threads that
  // bring the same new text both prepare it, and the second one's is dropped.
  absl::StatusOr<Query> query = database_.Prepare(promql);
  if (!query.ok()) return query;
  const std::lock_guard lock(mutex_);
  if (by_text_.contains(promql)) return query;
  recent_.push_front({std::string(promql), *query});
  by_text_.emplace(recent_.front().text, recent_.begin());
  if (recent_.size() > capacity_) {
    by_text_.erase(recent_.back().text);
    recent_.pop_back();
  }
  return query;
}

absl::StatusOr<Answer> CachingQuerier::Ask(std::string_view promql, Timestamp t) {
  const absl::StatusOr<Query> query = Prepared(promql);
  if (!query.ok()) return query.status();
  absl::StatusOr<QueryResult> result = query->Evaluate(t);
  if (!result.ok()) return result.status();
  auto kept = std::make_shared<const QueryResult>(*std::move(result));
  Answer answer;
  answer.type = kept->type();
  answer.time = kept->time();
  answer.samples = kept->samples();
  answer.scalar = kept->scalar();
  answer.string = kept->string();
  answer.evidence = kept->evidence();
  answer.window = query->window();
  answer.samples_read = kept->samples_read();
  answer.owner = std::move(kept);
  return answer;
}

}  // namespace tacho::adapter
