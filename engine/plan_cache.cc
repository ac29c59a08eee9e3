#include "engine/plan_cache.h"

#include <algorithm>
#include <utility>

namespace tacho::engine {

void PlanCache::Put(const SharedPlan& shared, const std::string& context) {
  MutexLock lock(mutex_);
  Remember(shared.plan);
  std::erase_if(entries_, [&](const Entry& entry) {
    return entry.plan.expired() || entry.plan.lock() == shared.plan;
  });
  if (entries_.size() == kEntries) entries_.pop_back();
  entries_.insert(entries_.begin(), {shared.plan, shared.shape, context});
}

// What is gone is swept out when the table has doubled since the last time.
void PlanCache::Remember(const std::shared_ptr<const parser::ReplayPlan>& plan) {
  known_[plan.get()] = plan;
  if (known_.size() < sweep_at_) return;
  absl::erase_if(known_, [](const auto& known) { return known.second.expired(); });
  sweep_at_ = std::max(2 * kEntries, 2 * known_.size());
}

std::vector<std::shared_ptr<const parser::ReplayPlan>> PlanCache::Living() {
  std::vector<std::shared_ptr<const parser::ReplayPlan>> living;
  MutexLock lock(mutex_);
  for (const auto& [address, known] : known_) {
    if (auto plan = known.lock(); plan != nullptr) living.push_back(std::move(plan));
  }
  return living;
}

template <typename Predicate>
SharedPlan PlanCache::Find(Predicate matches) {
  MutexLock lock(mutex_);
  for (size_t i = 0; i < entries_.size(); ++i) {
    SharedPlan shared{entries_[i].plan.lock(), entries_[i].shape.lock()};
    if (shared.plan == nullptr || shared.shape == nullptr) continue;
    if (!matches(shared, entries_[i].context)) continue;
    const auto here = entries_.begin() + static_cast<std::ptrdiff_t>(i);
    std::rotate(entries_.begin(), here, here + 1);
    return shared;
  }
  return {};
}

SharedPlan PlanCache::FindFor(std::string_view body, Exposition format,
                              const std::string& context) {
  return Find([&](const SharedPlan& shared, const std::string& of) {
    return of == context && shared.plan->format() == format && shared.plan->LooksLike(body);
  });
}

SharedPlan PlanCache::FindOf(const storage::Shape& shape, std::string_view body, Exposition format,
                             const std::string& context, const parser::ReplayPlan* not_this) {
  return Find([&](const SharedPlan& shared, const std::string& of) {
    return of == context && shared.shape->id() == shape.id() && shared.plan.get() != not_this &&
           shared.plan->format() == format && shared.plan->LooksLike(body);
  });
}

}  // namespace tacho::engine
