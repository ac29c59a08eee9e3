#include "storage/history.h"

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/catalog.h"
#include "tacho/sample.h"

namespace tacho::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::FieldsAre;
using ::testing::IsEmpty;

// Builds histories by hand, rows of up to three positions.
class HistoryTest : public ::testing::Test {
 protected:
  HistoryTest() {
    shape_ = catalog_.Make({catalog_.Intern("a", {}), catalog_.Intern("b", {}),
                            catalog_.Intern("c", {})});
  }

  void Add(int64_t time_ms, std::vector<double> values, RowMarks marks = {}) {
    Entry entry{.time_ms = time_ms};
    rows_.push_back(Row::Create(time_ms, values, std::move(marks)));
    entry.row = rows_.back().get();
    entry.gaps = entry.row->gap_count() + (entries_.empty() ? 0 : entries_.back().gaps);
    entry.resets = entry.row->reset_count() + (entries_.empty() ? 0 : entries_.back().resets);
    entries_.push_back(entry);
  }
  void EndAt(int64_t time_ms) { entries_.back().ended_ms = time_ms; }
  HistoryPtr Make() const { return History::Create(shape_, entries_); }

  std::vector<SamplePoint> Read(uint32_t position, int64_t after, int64_t until) const {
    std::vector<SamplePoint> out;
    ReadSamples(*Make(), position, after, until, &out);
    return out;
  }
  // -1: nothing is seen.
  double Latest(uint32_t position, int64_t ref, int64_t lookback) const {
    SamplePoint out{};
    return ReadLatest(*Make(), position, ref, lookback, &out) ? out.value : -1;
  }

  Catalog catalog_;
  const Catalog::Pin pin_{catalog_};
  std::shared_ptr<const Shape> shape_;
  std::vector<RowPtr> rows_;
  std::vector<Entry> entries_;
};

TEST_F(HistoryTest, AnEmptyOneHasNothingToRead) {
  EXPECT_EQ(Make()->Window(INT64_MIN, INT64_MAX).size(), 0u);
  EXPECT_THAT(Read(0, INT64_MIN, INT64_MAX), IsEmpty());
  EXPECT_EQ(Latest(0, 100, 100), -1);
  EXPECT_FALSE(Make()->timed());
}

TEST_F(HistoryTest, AWindowIsOpenAtItsLeftEndAndClosedAtItsRight) {
  for (int64_t t : {10, 20, 30, 40}) Add(t, {1});
  const auto window = [&](int64_t after, int64_t until) {
    const EntryRange range = Make()->Window(after, until);
    return std::pair(range.begin, range.end);
  };
  EXPECT_EQ(window(10, 30), std::pair(1u, 3u));
  EXPECT_EQ(window(9, 29), std::pair(0u, 2u));
  EXPECT_EQ(window(9, 30), std::pair(0u, 3u));
  EXPECT_EQ(window(40, 50), std::pair(4u, 4u));
  EXPECT_EQ(window(0, 5), std::pair(0u, 0u));
  EXPECT_EQ(window(INT64_MIN, INT64_MAX), std::pair(0u, 4u));
  EXPECT_EQ(window(30, 10), std::pair(1u, 1u));  // a window of negative length is empty
}

TEST_F(HistoryTest, ARangeOfRowsWithoutMarksIsPlain) {
  for (int64_t t : {10, 20, 30}) Add(t, {1, 2});
  EXPECT_TRUE(Make()->Plain({0, 3}));
  EXPECT_TRUE(Make()->Plain({1, 2}));
}

TEST_F(HistoryTest, AResetInTheFirstRowOfARangeDoesNotCount) {
  Add(10, {5});
  Add(20, {1}, {.resets = {0}});
  Add(30, {2});
  EXPECT_FALSE(Make()->Plain({0, 3}));
  EXPECT_FALSE(Make()->Plain({0, 2}));
  EXPECT_TRUE(Make()->Plain({1, 3}));  // it fell before the window
  EXPECT_TRUE(Make()->Plain({0, 1}));
}

TEST_F(HistoryTest, AGapAnywhereInARangeCounts) {
  Add(10, {5, 1});
  Add(20, {Hole(), 1}, {.gaps = {0}});
  Add(30, {6, 1});
  EXPECT_FALSE(Make()->Plain({0, 3}));
  EXPECT_FALSE(Make()->Plain({1, 3}));
  EXPECT_TRUE(Make()->Plain({2, 3}));
  EXPECT_TRUE(Make()->Plain({0, 1}));
}

TEST_F(HistoryTest, RowsAreWholeFromTheFirstThatHasAllPositions) {
  EXPECT_EQ(Make()->whole_from(), 0u);
  Add(10, {1, 2});
  EXPECT_EQ(Make()->whole_from(), 1u);
  Add(20, {1, 2, 3});
  Add(30, {1, 2, 3});
  EXPECT_EQ(Make()->whole_from(), 1u);
}

// Whatever was dropped at the old end and added at the new one: what is known without looking
// at the rows is what looking at all of them shows.
TEST_F(HistoryTest, AHistoryAfterAnotherKnowsTheSame) {
  Add(10, {1}, {.own_times = {9}});
  for (int64_t t : {20, 30}) Add(t, {1, 2});
  for (int64_t t : {40, 50, 60}) Add(t, {1, 2, 3});
  Add(70, {1, 2, 3}, {.own_times = {65}});
  Add(80, {1, 2, 3});
  const std::vector<Identity> more = {catalog_.Intern("d", {})};
  const std::array shapes = {shape_, catalog_.Extend(shape_, more)};
  const std::span<const Entry> all = entries_;
  for (size_t until = 0; until <= all.size(); ++until) {
    const HistoryPtr before = History::Create(shape_, all.first(until));
    for (size_t from = 0; from <= until; ++from) {
      for (size_t end = until; end <= all.size(); ++end) {
        for (const std::shared_ptr<const Shape>& shape : shapes) {
          const auto entries = all.subspan(from, end - from);
          const HistoryPtr fresh = History::Create(shape, entries);
          const HistoryPtr after = History::After(*before, shape, entries, until - from);
          SCOPED_TRACE(::testing::Message() << from << ' ' << until << ' ' << end);
          ASSERT_EQ(after->whole_from(), fresh->whole_from());
          ASSERT_EQ(after->timed(), fresh->timed());
          ASSERT_EQ(after->entries().size(), entries.size());
        }
      }
    }
  }
}

