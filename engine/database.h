// DatabaseImpl: what stands behind a tacho::Database: a store, and the replay plans
// that its targets share.
//
// Ownership   Handles (Target, Query) share the store, so it outlives the Database.
// Threads     Immutable but for set_start_times, which comes before the first query; what
//             it points to is safe from any thread.
#ifndef TACHO_ENGINE_DATABASE_H_
#define TACHO_ENGINE_DATABASE_H_

#include <memory>
#include <utility>

#include "engine/plan_cache.h"
#include "engine/start_times.h"
#include "storage/store.h"

namespace tacho::engine {

class DatabaseImpl {
 public:
  explicit DatabaseImpl(const Options& options)
      : store_(std::make_shared<storage::Store>(options)), plans_(std::make_shared<PlanCache>()) {}

  [[nodiscard]] const std::shared_ptr<storage::Store>& store() const { return store_; }
  [[nodiscard]] const std::shared_ptr<PlanCache>& plans() const { return plans_; }

  // Where a query is to learn when counters started; null if it does not care.
  [[nodiscard]] std::shared_ptr<const StartTimes> NewStartTimes() const {
    if (start_times_ != nullptr || !store_->options().promql.start_timestamps) return start_times_;
    return CreatedSeries();
  }
  void set_start_times(std::shared_ptr<const StartTimes> start_times) {
    start_times_ = std::move(start_times);
  }

 private:
  const std::shared_ptr<storage::Store> store_;
  const std::shared_ptr<PlanCache> plans_;
  std::shared_ptr<const StartTimes> start_times_;
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_DATABASE_H_
