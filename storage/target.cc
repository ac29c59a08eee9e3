#include "storage/target.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "storage/store.h"

namespace tacho::storage {

Target::Target(Store& store, uint64_t id, uint32_t slot, Labels labels,
               const TargetOptions& options)
    : store_(store),
      id_(id),
      slot_(slot),
      labels_(std::move(labels)),
      history_(History::Create(store.catalog().empty_shape(), {}).release()),
      options_(options),
      retired_(store.epochs()) {
  store_.counters().bytes.Add(sizeof(Target) + history_.load()->bytes());
}

Target::~Target() {
  const HistoryPtr history(history_.load());
  for (const Entry& entry : history->entries()) {
    Count(*entry.row, /*added=*/false);
    RowDeleter()(const_cast<Row*>(entry.row));
  }
  store_.counters().bytes.Sub(sizeof(Target) + history->bytes());
  store_.counters().series.Sub(history->shape().size());
}

TargetOptions Target::options() const {
  MutexLock lock(mutex_);
  return options_;
}

bool Target::vacant() const {
  MutexLock lock(mutex_);
  return removed_ && Current().entries().empty();
}

bool Target::NewestIs(int64_t time_ms, double value) const {
  MutexLock lock(mutex_);
  const std::span<const Entry> entries = Current().entries();
  if (entries.empty() || entries.back().time_ms != time_ms) return false;
  const Row& row = *entries.back().row;
  return row.size() == 1 && SameBits(row[0], value);
}

int64_t Target::NewestTime() const {
  const std::span<const Entry> entries = Current().entries();
  if (entries.empty()) return kNoTime;
  const Entry& last = entries.back();
  return last.ended_ms == kNotEnded ? last.time_ms : last.ended_ms;
}

Refusal Target::CheckTime(int64_t time_ms) const {
  if (removed_) return Refusal::kTargetRemoved;
  if (time_ms < kMinTime) return Refusal::kTooOld;
  if (time_ms > kMaxTime) return Refusal::kTooFarAhead;
  const int64_t newest = NewestTime();
  if (newest != kNoTime && time_ms == newest) return Refusal::kDuplicate;
  if (newest != kNoTime && time_ms < newest) return Refusal::kOutOfOrder;
  const int64_t now = store_.now_ms();
  if (now == kNoTime) return Refusal::kNone;
  const Timestamp at = Timestamp::FromUnixMillis(time_ms);
  const Timestamp clock = Timestamp::FromUnixMillis(now);
  if (at <= clock - store_.options().retention) return Refusal::kTooOld;
  if (at > clock + store_.options().max_ahead) return Refusal::kTooFarAhead;
  return Refusal::kNone;
}

void Target::Count(const Row& row, bool added) {
  Counters& counters = store_.counters();
  if (added) {
    counters.rows.Add(1);
    counters.bytes.Add(row.bytes());
  } else {
    counters.rows.Sub(1);
    counters.bytes.Sub(row.bytes());
  }
}

void Target::Publish(std::shared_ptr<const Shape> shape, std::span<const Entry> entries,
                     size_t first_new) {
  HistoryPtr next = History::After(Current(), std::move(shape), entries, first_new);
  retired_.Reserve(Current().entries().size() + 1);
  const History* published = next.release();
  HistoryPtr old(history_.exchange(published, std::memory_order_seq_cst));
  for (const Entry& entry : entries.subspan(first_new)) Count(*entry.row, /*added=*/true);
  store_.counters().bytes.Add(published->bytes());
  store_.counters().bytes.Sub(old->bytes());
  // Rows leave from the old end only, or all at once when positions are renumbered.
  const Row* first_kept = entries.empty() ? nullptr : entries.front().row;
  for (const Entry& entry : old->entries()) {
    if (entry.row == first_kept) break;
    Count(*entry.row, /*added=*/false);
    retired_.Retire(RowPtr(const_cast<Row*>(entry.row)));
  }
  if (old->shape().id() != published->shape().id()) {
    store_.counters().series.Add(published->shape().size());
    store_.counters().series.Sub(old->shape().size());
    store_.ShapeChanged(*this, old->shape(), published->shape());
  }
  retired_.Retire(std::move(old));
  retired_.Collect();
}

void Target::EndSeries(int64_t time_ms) {
  const std::span<const Entry> entries = Current().entries();
  // Only the first end counts; later failures end nothing more.
  if (entries.empty() || entries.back().ended_ms != kNotEnded) return;
  std::vector<Entry> ended(entries.begin(), entries.end());
  ended.back().ended_ms = time_ms;
  Publish(Current().shared_shape(), ended, ended.size());
}

Refusal Target::MarkStale(int64_t time_ms) {
  MutexLock lock(mutex_);
  const Refusal refusal = CheckTime(time_ms);
  if (refusal == Refusal::kNone) {
    EndSeries(time_ms);
  } else {
    store_.counters().RefuseScrape(refusal);
  }
  return refusal;
}

void Target::Remove(int64_t time_ms) {
  MutexLock lock(mutex_);
  if (removed_) return;
  // A time that no row may have would keep a revived target from taking rows.
  int64_t latest = kMaxTime;
  if (const int64_t now = store_.now_ms(); now != kNoTime) {
    const Timestamp clock = Timestamp::FromUnixMillis(now);
    latest = std::min(latest, (clock + store_.options().max_ahead).unix_millis());
  }
  EndSeries(std::max(std::min(time_ms, latest), NewestTime() + 1));
  removed_ = true;
}

bool Target::Revive(const TargetOptions& options) {
  MutexLock lock(mutex_);
  if (!removed_) return false;
  removed_ = false;
  Use(options);
  return true;
}

bool Target::SetOptions(const TargetOptions& options) {
  MutexLock lock(mutex_);
  if (removed_) return false;
  Use(options);
  return true;
}

void Target::Use(const TargetOptions& options) {
  // The same body now means other series.
  if (options.honor_labels != options_.honor_labels || options.rewriter != options_.rewriter) {
    ++layout_;
  }
  options_ = options;
}

bool Target::Expire(int64_t horizon_ms, bool remove_if_silent) {
  MutexLock lock(mutex_);
  const std::span<const Entry> entries = Current().entries();
  const auto keep = std::ranges::find_if(
      entries, [horizon_ms](const Entry& entry) { return entry.time_ms > horizon_ms; });
  if (keep != entries.begin()) {
    const std::vector<Entry> left(keep, entries.end());
    // A target that has gone silent keeps no shape: it starts afresh if it comes back.
    if (left.empty()) ++layout_;
    Publish(left.empty() ? store_.catalog().empty_shape() : Current().shared_shape(), left,
            left.size());
  }
  retired_.Collect();
  const bool silent = Current().entries().empty();
  if (silent && remove_if_silent) removed_ = true;
  return removed_ && silent;
}

}  // namespace tacho::storage
