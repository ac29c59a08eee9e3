#include "storage/compaction.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace tacho::storage {
namespace {

constexpr uint32_t kDeadAtLeast = 32;  // fewer are not worth a copy

bool HasSample(std::span<const Entry> entries, uint32_t position) {
  return std::ranges::any_of(entries, [position](const Entry& entry) {
    if (position >= entry.row->size()) return false;
    return !IsGap((*entry.row)[position]);
  });
}

// Positions by metric, metrics in the order in which they first came.
void GatherRuns(const Shape& shape, std::vector<uint32_t>& positions) {
  absl::flat_hash_map<const Symbol*, uint32_t> order;
  for (const Identity& identity : shape.identities()) {
    order.try_emplace(identity.metric, static_cast<uint32_t>(order.size()));
  }
  std::ranges::stable_sort(positions, {}, [&](uint32_t p) { return order[shape[p].metric]; });
}

}  // namespace

std::optional<std::vector<uint32_t>> PlanCompaction(const Shape& shape,
                                                    std::span<const Entry> entries) {
  // The newest row's gaps are the only candidates, and a cheap reason to stop here.
  const Row& newest = *entries.back().row;
  const uint32_t enough = std::max(kDeadAtLeast, shape.size() / 4);
  if (newest.gap_count() < enough) return std::nullopt;

  std::vector<bool> dead(shape.size(), false);
  uint32_t may_live = newest.gap_count() - enough;  // so many, and it can still pay
  for (uint32_t position : newest.gaps()) {
    dead[position] = !HasSample(entries, position);
    if (!dead[position] && may_live-- == 0) return std::nullopt;
  }
  std::vector<uint32_t> kept;
  for (uint32_t p = 0; p < shape.size(); ++p) {
    if (!dead[p]) kept.push_back(p);
  }
  GatherRuns(shape, kept);
  return kept;
}

RowPtr CompactRow(const Row& row, std::span<const uint32_t> kept, RowArena* arena) {
  std::vector<double> values(kept.size());
  RowMarks marks;
  if (row.timed()) marks.own_times.assign(kept.size(), kNoTime);
  std::vector<bool> reset(row.size(), false);
  for (uint32_t position : row.resets()) reset[position] = true;
  for (uint32_t i = 0; i < kept.size(); ++i) {
    const uint32_t old = kept[i];
    const bool there = old < row.size();
    values[i] = there ? row[old] : Hole();
    if (IsGap(values[i])) marks.gaps.push_back(i);
    if (there && reset[old]) marks.resets.push_back(i);
    if (there && row.HasOwnTime(old)) marks.own_times[i] = row.TimeOf(old);
  }
  return Row::Create(row.time_ms(), values, std::move(marks), arena);
}

}  // namespace tacho::storage
