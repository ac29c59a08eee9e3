#include "storage/row_arena.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "storage/row.h"

namespace tacho::storage {
namespace {

struct Block {
  RowArena::Place place;
  size_t bytes;
};

Block Take(RowArena& arena, size_t bytes, unsigned char fill) {
  const Block block{arena.Allocate(bytes), bytes};
  std::memset(block.place.memory, fill, bytes);
  return block;
}

bool Holds(const Block& block, unsigned char fill) {
  const auto* bytes = static_cast<const unsigned char*>(block.place.memory);
  for (size_t i = 0; i < block.bytes; ++i) {
    if (bytes[i] != fill) return false;
  }
  return true;
}

TEST(RowArenaTest, BlocksAreAlignedAndNeighbours) {
  RowArena arena;
  const Block first = Take(arena, 40, 1);
  const Block second = Take(arena, 41, 2);
  const Block third = Take(arena, 8, 3);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(first.place.memory) % RowArena::kUnit, 0u);
  EXPECT_GT(first.place.distance, 0u);
  EXPECT_EQ(static_cast<char*>(second.place.memory) - static_cast<char*>(first.place.memory), 40);
  EXPECT_EQ(static_cast<char*>(third.place.memory) - static_cast<char*>(second.place.memory), 48);
  EXPECT_EQ(third.place.distance, first.place.distance + 5 + 6);
  for (const Block& block : {first, second, third}) RowArena::Free(block.place, block.bytes);
}

TEST(RowArenaTest, TheLargestBlockFitsAtOnce) {
  RowArena arena;
  const Block block = Take(arena, RowArena::kLargestRow, 7);
  EXPECT_TRUE(Holds(block, 7));
  RowArena::Free(block.place, block.bytes);
}

// As rows come and go: memory does not grow, and no block is given out twice.
TEST(RowArenaTest, ChunksWhoseBlocksWentAreUsedAgain) {
  RowArena arena;
  std::mt19937 random(1);
  std::deque<std::pair<Block, unsigned char>> kept;
  std::set<uintptr_t> chunks;
  size_t held = 0;
  for (int i = 0; i < 20'000; ++i) {
    const size_t bytes = 8 + random() % 4'000;
    const auto fill = static_cast<unsigned char>(random());
    kept.emplace_back(Take(arena, bytes, fill), fill);
    held += bytes;
    while (held > 3 * RowArena::kChunkBytes) {
      const auto& [block, expected] = kept.front();
      ASSERT_TRUE(Holds(block, expected)) << i;
      held -= block.bytes;
      RowArena::Free(block.place, block.bytes);
      kept.pop_front();
    }
    const Block& newest = kept.back().first;
    chunks.insert(reinterpret_cast<uintptr_t>(newest.place.memory) -
                  newest.place.distance * RowArena::kUnit);
  }
  // 40 MB went through 6 MB: those of three full chunks, one to fill, the spare ones, and the
  // small ones of the beginning.
  EXPECT_LE(chunks.size(), 12u);
  for (const auto& [block, fill] : kept) {
    EXPECT_TRUE(Holds(block, fill));
    RowArena::Free(block.place, block.bytes);
  }
}

// The chunk that is being filled stays, however often it is emptied.
TEST(RowArenaTest, BlocksMayGoInAnyOrder) {
  RowArena arena;
  for (int round = 0; round < 100; ++round) {
    std::vector<Block> blocks;
    for (unsigned char i = 0; i < 50; ++i) blocks.push_back(Take(arena, 10'000, i));
    for (size_t i = 0; i < blocks.size(); i += 2) RowArena::Free(blocks[i].place, 10'000);
    for (size_t i = blocks.size() - 1; i < blocks.size(); i -= 2) {
      ASSERT_TRUE(Holds(blocks[i], static_cast<unsigned char>(i)));
      RowArena::Free(blocks[i].place, 10'000);
    }
  }
}

TEST(RowArenaTest, ThreadsTakeAndFreeWhatOthersTook) {
  RowArena arena;
  constexpr size_t kThreads = 4;
  std::array<std::vector<Block>, kThreads> taken;
  const auto on_all = [](auto work) {
    std::vector<std::thread> threads;
    for (size_t t = 0; t < kThreads; ++t) threads.emplace_back(work, t);
    for (std::thread& thread : threads) thread.join();
  };
  for (int round = 0; round < 3; ++round) {
    on_all([&](size_t t) {
      for (int i = 0; i < 2'000; ++i) {
        taken[t].push_back(Take(arena, 3'000, static_cast<unsigned char>(t)));
        if (i % 2 == 1) continue;
        RowArena::Free(taken[t].back().place, 3'000);
        taken[t].pop_back();
      }
    });
    on_all([&](size_t t) {
      const size_t other = (t + 1) % kThreads;
      for (const Block& block : taken[other]) {
        EXPECT_TRUE(Holds(block, static_cast<unsigned char>(other)));
        RowArena::Free(block.place, block.bytes);
      }
      taken[other].clear();
    });
  }
}

TEST(RowArenaTest, RowsOfAllSizesLiveInItOrBesideIt) {
  RowArena arena;
  for (const size_t size : {size_t{0}, size_t{1}, size_t{1'000}, RowArena::kLargestRow / 8,
                            RowArena::kChunkBytes}) {
    std::vector<double> values(size, 2.5);
    const RowPtr row = Row::Create(9, values, {.resets = {}}, &arena);
    ASSERT_EQ(row->size(), size);
    EXPECT_EQ(row->time_ms(), 9);
    EXPECT_FALSE(row->timed());
    for (uint32_t i = 0; i < size; i += 97) ASSERT_EQ((*row)[i], 2.5);
  }
}

}  // namespace
}  // namespace tacho::storage