TEST_F(HistoryTest, SamplesComeWithoutHolesAndMarkers) {
  Add(10, {1});
  Add(20, {Hole(), 7}, {.gaps = {0}});
  Add(30, {StaleMarker(), 8}, {.gaps = {0}});
  Add(40, {4, NormalNan()});
  EXPECT_THAT(Read(0, 0, 100), ElementsAre(FieldsAre(10, 1.0), FieldsAre(40, 4.0)));
  EXPECT_THAT(Read(1, 0, 30), ElementsAre(FieldsAre(20, 7.0), FieldsAre(30, 8.0)));
  EXPECT_EQ(Read(1, 30, 40).size(), 1u);  // a NaN is a sample
  EXPECT_THAT(Read(2, 0, 100), IsEmpty());  // no row is so long
  EXPECT_THAT(Read(0, 10, 40), ElementsAre(FieldsAre(40, 4.0)));
}

// The cAdvisor case: samples with timestamps of their own, one of them from before the
// window of its row, one from after.
TEST_F(HistoryTest, OwnTimestampsDecideWhatIsInAWindow) {
  Add(100, {1, 11}, {.own_times = {80}});
  Add(200, {2, 12}, {.own_times = {210}});
  EXPECT_TRUE(Make()->timed());
  EXPECT_THAT(Read(0, 80, 300), ElementsAre(FieldsAre(210, 2.0)));
  EXPECT_THAT(Read(0, 79, 209), ElementsAre(FieldsAre(80, 1.0)));
  EXPECT_THAT(Read(1, 80, 200), ElementsAre(FieldsAre(100, 11.0), FieldsAre(200, 12.0)));
}

TEST_F(HistoryTest, TheLatestIsSeenAslongAsTheLookbackReaches) {
  Add(1000, {7});
  EXPECT_EQ(Latest(0, 999, 300), -1);
  EXPECT_EQ(Latest(0, 1000, 300), 7);
  EXPECT_EQ(Latest(0, 1299, 300), 7);
  EXPECT_EQ(Latest(0, 1300, 300), -1);  // left-open
  EXPECT_EQ(Latest(0, INT64_MIN, 300), -1);
  EXPECT_EQ(Latest(0, INT64_MAX, INT64_MAX), -1);  // 1000 is just too far back
  EXPECT_EQ(Latest(0, 1000, INT64_MAX), 7);
}

TEST_F(HistoryTest, TheLatestLooksThroughHolesButNotThroughMarkers) {
  Add(10, {1, 2});
  Add(20, {Hole(), StaleMarker()}, {.gaps = {0, 1}});
  Add(30, {Hole(), Hole()}, {.gaps = {0, 1}});
  EXPECT_EQ(Latest(0, 30, 100), 1);
  EXPECT_EQ(Latest(1, 30, 100), -1);
  EXPECT_EQ(Latest(1, 20, 100), -1);  // a marker at exactly the time counts
  EXPECT_EQ(Latest(1, 19, 100), 2);
}

TEST_F(HistoryTest, AnEndIsAMarkerForEverySeries) {
  Add(10, {1, 2});
  EndAt(15);
  Add(20, {3, Hole()}, {.gaps = {1}});
  EXPECT_EQ(Latest(0, 14, 100), 1);
  EXPECT_EQ(Latest(0, 15, 100), -1);
  EXPECT_EQ(Latest(0, 20, 100), 3);
  EXPECT_EQ(Latest(1, 20, 100), -1);  // it has not come back
  EXPECT_THAT(Read(1, 0, 100), ElementsAre(FieldsAre(10, 2.0)));  // ranges see no end
}

TEST_F(HistoryTest, AnEndDoesNotConcernSamplesWithTheirOwnTimestamps) {
  Add(10, {1, 2}, {.own_times = {8}});
  EndAt(15);
  EXPECT_EQ(Latest(0, 16, 100), 1);
  EXPECT_EQ(Latest(1, 16, 100), -1);
}

// At the end, the newest sample of the series was the one of 25, which an instant
// selector at 16 cannot see yet: what it sees was not ended.
TEST_F(HistoryTest, AnEndDoesNotConcernWhatASampleFromAheadHasFollowed) {
  Add(10, {1});
  Add(12, {2}, {.own_times = {25}});
  EndAt(15);
  EXPECT_EQ(Latest(0, 16, 100), 1);
  EXPECT_EQ(Latest(0, 25, 100), 2);
}

TEST_F(HistoryTest, EarlierRowsAreShorterAndThatIsNoSample) {
  Add(10, {1});
  Add(20, {2, 5});
  EXPECT_EQ(Latest(1, 20, 100), 5);
  EXPECT_EQ(Latest(1, 19, 100), -1);
}

TEST_F(HistoryTest, CountsItsEntries) {
  Add(10, {1});
  Add(20, {1});
  EXPECT_EQ(Make()->bytes(), sizeof(History) + 2 * sizeof(Entry));
}

}  // namespace
}  // namespace tacho::storage
