// Row marks: which selected positions of a window are not plain: they have a gap or a
// reset there, and must be computed sample by sample.
//
// A body mixes counters and gauges, and a gauge falls all the time. What matters is
// whether *selected* positions have marks, and that is remembered per target: as rows
// never change, only rows that came since the last evaluation are looked at.
//
// Threads     RowMarksSeen belongs to its binding (one thread at a time).
// Cost        No marks at all in the window: a subtraction. Else one bisection per run
//             and new row.
#ifndef TACHO_ENGINE_ROW_MARKS_H_
#define TACHO_ENGINE_ROW_MARKS_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "engine/bind_shape.h"
#include "storage/history.h"

namespace tacho::engine {

// What is known of the rows with from_ms <= time <= until_ms.
struct RowMarksSeen {
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::min();
  int64_t from_ms = std::numeric_limits<int64_t>::max();
  int64_t until_ms = kNever;
  int64_t newest_gap_ms = kNever;    // the newest row with a gap in the selected runs
  int64_t newest_reset_ms = kNever;  // and with a reset
};

// Whether the runs have no gap in the rows of the (not empty) range and, if resets
// matter, no reset in any but the first.
bool IsPlain(const storage::History& history, storage::EntryRange range, const BoundShape& shape,
             bool resets_matter, RowMarksSeen* seen);

// The positions in runs for which IsPlain does not hold, ascending.
void FindMarked(const storage::History& history, storage::EntryRange range, const BoundShape& shape,
                bool resets_matter, std::vector<uint32_t>* positions);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_ROW_MARKS_H_
