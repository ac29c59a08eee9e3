#include "engine/row_marks.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/catalog.h"
#include "storage/history.h"
#include "storage/row.h"

namespace tacho::engine {
namespace {

using storage::Entry;
using storage::EntryRange;
using storage::RowMarks;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Rows at 1, 2, 3, ... ms with these gaps and resets, over ten positions of
// which 2 to 5 and 8 are selected.
class RowMarksTest : public ::testing::Test {
 protected:
  RowMarksTest() {
    bound_.runs = {{2, 6, 0}, {8, 9, 4}};
    bound_.dense_size = 5;
  }
  ~RowMarksTest() override { history_.reset(); }

  void AddRow(std::vector<uint32_t> gaps, std::vector<uint32_t> resets) {
    RowMarks marks;
    marks.gaps = std::move(gaps);
    marks.resets = std::move(resets);
    const std::vector<double> values(10, 1.0);
    Entry entry;
    entry.time_ms = static_cast<int64_t>(entries_.size()) + 1;
    rows_.push_back(storage::Row::Create(entry.time_ms, values, std::move(marks)));
    entry.row = rows_.back().get();
    entry.gaps = entry.row->gap_count() + (entries_.empty() ? 0 : entries_.back().gaps);
    entry.resets = entry.row->reset_count() + (entries_.empty() ? 0 : entries_.back().resets);
    entries_.push_back(entry);
    history_ = storage::History::Create(catalog_.empty_shape(), entries_);
  }
  bool Plain(EntryRange range, bool resets_matter = true) {
    return IsPlain(*history_, range, bound_, resets_matter, &seen_);
  }
  std::vector<uint32_t> Marked(EntryRange range, bool resets_matter = true) {
    std::vector<uint32_t> positions;
    FindMarked(*history_, range, bound_, resets_matter, &positions);
    return positions;
  }

  storage::Catalog catalog_;
  std::vector<storage::RowPtr> rows_;
  std::vector<Entry> entries_;
  storage::HistoryPtr history_;
  BoundShape bound_;
  RowMarksSeen seen_;
};

TEST_F(RowMarksTest, MarksOfOtherPositionsDoNotMatter) {
  AddRow({0, 1}, {});
  AddRow({6, 7}, {9});
  AddRow({}, {0, 6});
  EXPECT_TRUE(Plain({0, 3}));
  EXPECT_THAT(Marked({0, 3}), IsEmpty());
}

TEST_F(RowMarksTest, AGapAnywhereAndAResetAfterTheFirstRowMatter) {
  AddRow({3}, {4});
  AddRow({8}, {2});
  AddRow({}, {3, 5, 9});
  EXPECT_FALSE(Plain({0, 3}));
  EXPECT_THAT(Marked({0, 3}), ElementsAre(2, 3, 5, 8));
  EXPECT_THAT(Marked({0, 1}), ElementsAre(3));
  EXPECT_THAT(Marked({1, 3}), ElementsAre(3, 5, 8));
  EXPECT_THAT(Marked({0, 3}, /*resets_matter=*/false), ElementsAre(3, 8));
}

TEST_F(RowMarksTest, AResetInTheFirstRowIsBeforeTheWindow) {
  AddRow({}, {2});
  AddRow({}, {});
  EXPECT_TRUE(Plain({0, 2}));
}

TEST_F(RowMarksTest, ResetsDoNotMatterToADelta) {
  AddRow({}, {});
  AddRow({}, {2});
  EXPECT_FALSE(Plain({0, 2}));
  EXPECT_TRUE(Plain({0, 2}, /*resets_matter=*/false));
}

// The window moves on: what was seen is kept, new rows are added, and a mark
// that left the window no longer counts.
TEST_F(RowMarksTest, WhatWasSeenIsRememberedWhileTheWindowMoves) {
  AddRow({0}, {});
  AddRow({0}, {3});
  AddRow({0}, {});
  EXPECT_FALSE(Plain({0, 3}));
  AddRow({0}, {});
  EXPECT_TRUE(Plain({1, 4}));  // the reset is in the first row now
  AddRow({4}, {});
  EXPECT_FALSE(Plain({2, 5}));
  AddRow({0}, {});
  EXPECT_TRUE(Plain({5, 6}));
}

TEST_F(RowMarksTest, AWindowBeforeWhatWasSeenIsLookedAtAfresh) {
  AddRow({}, {});
  AddRow({}, {5});
  AddRow({0}, {});
  AddRow({0}, {});
  EXPECT_TRUE(Plain({2, 4}));
  EXPECT_FALSE(Plain({0, 2}));
  EXPECT_TRUE(Plain({2, 4}));
}

}  // namespace
}  // namespace tacho::engine
