// RowArena: memory for rows, in chunks that the kernel can map with huge pages.
//
// Rows come in the order of time, and go in it. So a chunk is filled from its begin to its
// end, and given back as a whole once its last row has gone: a retention after it was full.
//
// Why not malloc: a query looks at a row or two of each of thousands of targets. On a small
// page each, finding the page costs beside fetching the row (docs/decisions/0015).
//
// Order       Memory is aligned for Row, and uninitialized.
// Ownership   Outlives its rows.
// Threads     All.
// Cost        A lock per row, uncontended mostly. Beyond the rows: the chunk that is being
//             filled, kSpareChunks at most, and what rows that went early leave in chunks.
#ifndef TACHO_STORAGE_ROW_ARENA_H_
#define TACHO_STORAGE_ROW_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "storage/mutex.h"

namespace tacho::storage {

class RowArena {
 public:
  // A huge page. The first chunks are smaller: few rows are to need little memory.
  static constexpr size_t kChunkBytes = size_t{2} << 20;
  static constexpr size_t kFirstChunkBytes = size_t{64} << 10;
  // Larger rows are malloc's: it maps them by themselves.
  static constexpr size_t kLargestRow = kChunkBytes / 8;
  // How many chunks are kept for rows to come.
  static constexpr size_t kSpareChunks = 2;

  RowArena() = default;
  ~RowArena();
  RowArena(const RowArena&) = delete;
  RowArena& operator=(const RowArena&) = delete;

  struct Place {
    void* memory;
    uint32_t distance;  // from the chunk's begin, in units of kUnit
  };
  static constexpr size_t kUnit = 8;

  // Of at most kLargestRow bytes.
  Place Allocate(size_t bytes);
  static void Free(Place place, size_t bytes);

 private:
  struct Chunk;
  struct ChunkDeleter {
    void operator()(Chunk* chunk) const;
  };
  using ChunkPtr = std::unique_ptr<Chunk, ChunkDeleter>;

  static ChunkPtr NewChunk(RowArena* arena, size_t size);
  // The current chunk becomes one with room for so many bytes.
  void UseChunkFor(size_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes a chunk without rows, if it is worth keeping.
  void Keep(ChunkPtr* chunk) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  ChunkPtr current_ ABSL_GUARDED_BY(mutex_);
  size_t used_ ABSL_GUARDED_BY(mutex_) = 0;  // of the current chunk
  size_t next_size_ ABSL_GUARDED_BY(mutex_) = kFirstChunkBytes;
  std::vector<ChunkPtr> spare_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_ROW_ARENA_H_
