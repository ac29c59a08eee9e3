// Compaction: giving back the positions of series that are long gone.
//
// A position is dead when none of the rows kept holds a sample at it. When enough are
// dead, the target moves to a shape of the living ones and its rows are copied. The
// living positions are put back into runs, one per metric.
//
// Cost        Rows x living positions, once per quarter of the positions that died.
#ifndef TACHO_STORAGE_COMPACTION_H_
#define TACHO_STORAGE_COMPACTION_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "storage/history.h"

namespace tacho::storage {

// The old positions that stay (it may be none), in their new order; nothing if compacting
// does not pay. There is an entry.
std::optional<std::vector<uint32_t>> PlanCompaction(const Shape& shape,
                                                    std::span<const Entry> entries);

// The row with old position kept[i] at new position i. A position beyond the old row's
// end becomes a hole.
RowPtr CompactRow(const Row& row, std::span<const uint32_t> kept, RowArena* arena);

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_COMPACTION_H_
