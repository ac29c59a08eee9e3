#include "storage/row.h"

#include <cstring>
#include <new>
#include <utility>

namespace tacho::storage {
namespace {

bool Any(const RowMarks& marks) {
  return !marks.gaps.empty() || !marks.resets.empty() || !marks.own_times.empty();
}

}  // namespace

Row::Row(int64_t time_ms, uint32_t size, std::unique_ptr<const RowMarks> marks, uint32_t distance)
    : time_ms_(time_ms),
      size_(size),
      gap_count_(marks == nullptr ? 0 : static_cast<uint32_t>(marks->gaps.size())),
      reset_count_(marks == nullptr ? 0 : static_cast<uint32_t>(marks->resets.size())),
      timed_(marks != nullptr && !marks->own_times.empty() ? 1 : 0),
      distance_(distance & 0x7fffffff),
      marks_(std::move(marks)) {}

RowPtr Row::Create(int64_t time_ms, std::span<const double> values, RowMarks marks,
                   RowArena* arena) {
  static_assert(sizeof(Row) % alignof(double) == 0);
  std::unique_ptr<const RowMarks> kept;
  if (Any(marks)) kept = std::make_unique<const RowMarks>(std::move(marks));
  const size_t bytes = sizeof(Row) + values.size_bytes();
  const bool own = arena == nullptr || bytes > RowArena::kLargestRow;
  const RowArena::Place place =
      own ? RowArena::Place{::operator new(bytes), 0} : arena->Allocate(bytes);
  Row* row = new (place.memory)
      Row(time_ms, static_cast<uint32_t>(values.size()), std::move(kept), place.distance);
  // memcpy, not a loop of doubles: markers are signalling NaNs and must move as bits.
  if (!values.empty()) std::memcpy(static_cast<void*>(row + 1), values.data(), values.size_bytes());
  return RowPtr(row);
}

void RowDeleter::operator()(Row* row) const {
  const RowArena::Place place{row, row->distance_};
  const size_t bytes = row->SizeInMemory();
  row->~Row();
  if (place.distance == 0) {
    ::operator delete(row);
  } else {
    RowArena::Free(place, bytes);
  }
}

std::span<const uint32_t> Row::gaps() const {
  return marks_ == nullptr ? std::span<const uint32_t>() : marks_->gaps;
}

std::span<const uint32_t> Row::resets() const {
  return marks_ == nullptr ? std::span<const uint32_t>() : marks_->resets;
}

bool Row::HasOwnTime(uint32_t position) const {
  return timed() && position < marks_->own_times.size() && marks_->own_times[position] != kNoTime;
}

int64_t Row::TimeOf(uint32_t position) const {
  return HasOwnTime(position) ? marks_->own_times[position] : time_ms_;
}

size_t Row::bytes() const {
  size_t total = SizeInMemory();
  if (marks_ != nullptr) {
    total += sizeof(RowMarks) + (marks_->gaps.capacity() + marks_->resets.capacity()) * 4 +
             marks_->own_times.capacity() * 8;
  }
  return total;
}

}  // namespace tacho::storage
