#include "engine/row_marks.h"

#include <algorithm>
#include <span>

namespace tacho::engine {
namespace {

using storage::Entry;
using storage::EntryRange;
using storage::History;

// Calls visit(position) for the marked positions in runs, until it returns false.
template <typename Visit>
void VisitMarks(std::span<const uint32_t> marks, const BoundShape& shape, Visit visit) {
  auto mark = marks.begin();
  for (const PositionRun& run : shape.runs) {
    mark = std::lower_bound(mark, marks.end(), run.begin);
    for (; mark != marks.end() && *mark < run.end; ++mark) {
      if (!visit(*mark)) return;
    }
    if (mark == marks.end()) return;
  }
}

bool AnyMark(std::span<const uint32_t> marks, const BoundShape& shape) {
  bool any = false;
  VisitMarks(marks, shape, [&any](uint32_t) {
    any = true;
    return false;
  });
  return any;
}

void Look(const Entry& entry, const BoundShape& shape, RowMarksSeen* seen) {
  if (AnyMark(entry.row->gaps(), shape)) {
    seen->newest_gap_ms = std::max(seen->newest_gap_ms, entry.time_ms);
  }
  if (AnyMark(entry.row->resets(), shape)) {
    seen->newest_reset_ms = std::max(seen->newest_reset_ms, entry.time_ms);
  }
}

}  // namespace

bool IsPlain(const History& history, EntryRange range, const BoundShape& shape, bool resets_matter,
             RowMarksSeen* seen) {
  if (history.Plain(range)) return true;
  const auto rows = history.entries().subspan(range.begin, range.size());
  const int64_t first_ms = rows.front().time_ms;
  // Rows before what was seen, or a hole between: start over.
  const bool joins = first_ms >= seen->from_ms && first_ms <= seen->until_ms;
  if (!joins) *seen = {.from_ms = first_ms};
  for (const Entry& entry : rows) {
    if (entry.time_ms > seen->until_ms) Look(entry, shape, seen);
  }
  seen->until_ms = std::max(seen->until_ms, rows.back().time_ms);
  return seen->newest_gap_ms < first_ms && (!resets_matter || seen->newest_reset_ms <= first_ms);
}

void FindMarked(const History& history, EntryRange range, const BoundShape& shape,
                bool resets_matter, std::vector<uint32_t>* positions) {
  positions->clear();
  const auto add = [positions](uint32_t position) {
    positions->push_back(position);
    return true;
  };
  for (uint32_t i = range.begin; i < range.end; ++i) {
    const storage::Row& row = *history.entries()[i].row;
    VisitMarks(row.gaps(), shape, add);
    if (resets_matter && i != range.begin) VisitMarks(row.resets(), shape, add);
  }
  std::ranges::sort(*positions);
  positions->erase(std::unique(positions->begin(), positions->end()), positions->end());
}

}  // namespace tacho::engine
