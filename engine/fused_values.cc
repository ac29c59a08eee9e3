#include "engine/fused_values.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/window_kernels.h"

namespace tacho::engine {
namespace {

using storage::EntryRange;
using storage::History;
using storage::Row;

// Of each row; after these the processor sees the stream by itself.
constexpr size_t kPrefetchedLines = 6;
constexpr size_t kPrefetchedLinesOfMany = 2;
constexpr uint32_t kEntriesPerLine = 64 / sizeof(storage::Entry);
// How many instants ahead memory is asked for their rows, and for how many entries at most.
constexpr int64_t kInstantsAhead = 8;
constexpr size_t kEntriesAhead = 128;
// No position was born inside the window.
constexpr uint32_t kNoneBorn = UINT32_MAX;

// Ask the memory for a line. A load that nothing waits for brings rows sooner to a range query
// than a prefetch instruction does, but the line must be the row's own (docs/decisions/0015);
// where rows are in the cache, as of an instant query asked again, prefetching costs less.
inline void LoadAhead(const void* line) { (void)*static_cast<const volatile char*>(line); }
inline void Prefetch(const void* line) { __builtin_prefetch(line); }

bool ResetsMatter(RowKernel kernel) {
  return kernel == RowKernel::kRate || kernel == RowKernel::kIncrease ||
         kernel == RowKernel::kInstantRate;
}

// A row's head is looked at only where it has marks.
template <void (*kAsk)(const void* line)>
void AskForRow(const BoundShape& shape, const Row& row, size_t most_lines) {
  const PositionRun& run = shape.runs.front();
  const auto* bytes = reinterpret_cast<const char*>(row.values() + run.begin);
  const size_t size = (run.end - run.begin) * sizeof(double);
  const size_t lines = std::min(most_lines, (size - 1) / 64 + 1);
  for (size_t line = 0; line < lines; ++line) kAsk(bytes + line * 64);
  if (lines < most_lines) kAsk(bytes + size - 1);
}

}  // namespace

DenseValues::DenseValues(const RangeFunction& function)
    : function_(function),
      resets_matter_(ResetsMatter(function.kernel)),
      whole_window_(IsWindowKernel(function.kernel)),
      least_rows_(LeastRows(function.kernel)),
      reader_(function) {}

EntryRange DenseValues::Expected(const BoundTarget& target) const {
  const auto size = static_cast<int64_t>(target.history->entries().size());
  const auto end = static_cast<uint32_t>(std::clamp<int64_t>(target.end + moved_, 0, size));
  return {end - std::min(end, std::max<uint32_t>(1, rows_hint_)), end};
}

void DenseValues::AskForEntries(const BoundTarget& target) const {
  const EntryRange rows = Expected(target);
  if (rows.size() == 0) return;
  const auto entries = target.history->entries();
  if (rows.begin > 0) __builtin_prefetch(&entries[rows.begin - 1]);  // the window's edge
  const uint32_t step = whole_window_ ? kEntriesPerLine : std::max(1U, rows.size() - 1);
  for (uint32_t i = rows.begin; i < rows.end; i += step) __builtin_prefetch(&entries[i]);
  if (pace_ > 0) {
    const size_t end = std::min(entries.size(), rows.begin + kEntriesAhead);
    for (size_t i = rows.begin; i < end; i += kEntriesPerLine) __builtin_prefetch(&entries[i]);
  }
  __builtin_prefetch(target.shape->runs.data());
  __builtin_prefetch(target.shape->groups.data());
}

void DenseValues::AskForRows(const BoundTarget& target) const {
  const EntryRange rows = Expected(target);
  if (rows.size() == 0) return;
  const auto entries = target.history->entries();
  if (whole_window_) {
    for (uint32_t i = rows.begin; i < rows.end; ++i) {
      AskForRow<Prefetch>(*target.shape, *entries[i].row, kPrefetchedLinesOfMany);
    }
    return;
  }
  AskForRow<Prefetch>(*target.shape, *entries[rows.end - 1].row, kPrefetchedLines);
  if (rows.size() == 1) return;
  AskForRow<Prefetch>(*target.shape, *entries[rows.begin].row, kPrefetchedLines);
}

void DenseValues::Turn(BoundTarget* target) {
  target_ = target;
  history_ = target->history;
  shape_ = target->shape.get();
  by_rows_ = !history_->timed() && function_.kernel != RowKernel::kNone;
  first_time_ = true;
  end_ = target->end;
}

// Of a window's rows only the newest ones are new to the processor.
void DenseValues::Foresee(uint32_t before) {
  const auto entries = history_->entries();
  int64_t next = end_ + kInstantsAhead * pace_;
  if (std::exchange(first_time_, false)) {
    moved_ = int64_t{end_} - before;
    next = end_ + pace_;
  } else {
    pace_ = int64_t{end_} - before;
  }
  if (pace_ <= 0) return;
  const auto last = std::min(end_ + kInstantsAhead * pace_, static_cast<int64_t>(entries.size()));
  for (; next <= last; next += pace_) {
    // Earlier rows may end before the positions begin.
    const auto entry = static_cast<size_t>(next - 1);
    if (entry < history_->whole_from()) continue;
    AskForRow<LoadAhead>(*shape_, *entries[entry].row, kPrefetchedLines);
  }
}

bool DenseValues::Locate(const SelectorTimes& times) {
  times_ = &times;
  marked_.clear();
  first_ = nullptr;
  born_ = 0;
  uniform_ = false;
  if (!by_rows_) return true;
  const uint32_t before = end_;
  rows_ = Rows();
  target_->end = end_;
  Foresee(before);
  if (rows_.size() == 0) return false;
  const storage::Entry& oldest = history_->entries()[rows_.begin];
  const storage::Entry& newest = history_->entries()[rows_.end - 1];
  first_ = oldest.row;
  last_ = newest.row;
  oldest_ms_ = oldest.time_ms;
  newest_ms_ = newest.time_ms;
  // Positions that the first row lacks were born inside the window.
  born_ = rows_.begin >= history_->whole_from() ? kNoneBorn : first_->size();
  if (!IsPlain(*history_, rows_, *shape_, resets_matter_, &target_->marks)) {
    FindMarked(*history_, rows_, *shape_, resets_matter_, &marked_);
  }
  uniform_ = marked_.empty() && shape_->runs.back().end <= born_;
  if (IsStretched()) {
    extrapolation_ = Extrapolation::Of(oldest_ms_, newest_ms_, rows_.size(), times_->window,
                                       function_.kernel == RowKernel::kRate);
  }
  return true;
}

std::optional<CompensatedSum> DenseValues::SumAll() const {
  const bool counters =
      function_.kernel == RowKernel::kRate || function_.kernel == RowKernel::kIncrease;
  if (!uniform_ || !counters || shape_->dense_size != shape_->positions.size()) {
    return std::nullopt;
  }
  CompensatedSum total;
  for (const PositionRun& run : shape_->runs) {
    const CompensatedSum sum =
        SumOfCounters(first_->values() + run.begin, last_->values() + run.begin,
                      run.end - run.begin, extrapolation_);
    total.AddFast(sum.sum);
    total.error += sum.error;
  }
  return total;
}

void DenseValues::Compute() {
  // The newest row's values need no copy if they are all of one run.
  if (uniform_ && function_.kernel == RowKernel::kLatest && shape_->runs.size() == 1) {
    values_ = last_->values() + shape_->runs.front().begin;
    return;
  }
  if (buffer_.size() < shape_->dense_size) buffer_.resize(shape_->dense_size);
  values_ = buffer_.data();
  if (first_ != nullptr) ComputeRuns();
  if (!uniform_) Patch();
}

bool DenseValues::IsStretched() const {
  return function_.kernel == RowKernel::kRate || function_.kernel == RowKernel::kIncrease ||
         function_.kernel == RowKernel::kDelta;
}

EntryRange DenseValues::Rows() {
  if (function_.kernel == RowKernel::kLatest) return LatestRow();
  const EntryRange rows = WindowRows();
  if (rows.size() < least_rows_) return {};
  return {function_.last_two ? rows.end - 2 : rows.begin, rows.end};
}

uint32_t DenseValues::EndAt(int64_t until_ms) {
  const auto entries = history_->entries();
  end_ = std::min(end_, static_cast<uint32_t>(entries.size()));
  while (end_ > 0 && entries[end_ - 1].time_ms > until_ms) --end_;
  while (end_ < entries.size() && entries[end_].time_ms <= until_ms) ++end_;
  return end_;
}

EntryRange DenseValues::LatestRow() {
  const uint32_t end = EndAt(times_->ref_ms);
  if (end == 0) return {};
  const storage::Entry& latest = history_->entries()[end - 1];
  if (latest.time_ms <= times_->after_ms || latest.ended_ms <= times_->ref_ms) return {};
  return {end - 1, end};
}

EntryRange DenseValues::WindowRows() {
  // Targets are scraped at one pace: the window holds as many rows as the last one did.
  const auto entries = history_->entries();
  const uint32_t end = EndAt(times_->window.until_ms);
  uint32_t begin = end - std::min(end, rows_hint_);
  while (begin < end && entries[begin].time_ms <= times_->window.after_ms) ++begin;
  while (begin > 0 && entries[begin - 1].time_ms > times_->window.after_ms) --begin;
  rows_hint_ = end - begin;
  return {begin, end};
}

void DenseValues::ComputeRuns() {
  for (const PositionRun& run : shape_->runs) {
    if (run.begin >= born_) break;
    ComputeRun(run.begin, std::min(run.end, born_) - run.begin, buffer_.data() + run.dense_begin);
  }
}

void DenseValues::ComputeRun(uint32_t begin, size_t count, double* out) {
  const double* first = first_->values() + begin;
  const double* last = last_->values() + begin;
  switch (function_.kernel) {
    case RowKernel::kRate:
    case RowKernel::kIncrease:
      return ExtrapolateCounters(first, last, count, extrapolation_, out);
    case RowKernel::kDelta:
      return ScaleDifferences(first, last, count, extrapolation_.factor, out);
    case RowKernel::kInstantDelta:
      return ScaleDifferences(first, last, count, 1, out);
    case RowKernel::kInstantRate:
      return DivideDifferences(first, last, count,
                               static_cast<double>(newest_ms_ - oldest_ms_) / 1000, out);
    case RowKernel::kLatest:
    case RowKernel::kNone:
      std::copy_n(last, count, out);
      return;
    default:
      return ComputeWindowRun(begin, count, out);
  }
}

void DenseValues::ComputeWindowRun(uint32_t begin, size_t count, double* out) {
  row_values_.clear();
  row_seconds_.clear();
  for (const storage::Entry& entry : history_->entries().subspan(rows_.begin, rows_.size())) {
    row_values_.push_back(entry.row->values() + begin);
    if (function_.kernel == RowKernel::kDeriv) {
      row_seconds_.push_back(static_cast<double>(entry.time_ms - oldest_ms_) / 1e3);
    }
  }
  ComputeWindow(function_.kernel, {row_values_, row_seconds_}, count, out);
  if (!IsExact(function_.kernel)) RedoInfinite(begin, count, out);
}

void DenseValues::RedoInfinite(uint32_t begin, size_t count, double* out) {
  for (uint32_t i = 0; i < count; ++i) {
    if (std::isfinite(out[i]) || std::ranges::binary_search(marked_, begin + i)) continue;
    const std::optional<SeriesPoint> point = reader_.Read(*history_, begin + i, *times_);
    out[i] = point.has_value() ? point->value : storage::Hole();
  }
}

void DenseValues::Patch() {
  times_of_.assign(shape_->dense_size, {oldest_ms_, newest_ms_});
  for (const uint32_t position : marked_) PatchOne(position);
  const auto unborn = std::ranges::lower_bound(shape_->positions, born_);
  for (auto it = unborn; it != shape_->positions.end(); ++it) PatchOne(*it);
}

void DenseValues::PatchOne(uint32_t position) {
  const uint32_t dense = *shape_->DenseIndex(position);
  const std::optional<SeriesPoint> point = reader_.Read(*history_, position, *times_);
  buffer_[dense] = point.has_value() ? point->value : storage::Hole();
  if (point.has_value()) times_of_[dense] = {point->oldest_ms, point->newest_ms};
}

}  // namespace tacho::engine
