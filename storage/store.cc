#include "storage/store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/refusal.h"

namespace tacho::storage {
namespace {

// Unambiguous as a key: lengths precede the text.
std::string KeyOf(const Labels& labels) {
  std::string key;
  for (const Label& label : labels) {
    absl::StrAppend(&key, label.name.size(), ":", label.name, label.value.size(), ":",
                    label.value);
  }
  return key;
}

// What a target costs beside itself: the text of its labels, which it, its key and the
// postings hold, and its places in tables.
uint64_t IndexBytes(const Labels& labels, const std::string& key) {
  constexpr uint64_t kPerTarget = 256;
  constexpr uint64_t kPerLabel = sizeof(Label) + 32;
  return kPerTarget + labels.size() * kPerLabel + 4 * key.size();
}

}  // namespace

Store::Store(const Options& options) : options_(options), now_ms_(kNoTime) {}

Store::~Store() {
  {
    MutexLock lock(mutex_);
    seats_.clear();
    departed_.clear();
  }
  for (auto& chunk : chunks_) delete chunk.load();
}

std::atomic<Target*>& Store::Slot(uint32_t slot) const {
  return chunks_[slot / kChunkSize].load(std::memory_order_acquire)->slots[slot % kChunkSize];
}

const Target* Store::At(uint32_t slot) const {
  if (slot >= slot_count()) return nullptr;
  return Slot(slot).load(std::memory_order_seq_cst);
}

absl::StatusOr<uint32_t> Store::TakeSlot() {
  if (!free_slots_.empty()) {
    const uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    return slot;
  }
  const auto slot = static_cast<uint32_t>(seats_.size());
  if (slot == kChunks * kChunkSize) {
    return absl::ResourceExhaustedError("no room for more targets and lone series");
  }
  if (slot % kChunkSize == 0) {
    chunks_[slot / kChunkSize].store(new Chunk, std::memory_order_release);
  }
  seats_.emplace_back();
  slot_count_.store(slot + 1, std::memory_order_seq_cst);
  return slot;
}

absl::StatusOr<TargetRef> Store::Add(std::string key, bool lone, const Labels& labels,
                                     const TargetOptions& options) {
  const uint64_t index_bytes = IndexBytes(labels, key);
  if (BytesInUse() + sizeof(Target) + index_bytes > options_.storage.max_bytes) {
    counters_.RefuseScrape(Refusal::kByteLimit);
    return RefusalStatus(Refusal::kByteLimit, "", options_);
  }
  absl::StatusOr<uint32_t> slot = TakeSlot();
  if (!slot.ok()) return slot.status();
  auto target = std::make_shared<Target>(*this, next_id_++, *slot, labels, options);
  KeysOf(lone).emplace(key, *slot);
  seats_[*slot] = {target, std::move(key), lone, index_bytes};
  counters_.bytes.Add(index_bytes);
  Slot(*slot).store(target.get(), std::memory_order_seq_cst);
  index_.Add(*slot, labels);
  return target;
}

absl::StatusOr<TargetRef> Store::AddTarget(const Labels& labels, const TargetOptions& options) {
  std::string key = KeyOf(labels);
  MutexLock lock(mutex_);
  if (const auto it = by_labels_.find(key); it != by_labels_.end()) {
    const TargetRef& known = seats_[it->second].target;
    if (known->Revive(options)) return known;
    return absl::AlreadyExistsError(absl::StrCat("there is a target ", labels.ToString(),
                                                 " already; give each its own labels"));
  }
  if (by_labels_.size() >= options_.storage.max_targets) {
    counters_.RefuseScrape(Refusal::kTargetLimit);
    return RefusalStatus(Refusal::kTargetLimit, "", options_);
  }
  return Add(std::move(key), /*lone=*/false, labels, options);
}

absl::StatusOr<TargetRef> Store::Lone(std::string key, Labels labels) {
  MutexLock lock(mutex_);
  if (const auto it = lone_series_.find(key); it != lone_series_.end()) {
    const TargetRef& known = seats_[it->second].target;
    (void)known->Revive({});  // it may just have fallen silent
    return known;
  }
  return Add(std::move(key), /*lone=*/true, labels, {});
}

absl::StatusOr<TargetRef> Store::LoneSeries(const Labels& series) {
  std::vector<Label> labels;
  std::ranges::copy_if(series, std::back_inserter(labels),
                       [](const Label& label) { return label.name != kMetricNameLabel; });
  return Lone(KeyOf(series), Labels::FromUnsorted(std::move(labels)));
}

absl::StatusOr<TargetRef> Store::HealthOf(const Labels& labels) {
  return Lone("health " + KeyOf(labels), labels);
}

void Store::ShapeChanged(const Target& target, const Shape& from, const Shape& to) noexcept {
  index_.ShapeChanged(target.slot(), from, to);
}

void Store::ExpireTarget(uint32_t slot, int64_t horizon_ms) {
  TargetRef target;
  bool lone = false;
  {
    MutexLock lock(mutex_);
    target = seats_[slot].target;
    lone = seats_[slot].lone;
  }
  // Not under the store's lock: it may have to wait for the target's writer.
  if (target != nullptr && target->Expire(horizon_ms, lone)) Reclaim(slot);
}

void Store::Advance(int64_t now_ms) {
  int64_t known = now_ms_.load(std::memory_order_relaxed);
  while (known < now_ms && !now_ms_.compare_exchange_weak(known, now_ms)) {
  }
  const int64_t horizon =
      (Timestamp::FromUnixMillis(this->now_ms()) - options_.retention).unix_millis();
  for (uint32_t slot = 0; slot < slot_count(); ++slot) ExpireTarget(slot, horizon);
  {
    MutexLock lock(mutex_);
    const uint64_t safe = epochs_.SafeBelow();
    std::erase_if(departed_, [safe](const Departed& gone) { return gone.epoch < safe; });
  }
  catalog_.CollectIfDue();
}

void Store::Reclaim(uint32_t slot) {
  MutexLock lock(mutex_);
  Seat& seat = seats_[slot];
  // It may have been revived since it was found empty, or be gone already, or be another's.
  // Reviving takes this lock too, and a removed target takes no rows: what is seen here
  // stays true.
  if (seat.target == nullptr || !seat.target->vacant()) return;
  free_slots_.reserve(seats_.capacity());
  Departed& departed = departed_.emplace_back();
  // The slot first: who hears of the change from the index must find the target gone.
  Slot(slot).store(nullptr, std::memory_order_seq_cst);
  index_.Remove(slot, seat.target->labels());
  KeysOf(seat.lone).erase(seat.key);
  counters_.bytes.Sub(seat.index_bytes);
  departed = {epochs_.Advance(), std::move(seat.target)};
  seat = {};
  free_slots_.push_back(slot);
}

DatabaseStats Store::Stats() const {
  DatabaseStats stats;
  {
    MutexLock lock(mutex_);
    stats.targets = by_labels_.size();
  }
  stats.series = counters_.series.Get();
  stats.shapes = catalog_.shape_count();
  stats.rows = counters_.rows.Get();
  stats.bytes = BytesInUse();
  stats.samples_stored = counters_.samples_stored.Get();
  stats.scrapes_stored = counters_.scrapes_stored.Get();
  stats.samples_replayed = counters_.samples_replayed.Get();
  for (size_t i = 0; i < kRefusalCount; ++i) {
    stats.refused_samples[i] = counters_.refused_samples[i].Get();
    stats.refused_scrapes[i] = counters_.refused_scrapes[i].Get();
  }
  return stats;
}

}  // namespace tacho::storage
