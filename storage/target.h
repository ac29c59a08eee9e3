// Target: a source of samples: the labels that it adds to all of its series, its
// shape, its rows.
//
// A RowWriter fills a scratch row by position or by name and commits it: nothing of a
// row is seen before Commit, and a row that is not committed leaves no trace.
//
// Ownership   Store owns targets. A reader finds them under a ReadGuard; writers hold
//             a TargetRef, which keeps the memory.
// Threads     Load() from any thread, under a ReadGuard. Writers of one target take
//             turns on its mutex.
// Cost        A steady row costs the copy of its values, one pass that looks for
//             gaps and resets, and one small allocation each for row and history.
#ifndef TACHO_STORAGE_TARGET_H_
#define TACHO_STORAGE_TARGET_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/epoch.h"
#include "storage/history.h"
#include "storage/mutex.h"
#include "tacho/database.h"  // IngestReport, Refusal
#include "tacho/labels.h"
#include "tacho/options.h"

namespace tacho::storage {

class Store;

class Target {
 public:
  Target(Store& store, uint64_t id, uint32_t slot, Labels labels, const TargetOptions& options);
  ~Target();
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  [[nodiscard]] uint64_t id() const { return id_; }  // never reused
  [[nodiscard]] uint32_t slot() const { return slot_; }
  [[nodiscard]] const Labels& labels() const { return labels_; }
  [[nodiscard]] TargetOptions options() const;

  // What is stored now. Never null; valid as long as the caller's ReadGuard.
  [[nodiscard]] const History* Load() const { return history_.load(std::memory_order_seq_cst); }

  // --- Writers ---------------------------------------------------------------------

  // A row is written with a RowWriter (storage/row_writer.h).

  // Ends all series; see tacho::Target::MarkStale.
  Refusal MarkStale(int64_t time_ms);
  // Ends all series at time_ms, or just after the newest row if that is later, and takes no
  // row any more until Revive. Never refused.
  void Remove(int64_t time_ms);
  // Undoes Remove; false if the target was not removed.
  bool Revive(const TargetOptions& options);
  // From the next row on; see tacho::Target::SetOptions. False if it is removed.
  bool SetOptions(const TargetOptions& options);
  // Whether it is removed and holds no row: nothing of it is left to see.
  [[nodiscard]] bool vacant() const;
  // Whether the newest row is of this time and holds just this value, bit for bit.
  [[nodiscard]] bool NewestIs(int64_t time_ms, double value) const;

  // Drops rows at or before horizon_ms, and frees what no reader holds. True if the
  // target is vacant then; remove_if_silent removes one that has no rows left.
  bool Expire(int64_t horizon_ms, bool remove_if_silent);

 private:
  friend class RowWriter;

  // When the newest thing (row or end) was; kNoTime if nothing was.
  [[nodiscard]] int64_t NewestTime() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  [[nodiscard]] Refusal CheckTime(int64_t time_ms) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Use(const TargetOptions& options) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void EndSeries(int64_t time_ms) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Publishes a history of these entries, the rows of which from first_new on were not
  // published before; retires the old history and the rows that the new one lacks. If it
  // throws, nothing has happened.
  void Publish(std::shared_ptr<const Shape> shape, std::span<const Entry> entries,
               size_t first_new) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Count(const Row& row, bool added);
  // Only the writer replaces the history, so under the lock no ReadGuard is needed.
  const History& Current() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return *history_.load(std::memory_order_relaxed);
  }

  Store& store_;
  const uint64_t id_;
  const uint32_t slot_;
  const Labels labels_;

  std::atomic<const History*> history_;

  mutable Mutex mutex_;
  TargetOptions options_ ABSL_GUARDED_BY(mutex_);
  bool removed_ ABSL_GUARDED_BY(mutex_) = false;
  // Changes when positions are renumbered.
  uint64_t layout_ ABSL_GUARDED_BY(mutex_) = 1;
  RetireList retired_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_TARGET_H_
