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

}  // namespace

HistoryPtr History::Create(std::shared_ptr<const Shape> shape, std::span<const Entry> entries) {
  static_assert(sizeof(History) % alignof(Entry) == 0);
  static_assert(std::is_trivially_copyable_v<Entry>);
  const bool timed =
      std::ranges::any_of(entries, [](const Entry& entry) { return entry.row->timed(); });
  void* memory = ::operator new(sizeof(History) + entries.size_bytes());
  auto* history = new (memory) History(std::move(shape), static_cast<uint32_t>(entries.size()),
                                       timed);
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
  const Entry& first = entries()[range.begin];
  const Entry& last = entries()[range.end - 1];
  const uint32_t gaps = last.gaps_before + last.row->gap_count() - first.gaps_before;
  const uint32_t resets = last.resets_before + last.row->reset_count() - first.resets_before -
                          first.row->reset_count();
  return gaps == 0 && resets == 0;
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
