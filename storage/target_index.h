// TargetIndex: which targets may have series with these labels, and which targets
// changed lately.
//
// A label may come from the target (pod of a scraped pod) or from its body (pod in
// kube-state-metrics), so a posting name=value holds the targets that add that label,
// and beside it, per name, the targets whose shape uses the name in the body.
//
// Threads     All of it is safe from any thread; one short lock a call.
// Cost        Memory: 4 bytes per label of each target. Candidates: the size of the
//             shortest answer among the matchers.
// Limits      kLogSize changes are remembered; whoever is further behind starts over.
#ifndef TACHO_STORAGE_TARGET_INDEX_H_
#define TACHO_STORAGE_TARGET_INDEX_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "storage/matcher.h"
#include "storage/mutex.h"
#include "storage/shape.h"
#include "tacho/labels.h"

namespace tacho::storage {

class TargetIndex {
 public:
  static constexpr size_t kLogSize = 1 << 16;

  // A target comes and goes with the empty shape.
  void Add(uint32_t slot, const Labels& labels);
  void Remove(uint32_t slot, const Labels& labels);
  void ShapeChanged(uint32_t slot, const Shape& from, const Shape& to);

  [[nodiscard]] uint64_t version() const { return version_.load(std::memory_order_seq_cst); }
  bool ChangesSince(uint64_t since, std::vector<uint32_t>* slots) const;
  void Candidates(std::span<const LabelMatcher> matchers, std::vector<uint32_t>* slots) const;

 private:
  using Slots = std::vector<uint32_t>;  // ascending
  void Log(uint32_t slot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Slots that the matcher allows, or false if it does not narrow them.
  bool Narrow(const LabelMatcher& matcher, Slots* slots) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::atomic<uint64_t> version_{1};
  mutable Mutex mutex_;
  Slots all_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, absl::flat_hash_map<std::string, Slots>> by_label_
      ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Slots> by_body_label_ ABSL_GUARDED_BY(mutex_);
  std::deque<uint32_t> log_ ABSL_GUARDED_BY(mutex_);  // of versions (version_ - size, version_]
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_TARGET_INDEX_H_
