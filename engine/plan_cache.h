// PlanCache: replay plans that other targets may use too. A thousand replicas expose
// one body; the first builds the plan, the others find it here.
//
// Ownership   Holds plans weakly: a plan lives as long as some target uses it.
// Threads     All of it is safe from any thread; one short lock.
// Limits      The kEntries plans used last are offered to others. Living() knows all that
//             are in use, in 32 bytes each.
#ifndef TACHO_ENGINE_PLAN_CACHE_H_
#define TACHO_ENGINE_PLAN_CACHE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "parser/replay.h"
#include "storage/mutex.h"
#include "storage/shape.h"
#include "tacho/exposition.h"

namespace tacho::engine {

// A plan, and the shape that its positions are of.
struct SharedPlan {
  std::shared_ptr<const parser::ReplayPlan> plan;
  std::shared_ptr<const storage::Shape> shape;
};

class PlanCache {
 public:
  static constexpr size_t kEntries = 64;

  // context: what decides how a body's labels become identities (the names of the
  // target's labels, honor_labels, and the rewriter with its key). A plan that is here
  // already is only used again.
  void Put(const SharedPlan& shared, const std::string& context);

  // All plans that were put here and that some target uses still.
  [[nodiscard]] std::vector<std::shared_ptr<const parser::ReplayPlan>> Living();

  // A plan for a target that is seen for the first time; empty if none looks right.
  [[nodiscard]] SharedPlan FindFor(std::string_view body, Exposition format,
                                   const std::string& context);
  // A plan of this very shape, other than `not_this`.
  [[nodiscard]] SharedPlan FindOf(const storage::Shape& shape, std::string_view body,
                                  Exposition format, const std::string& context,
                                  const parser::ReplayPlan* not_this);

 private:
  struct Entry {
    std::weak_ptr<const parser::ReplayPlan> plan;
    std::weak_ptr<const storage::Shape> shape;
    std::string context;
  };
  template <typename Predicate>
  SharedPlan Find(Predicate matches);
  void Remember(const std::shared_ptr<const parser::ReplayPlan>& plan)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);  // used last first
  absl::flat_hash_map<const parser::ReplayPlan*, std::weak_ptr<const parser::ReplayPlan>> known_
      ABSL_GUARDED_BY(mutex_);
  size_t sweep_at_ ABSL_GUARDED_BY(mutex_) = 2 * kEntries;  // size of known_
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_PLAN_CACHE_H_
