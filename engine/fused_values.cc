#include "engine/fused_values.h"

#include <algorithm>

namespace tacho::engine {
namespace {

using storage::EntryRange;
using storage::History;
using storage::Row;

// Of each row; after these the processor sees the stream by itself.
constexpr size_t kPrefetchedLines = 6;

bool ResetsMatter(RowKernel kernel) {
  return kernel == RowKernel::kRate || kernel == RowKernel::kIncrease ||
         kernel == RowKernel::kInstantRate;
}

}  // namespace

DenseValues::DenseValues(const RangeFunction& function, const SelectorTimes& times)
    : function_(function),
      times_(times),
      resets_matter_(ResetsMatter(function.kernel)),
      reader_(function, times) {}

void DenseValues::PrefetchEntries(const BoundTarget& target) const {
  const auto entries = target.history->entries();
  if (entries.empty()) return;
  const uint32_t rows = std::max<uint32_t>(1, rows_hint_);
  const auto oldest = entries.size() - std::min<size_t>(rows, entries.size());
  __builtin_prefetch(&entries[oldest]);
  if (oldest > 0) __builtin_prefetch(&entries[oldest - 1]);  // the window's edge
  __builtin_prefetch(&entries.back());
  __builtin_prefetch(target.shape->runs.data());
  __builtin_prefetch(target.shape->groups.data());
}

void DenseValues::PrefetchRows(const BoundTarget& target) const {
  const auto entries = target.history->entries();
  const uint32_t rows = std::max<uint32_t>(1, rows_hint_);
  if (entries.size() < rows) return;
  const uint32_t begin = target.shape->runs.front().begin;
  for (const Row* row : {entries[entries.size() - rows].row, entries.back().row}) {
    const auto* bytes = reinterpret_cast<const char*>(row->values() + begin);
    for (size_t line = 0; line < kPrefetchedLines; ++line) __builtin_prefetch(bytes + line * 64);
    __builtin_prefetch(row);
  }
}

bool DenseValues::Locate(BoundTarget& target) {
  history_ = target.history;
  shape_ = target.shape.get();
  marked_.clear();
  first_ = nullptr;
  born_ = 0;
  uniform_ = false;
  if (history_->timed() || function_.kernel == RowKernel::kNone) return true;
  const EntryRange rows = Rows();
  if (rows.size() == 0) return false;
  const storage::Entry& oldest = history_->entries()[rows.begin];
  const storage::Entry& newest = history_->entries()[rows.end - 1];
  first_ = oldest.row;
  last_ = newest.row;
  oldest_ms_ = oldest.time_ms;
  newest_ms_ = newest.time_ms;
  // Positions that the first row lacks were born inside the window.
  born_ = first_->size();
  if (!IsPlain(*history_, rows, *shape_, resets_matter_, &target.marks)) {
    FindMarked(*history_, rows, *shape_, resets_matter_, &marked_);
  }
  uniform_ = marked_.empty() && shape_->runs.back().end <= born_;
  if (IsStretched()) {
    extrapolation_ = Extrapolation::Of(oldest_ms_, newest_ms_, rows.size(), times_.window,
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
  if (rows.size() < 2) return {};
  return {function_.last_two ? rows.end - 2 : rows.begin, rows.end};
}

EntryRange DenseValues::LatestRow() const {
  const auto entries = history_->entries();
  auto end = static_cast<uint32_t>(entries.size());
  while (end > 0 && entries[end - 1].time_ms > times_.ref_ms) --end;
  if (end == 0) return {};
  const storage::Entry& latest = entries[end - 1];
  const Timestamp ref = Timestamp::FromUnixMillis(times_.ref_ms);
  const int64_t after_ms = (ref - absl::Milliseconds(times_.lookback_ms)).unix_millis();
  if (latest.time_ms <= after_ms || latest.ended_ms <= times_.ref_ms) return {};
  return {end - 1, end};
}

EntryRange DenseValues::WindowRows() {
  // Targets are scraped at one pace: the window holds as many rows as the last one did.
  const auto entries = history_->entries();
  auto end = static_cast<uint32_t>(entries.size());
  while (end > 0 && entries[end - 1].time_ms > times_.window.until_ms) --end;
  const uint32_t begin = end - std::min(end, rows_hint_);
  const bool right = begin < end && entries[begin].time_ms > times_.window.after_ms &&
                     (begin == 0 || entries[begin - 1].time_ms <= times_.window.after_ms);
  if (right) return {begin, end};
  const EntryRange rows = history_->Window(times_.window.after_ms, times_.window.until_ms);
  rows_hint_ = rows.size();
  return rows;
}

void DenseValues::ComputeRuns() {
  for (const PositionRun& run : shape_->runs) {
    if (run.begin >= born_) break;
    ComputeRun(first_->values() + run.begin, last_->values() + run.begin,
               std::min(run.end, born_) - run.begin, buffer_.data() + run.dense_begin);
  }
}

void DenseValues::ComputeRun(const double* first, const double* last, size_t count,
                             double* out) const {
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
  const std::optional<SeriesPoint> point = reader_.Read(*history_, position);
  buffer_[dense] = point.has_value() ? point->value : storage::Hole();
  if (point.has_value()) times_of_[dense] = {point->oldest_ms, point->newest_ms};
}

}  // namespace tacho::engine
