#include "storage/row_arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <new>
#include <utility>

#include "storage/poison.h"

namespace tacho::storage {

// Rows follow. `rows` counts one more while the chunk is the current one.
struct RowArena::Chunk {
  RowArena* const arena;
  const size_t size;
  std::atomic<uint32_t> rows{1};
};

namespace {

size_t RoundUp(size_t bytes) {
  return (bytes + RowArena::kUnit - 1) / RowArena::kUnit * RowArena::kUnit;
}

// Aligned to its size, so that it is one huge page where the kernel has one.
void* MapHuge(size_t size) {
  void* const mapped =
      mmap(nullptr, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  char* const begin = static_cast<char*>(mapped);
  const size_t before = (size - reinterpret_cast<uintptr_t>(begin) % size) % size;
  if (before > 0) munmap(begin, before);
  munmap(begin + before + size, size - before);
#ifdef MADV_HUGEPAGE
  madvise(begin + before, size, MADV_HUGEPAGE);  // it works without, too
#endif
  return begin + before;
}

}  // namespace

RowArena::ChunkPtr RowArena::NewChunk(RowArena* arena, size_t size) {
  static_assert(sizeof(Chunk) % kUnit == 0);
  void* const memory = size == kChunkBytes ? MapHuge(size) : ::operator new(size);
  auto* chunk = new (memory) Chunk{arena, size};
  Poison(chunk + 1, size - sizeof(Chunk));
  return ChunkPtr(chunk);
}

void RowArena::ChunkDeleter::operator()(Chunk* chunk) const {
  const size_t size = chunk->size;
  Unpoison(chunk, size);
  chunk->~Chunk();
  if (size == kChunkBytes) {
    munmap(chunk, size);
  } else {
    ::operator delete(chunk);
  }
}

RowArena::~RowArena() = default;

RowArena::Place RowArena::Allocate(size_t bytes) {
  bytes = RoundUp(bytes);
  MutexLock lock(mutex_);
  if (current_ == nullptr || bytes > current_->size - used_) UseChunkFor(bytes);
  char* const memory = reinterpret_cast<char*>(current_.get()) + used_;
  Unpoison(memory, bytes);
  const auto distance = static_cast<uint32_t>(used_ / kUnit);
  used_ += bytes;
  current_->rows.fetch_add(1, std::memory_order_relaxed);
  return {memory, distance};
}

void RowArena::UseChunkFor(size_t bytes) {
  ChunkPtr next;
  if (!spare_.empty()) {
    next = std::move(spare_.back());
    spare_.pop_back();
    next->rows.store(1, std::memory_order_relaxed);
  } else {
    while (next_size_ < sizeof(Chunk) + bytes) next_size_ *= 2;
    next = NewChunk(this, next_size_);
    next_size_ = std::min(kChunkBytes, 2 * next_size_);
  }
  std::swap(current_, next);
  used_ = sizeof(Chunk);
  // From here on the old one lasts as long as its rows.
  if (next == nullptr || next->rows.fetch_sub(1, std::memory_order_acq_rel) != 1) {
    (void)next.release();
  } else {
    Keep(&next);
  }
}

void RowArena::Keep(ChunkPtr* chunk) {
  if ((*chunk)->size < kChunkBytes || spare_.size() >= kSpareChunks) return;
  spare_.push_back(std::move(*chunk));
}

void RowArena::Free(Place place, size_t bytes) {
  auto* const chunk =
      reinterpret_cast<Chunk*>(static_cast<char*>(place.memory) - place.distance * kUnit);
  Poison(place.memory, RoundUp(bytes));
  if (chunk->rows.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  RowArena& arena = *chunk->arena;
  ChunkPtr empty(chunk);  // unmapped, if at all, without the lock
  MutexLock lock(arena.mutex_);
  arena.Keep(&empty);
}

}  // namespace tacho::storage
