#include "engine/plan_cache.h"

#include <algorithm>

namespace tacho::engine {

void PlanCache::Put(const SharedPlan& shared, const std::string& context) {
  MutexLock lock(mutex_);
  std::erase_if(entries_, [&](const Entry& entry) {
    return entry.plan.expired() || entry.plan.lock() == shared.plan;
  });
  if (entries_.size() == kEntries) entries_.pop_back();
  entries_.insert(entries_.begin(), {shared.plan, shared.shape, context});
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
