#include "adapter/core/query_pool.h"

#include <algorithm>
#include <utility>

namespace tacho::adapter {

QueryPool::QueryPool(Database database, size_t capacity)
    : database_(std::move(database)), capacity_(std::max<size_t>(capacity, 1)) {}

size_t QueryPool::idle() const {
  const std::lock_guard lock(mutex_);
  return idle_.size();
}

absl::StatusOr<QueryPool::Lease> QueryPool::Take(std::string_view promql) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = by_text_.find(promql); known != by_text_.end()) {
      const auto entry = known->second;
      by_text_.erase(known);  // while the text that its key looks at is there
      Lease lease(this, std::move(entry->text), std::move(entry->query));
      idle_.erase(entry);
      return lease;
    }
  }
  absl::StatusOr<Query> query = database_.Prepare(promql);
  if (!query.ok()) return query.status();
  return Lease(this, std::string(promql), *std::move(query));
}

void QueryPool::GiveBack(std::string text, Query query) {
  std::list<Entry> dropped;  // destroyed after the lock: a binding can be large
  const std::lock_guard lock(mutex_);
  if (by_text_.contains(text)) return;
  idle_.push_front({std::move(text), std::move(query)});
  by_text_.emplace(idle_.front().text, idle_.begin());
  if (idle_.size() <= capacity_) return;
  by_text_.erase(idle_.back().text);
  dropped.splice(dropped.begin(), idle_, std::prev(idle_.end()));
}

}  // namespace tacho::adapter
