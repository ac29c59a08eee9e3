// Store: all targets, what they share, and the ways to find them.
//
//   storage::Store store(options);
//   auto target = store.AddTarget(labels, {});
//   storage::RowWriter row(**target, now_ms, /*mark_missing=*/true);
//   row.Add("http_requests_total", labels_of_the_body, 17);
//   row.Commit();
//
//   auto guard = store.Read();
//   for (uint32_t slot : slots) if (const Target* t = store.At(slot)) Use(*t->Load());
//
// Order       A target sits in a slot; slots are reused, ids are not.
// Threads     All of it is safe from any thread. Finding targets by label takes one
//             lock per call, never one per series.
#ifndef TACHO_STORAGE_STORE_H_
#define TACHO_STORAGE_STORE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/catalog.h"
#include "storage/counters.h"
#include "storage/epoch.h"
#include "storage/matcher.h"
#include "storage/mutex.h"
#include "storage/row_arena.h"
#include "storage/target.h"
#include "storage/target_index.h"
#include "tacho/database.h"
#include "tacho/labels.h"
#include "tacho/options.h"

namespace tacho::storage {

using TargetRef = std::shared_ptr<Target>;

class Store {
 public:
  explicit Store(const Options& options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // --- Writers ---------------------------------------------------------------------

  // See Database::AddTarget.
  absl::StatusOr<TargetRef> AddTarget(const Labels& labels, const TargetOptions& options);
  // The target, without labels of its own, of one series that was appended alone;
  // made on first use. `series` holds __name__.
  absl::StatusOr<TargetRef> LoneSeries(const Labels& series);
  // The target of up and its companions for the target with these labels: the same
  // labels, rows of its own. Like a lone series, it goes when it falls silent; then its
  // rows are refused with kTargetRemoved and it is to be asked for again.
  absl::StatusOr<TargetRef> HealthOf(const Labels& labels);

  // See Database::Advance.
  void Advance(int64_t now_ms);

  // --- Readers ---------------------------------------------------------------------

  // What Load() and At() return stays valid while the guard lives.
  [[nodiscard]] ReadGuard Read() const { return ReadGuard(epochs_); }

  // Slots are [0, slot_count()).
  [[nodiscard]] uint32_t slot_count() const { return slot_count_.load(std::memory_order_seq_cst); }
  // The target in this slot; null if it is free. Under a ReadGuard.
  [[nodiscard]] const Target* At(uint32_t slot) const;

  // Changes whenever a target comes or goes, or a target's shape changes.
  [[nodiscard]] uint64_t version() const { return index_.version(); }
  // The slots in which something changed after version `since`, ascending, each once.
  // False if that is too long ago: then take Candidates afresh.
  bool ChangesSince(uint64_t since, std::vector<uint32_t>* slots) const {
    return index_.ChangesSince(since, slots);
  }
  // Slots of all targets that may have series that match (a superset), ascending. The
  // index answers for matchers with few known values; the caller checks the rest.
  void Candidates(std::span<const LabelMatcher> matchers, std::vector<uint32_t>* slots) const {
    index_.Candidates(matchers, slots);
  }

  [[nodiscard]] DatabaseStats Stats() const;
  [[nodiscard]] const Options& options() const { return options_; }

  // --- For Target and RowWriter ------------------------------------------------------

  Catalog& catalog() { return catalog_; }
  Counters& counters() { return counters_; }
  Epochs& epochs() { return epochs_; }
  RowArena& arena() { return arena_; }
  // A target has moved from one shape to another. There is no way back from there: out of
  // memory, this ends the program.
  void ShapeChanged(const Target& target, const Shape& from, const Shape& to) noexcept;
  // What Options::storage.max_bytes bounds.
  [[nodiscard]] uint64_t BytesInUse() const { return counters_.bytes.Get() + catalog_.bytes(); }
  // kNoTime until Advance was called.
  [[nodiscard]] int64_t now_ms() const { return now_ms_.load(std::memory_order_relaxed); }

 private:
  static constexpr uint32_t kChunkSize = 1024;
  static constexpr uint32_t kChunks = 8192;
  struct Chunk {
    std::array<std::atomic<Target*>, kChunkSize> slots{};
  };

  using KeyMap = absl::flat_hash_map<std::string, uint32_t>;  // KeyOf(labels) -> slot
  struct Seat {
    TargetRef target;  // null: free
    std::string key;
    bool lone = false;
    uint64_t index_bytes = 0;  // of what finds the target: keys, postings
  };
  // A target that left its slot, until no reader can see it.
  struct Departed {
    uint64_t epoch = 0;
    TargetRef target;
  };

  absl::StatusOr<TargetRef> Add(std::string key, bool lone, const Labels& labels,
                                const TargetOptions& options)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<TargetRef> Lone(std::string key, Labels labels);
  absl::StatusOr<uint32_t> TakeSlot() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::atomic<Target*>& Slot(uint32_t slot) const;
  // Drops the target's rows past the horizon, and the target if it is to go.
  void ExpireTarget(uint32_t slot, int64_t horizon_ms);
  // Frees the slot of a target of which nothing is left to see.
  void Reclaim(uint32_t slot);
  KeyMap& KeysOf(bool lone) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return lone ? lone_series_ : by_labels_;
  }

  const Options options_;
  RowArena arena_;
  mutable Epochs epochs_;
  Counters counters_;
  Catalog catalog_;
  TargetIndex index_;
  std::atomic<int64_t> now_ms_;

  std::array<std::atomic<Chunk*>, kChunks> chunks_{};
  std::atomic<uint32_t> slot_count_{0};

  mutable Mutex mutex_;
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::vector<uint32_t> free_slots_ ABSL_GUARDED_BY(mutex_);
  std::vector<Seat> seats_ ABSL_GUARDED_BY(mutex_);  // by slot
  KeyMap by_labels_ ABSL_GUARDED_BY(mutex_);
  KeyMap lone_series_ ABSL_GUARDED_BY(mutex_);
  std::vector<Departed> departed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_STORE_H_
