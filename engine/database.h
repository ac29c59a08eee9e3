// DatabaseImpl: what stands behind a tacho::Database: a store, and the replay plans
// that its targets share.
//
// Ownership   Handles (Target, Query) share the store, so it outlives the Database.
// Threads     Immutable; what it points to is safe from any thread.
#ifndef TACHO_ENGINE_DATABASE_H_
#define TACHO_ENGINE_DATABASE_H_

#include <memory>

#include "engine/plan_cache.h"
#include "storage/store.h"

namespace tacho::engine {

class DatabaseImpl {
 public:
  explicit DatabaseImpl(const Options& options)
      : store_(std::make_shared<storage::Store>(options)), plans_(std::make_shared<PlanCache>()) {}

  [[nodiscard]] const std::shared_ptr<storage::Store>& store() const { return store_; }
  [[nodiscard]] const std::shared_ptr<PlanCache>& plans() const { return plans_; }

 private:
  const std::shared_ptr<storage::Store> store_;
  const std::shared_ptr<PlanCache> plans_;
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_DATABASE_H_
