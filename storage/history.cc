#include "storage/history.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "tacho/sample.h"

namespace tacho::storage {
namespace {

int64_t SaturatingSub(int64_t a, int64_t b) {
  int64_t out = 0;
  if (!__builtin_sub_overflow(a, b, &out)) return out;
  return b > 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

bool AnyTimed(std::span<const Entry> entries) {
  return std::ranges::any_of(entries, [](const Entry& entry) { return entry.row->timed(); });
}

uint32_t WholeFrom(const Shape& shape, std::span<const Entry> entries) {
  size_t from = entries.size();
  while (from > 0 && entries[from - 1].row->size() == shape.size()) --from;
  return static_cast<uint32_t>(from);
}

}  // namespace

HistoryPtr History::Create(std::shared_ptr<const Shape> shape, std::span<const Entry> entries) {
  const uint32_t whole_from = WholeFrom(*shape, entries);
  return Make(std::move(shape), entries, whole_from, AnyTimed(entries));
}

HistoryPtr History::After(const History& before, std::shared_ptr<const Shape> shape,
                          std::span<const Entry> entries, size_t kept) {
  const bool timed =
      AnyTimed(entries.subspan(kept)) || (before.timed() && AnyTimed(entries.first(kept)));
  uint32_t whole_from = WholeFrom(*shape, entries.subspan(kept)) + static_cast<uint32_t>(kept);
  if (whole_from == kept) {
    const size_t gone = before.entries().size() - kept;
    whole_from = shape == before.shape_
                     ? static_cast<uint32_t>(std::max<size_t>(before.whole_from_, gone) - gone)
                     : WholeFrom(*shape, entries.first(kept));
  }
  return Make(std::move(shape), entries, whole_from, timed);
}

HistoryPtr History::Make(std::shared_ptr<const Shape> shape, std::span<const Entry> entries,
                         uint32_t whole_from, bool timed) {
  static_assert(sizeof(History) % alignof(Entry) == 0);
  static_assert(std::is_trivially_copyable_v<Entry>);
  void* memory = ::operator new(sizeof(History) + entries.size_bytes());
  auto* history = new (memory)
      History(std::move(shape), static_cast<uint32_t>(entries.size()), whole_from, timed);
  if (!entries.empty()) {
    std::memcpy(static_cast<void*>(history + 1), entries.data(), entries.size_bytes());
  }
  return HistoryPtr(history);
}

void HistoryDeleter::operator()(const History* history) const {
  history->~History();
  ::operator delete(const_cast<History*>(history));
}

EntryRange History::Window(int64_t after_ms, int64_t until_ms) const {
  // Queries ask about the newest rows: walk from that end.
  const std::span<const Entry> all = entries();
  auto end = static_cast<uint32_t>(all.size());
  while (end > 0 && all[end - 1].time_ms > until_ms) --end;
  uint32_t begin = end;
  while (begin > 0 && all[begin - 1].time_ms > after_ms) --begin;
  return {begin, end};
}

bool History::Plain(EntryRange range) const {
  const std::span<const Entry> all = entries();
  const Entry& first = all[range.begin];
  const Entry& last = all[range.end - 1];
  const uint32_t gaps_before =
      range.begin > 0 ? all[range.begin - 1].gaps : first.gaps - first.row->gap_count();
  return last.gaps == gaps_before && last.resets == first.resets;
}

void ReadSamples(const History& history, uint32_t position, int64_t after_ms, int64_t until_ms,
                 std::vector<SamplePoint>* out) {
  out->clear();
  EntryRange range{0, static_cast<uint32_t>(history.entries().size())};
  if (!history.timed()) range = history.Window(after_ms, until_ms);
  for (const Entry& entry : history.entries().subspan(range.begin, range.size())) {
    if (position >= entry.row->size()) continue;
    const double value = (*entry.row)[position];
    if (IsGap(value)) continue;
    const int64_t time = entry.row->TimeOf(position);
    if (time > after_ms && time <= until_ms) out->push_back({time, value});
  }
}

bool ReadLatest(const History& history, uint32_t position, int64_t ref_ms, int64_t lookback_ms,
                SamplePoint* out) {
  const int64_t after_ms = SaturatingSub(ref_ms, lookback_ms);
  const std::span<const Entry> entries = history.entries();
  bool ended = false;
  for (size_t i = entries.size(); i-- > 0;) {
    const Entry& entry = entries[i];
    if (position >= entry.row->size()) return false;  // I1: earlier rows are no larger
    ended = ended || entry.ended_ms <= ref_ms;
    const double value = (*entry.row)[position];
    if (IsHole(value)) continue;
    const int64_t time = entry.row->TimeOf(position);
    if (time > ref_ms) {
      // At that end the series' newest sample was this one.
      if (entry.row->HasOwnTime(position)) ended = false;
      continue;
    }
    if (time <= after_ms || IsStaleMarker(value)) return false;
    // A failed scrape ends only the series that have no timestamps of their own.
    if (ended && !entry.row->HasOwnTime(position)) return false;
    *out = {time, value};
    return true;
  }
  return false;
}

}  // namespace tacho::storage
