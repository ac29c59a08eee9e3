// The half of RowWriter that turns what was written into a published row.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "storage/compaction.h"
#include "storage/row_writer.h"
#include "storage/store.h"

namespace tacho::storage {

// The entries of the next history. Owns the rows of those that no history has had yet,
// until they are published.
class RowWriter::NewEntries {
 public:
  NewEntries(std::span<const Entry> entries, int64_t horizon_ms) {
    entries_.reserve(entries.size() + 1);
    for (const Entry& entry : entries) {
      if (entry.time_ms > horizon_ms) entries_.push_back(entry);
    }
    first_new_ = entries_.size();
  }
  ~NewEntries() { FreeRows(); }
  NewEntries(const NewEntries&) = delete;
  NewEntries& operator=(const NewEntries&) = delete;

  [[nodiscard]] std::span<const Entry> all() const { return entries_; }
  [[nodiscard]] size_t first_new() const { return first_new_; }

  void Add(RowPtr row) {
    Entry& next = entries_.emplace_back();
    next.time_ms = row->time_ms();
    next.row = row.release();
    CountMarks(entries_.size() - 1);
  }
  // Rows for all entries, in order.
  void Replace(std::vector<RowPtr> rows) {
    FreeRows();
    first_new_ = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      entries_[i].row = rows[i].release();
      CountMarks(i);
    }
  }
  void Published() { first_new_ = entries_.size(); }

 private:
  void CountMarks(size_t i) {
    Entry& entry = entries_[i];
    entry.gaps = entry.row->gap_count();
    entry.resets = entry.row->reset_count();
    if (i == 0) return;
    entry.gaps += entries_[i - 1].gaps;
    entry.resets += entries_[i - 1].resets;
  }
  void FreeRows() {
    for (size_t i = first_new_; i < entries_.size(); ++i) {
      RowDeleter()(const_cast<Row*>(entries_[i].row));
    }
  }

  std::vector<Entry> entries_;
  size_t first_new_ = 0;
};

// Where timestamps came from the body, the newest sample of a series may be newer than
// this row.
void RowWriter::DropLate() {
  if (!history_.timed()) return;
  for (uint32_t p = 0; p < known_.size(); ++p) {
    const bool own = p < marks_.own_times.size() && marks_.own_times[p] != kNoTime;
    SamplePoint last{};
    if (own || IsHole(values_[p]) || !LastSample(p, &last) || last.time_ms < time_ms_) continue;
    const double late = std::exchange(values_[p], Hole());
    if (last.time_ms > time_ms_) {
      RefuseSample(Refusal::kOutOfOrder);
    } else if (!SameBits(late, last.value)) {
      RefuseSample(Refusal::kDuplicate);
    }
  }
}

bool RowWriter::JustEnded(uint32_t position) const {
  if (!mark_missing_ || history_.entries().empty()) return false;
  const Entry& last = history_.entries().back();
  return last.ended_ms == kNotEnded && position < last.row->size() &&
         !IsGap((*last.row)[position]) && !last.row->HasOwnTime(position);
}

void RowWriter::MarkPosition(uint32_t position) {
  double& value = values_[position];
  if (IsHole(value) && JustEnded(position)) {
    value = StaleMarker();
    ++report_.series_ended;
  }
  if (IsGap(value)) {
    marks_.gaps.push_back(position);
    return;
  }
  SamplePoint last{};
  if (LastSample(position, &last) && value < last.value) marks_.resets.push_back(position);
}

void RowWriter::FindMarks() {
  uint32_t compared = 0;
  if (!history_.entries().empty()) {
    const Row& previous = *history_.entries().back().row;
    const double* before = previous.values();
    const double* now = values_.data();
    // A block without a fall and without any NaN (markers and holes are NaNs) has no marks.
    constexpr uint32_t kBlock = 16;
    for (; compared + kBlock <= previous.size(); compared += kBlock) {
      bool rising = true;
      for (uint32_t i = 0; i < kBlock; ++i) rising &= now[compared + i] >= before[compared + i];
      if (rising) continue;
      for (uint32_t i = 0; i < kBlock; ++i) MarkPosition(compared + i);
    }
  }
  for (auto p = compared; p < values_.size(); ++p) MarkPosition(p);
}

void RowWriter::CountCommit() {
  Counters& counters = target_.store_.counters();
  counters.samples_stored.Add(report_.stored);
  counters.scrapes_stored.Add(1);
  if (report_.refused == 0) return;
  for (size_t why = 0; why < kRefusalCount; ++why) {
    counters.RefuseSamples(static_cast<Refusal>(why), refused_[why]);
  }
}

absl::StatusOr<IngestReport> RowWriter::Commit() {
  if (refusal_ == Refusal::kNone) refusal_ = CheckLimits();
  if (refusal_ != Refusal::kNone) return RefuseRow();
  DropLate();
  values_.insert(values_.end(), added_values_.begin(), added_values_.end());
  known_ = {};
  FindMarks();
  report_.series_added = static_cast<uint32_t>(values_.size() - history_.shape().size());
  report_.stored = static_cast<uint32_t>(values_.size() - marks_.gaps.size());
  Publish();
  CountCommit();
  return report_;
}

void RowWriter::Compact(std::span<const uint32_t> kept, NewEntries& entries) {
  std::vector<RowPtr> rows;
  RowArena& arena = target_.store_.arena();
  for (const Entry& entry : entries.all()) rows.push_back(CompactRow(*entry.row, kept, &arena));
  std::vector<Identity> identities;
  identities.reserve(kept.size());
  for (uint32_t position : kept) identities.push_back((*base_)[position]);
  base_ = target_.store_.catalog().Make(std::move(identities));
  entries.Replace(std::move(rows));
  target_.mutex_.AssertHeld();
  ++target_.layout_;
}

void RowWriter::Publish() {
  NewEntries entries(history_.entries(), Horizon());
  base_ = target_.store_.catalog().Extend(base_, added_);
  entries.Add(Row::Create(time_ms_, values_, std::move(marks_), &target_.store_.arena()));
  if (const auto kept = PlanCompaction(*base_, entries.all()); kept.has_value()) {
    Compact(*kept, entries);
  }
  target_.mutex_.AssertHeld();
  target_.Publish(base_, entries.all(), entries.first_new());
  entries.Published();
}

}  // namespace tacho::storage
