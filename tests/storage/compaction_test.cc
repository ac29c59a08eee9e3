#include "storage/compaction.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/row_writer.h"
#include "storage/store.h"
#include "tacho/sample.h"
#include "tests/storage/model_driver.h"
#include "tests/storage/scrape.h"
#include "tests/support/status_matchers.h"

namespace tacho::storage {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::Sample;
using ::tacho::testing::Scrape;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CompactionTest : public ::testing::Test {
 protected:
  CompactionTest() : store_(Tight()), target_(*store_.AddTarget({{"pod", "p"}}, {})) {}

  static Options Tight() {
    Options options;
    options.retention = absl::Seconds(5);
    return options;
  }
  // Series m0 .. m3, each with n = first .. first + count - 1.
  static std::vector<Sample> Body(int first, int count, double value) {
    std::vector<Sample> body;
    for (int n = first; n < first + count; ++n) {
      for (int m = 0; m < 4; ++m) {
        body.push_back({"m" + std::to_string(m), value, {{"n", std::to_string(n)}}});
      }
    }
    return body;
  }
  uint32_t size() const { return target_->Load()->shape().size(); }
  uint64_t Layout() { return RowWriter(*target_, 1, true).layout(); }

  // All samples of all series, by name.
  std::map<std::string, std::vector<std::pair<int64_t, double>>> Everything() const {
    std::map<std::string, std::vector<std::pair<int64_t, double>>> all;
    const History& history = *target_->Load();
    for (uint32_t p = 0; p < history.shape().size(); ++p) {
      std::vector<SamplePoint> samples;
      ReadSamples(history, p, INT64_MIN, INT64_MAX, &samples);
      const Identity& id = history.shape()[p];
      const LabelPair* n = id.labels->Find("n");
      auto& series = all[id.metric->text + (n == nullptr ? "" : n->value->text)];
      for (const SamplePoint& s : samples) series.emplace_back(s.time_ms, s.value);
    }
    return all;
  }

  Store store_;
  TargetRef target_;
};

TEST_F(CompactionTest, ThePositionsOfSeriesThatAreLongGoneAreGivenBack) {
  ASSERT_THAT(Scrape(*target_, 1000, Body(0, 20, 1)), IsOk());
  for (int64_t t = 2000; t <= 6000; t += 1000) {
    ASSERT_THAT(Scrape(*target_, t, Body(10, 20, 2)), IsOk());
  }
  // At 6 s the row of 1 s, the last with n < 10, has gone: 40 of 120 positions are dead.
  EXPECT_EQ(size(), 80u);
  EXPECT_EQ(store_.Stats().series, 80u);
  EXPECT_EQ(testing::CheckHistory(*target_->Load()), "");
}

TEST_F(CompactionTest, NotBeforeTheirLastSampleHasExpired) {
  ASSERT_THAT(Scrape(*target_, 1000, Body(0, 20, 1)), IsOk());
  for (int64_t t = 2000; t <= 5000; t += 1000) {
    ASSERT_THAT(Scrape(*target_, t, Body(10, 20, 2)), IsOk());
  }
  EXPECT_EQ(size(), 120u);
}

TEST_F(CompactionTest, AFewDeadPositionsAreNotWorthACopy) {
  const uint64_t layout = Layout();
  ASSERT_THAT(Scrape(*target_, 1000, Body(0, 20, 1)), IsOk());
  for (int64_t t = 2000; t <= 9000; t += 1000) {
    ASSERT_THAT(Scrape(*target_, t, Body(5, 15, 1)), IsOk());  // 20 dead of 80
  }
  EXPECT_EQ(size(), 80u);
  EXPECT_EQ(Layout(), layout);
}

// Of 80 positions 32 are dead at 6 s, and one or more are missing that are not: these do
// not count, nor do they stand in the way.
TEST_F(CompactionTest, ThirtyTwoDeadAreEnoughWhateverElseIsMissing) {
  ASSERT_THAT(Scrape(*target_, 1000, Body(0, 20, 1)), IsOk());
  for (int64_t t = 2000; t <= 5000; t += 1000) {
    ASSERT_THAT(Scrape(*target_, t, Body(8, 12, 1)), IsOk());
  }
  std::vector<Sample> body = Body(8, 12, 1);
  body.pop_back();
  ASSERT_THAT(Scrape(*target_, 6000, body), IsOk());
  EXPECT_EQ(size(), 48u);
}

TEST_F(CompactionTest, ThirtyOneDeadAreNotEnough) {
  std::vector<Sample> survivors = Body(8, 12, 1);
  survivors.push_back({"m0", 1, {{"n", "0"}}});  // one of the 32 that die above
  ASSERT_THAT(Scrape(*target_, 1000, Body(0, 20, 1)), IsOk());
  for (int64_t t = 2000; t <= 9000; t += 1000) ASSERT_THAT(Scrape(*target_, t, survivors), IsOk());
  EXPECT_EQ(size(), 80u);
}

TEST_F(CompactionTest, RowsKeepTheirMeaning) {
  // Counters that restart, one with its own timestamps, some that come and go.
  for (int i = 0; i < 4; ++i) {
    std::vector<Sample> body = Body(i == 0 ? 0 : 15, 20, i == 2 ? 1 : 5 + i);
    const int64_t t = 1000 * (i + 1);
    body.push_back({"own", 1.0 + i, {}, t - 100});
    ASSERT_THAT(Scrape(*target_, t, body), IsOk());
  }
  EXPECT_EQ(target_->MarkStale(4500), Refusal::kNone);
  const uint64_t layout = Layout();
  auto before = Everything();
  std::vector<Sample> body = Body(15, 20, 3);
  body.push_back({"own", 9, {}, 5900});
  ASSERT_THAT(Scrape(*target_, 6000, body), IsOk());
  ASSERT_NE(Layout(), layout);

  // Of what was there, all but the row of 1 s must be there still, and the new row.
  for (auto& [name, samples] : before) {
    std::erase_if(samples, [](const auto& sample) { return sample.first <= 1000; });
  }
  std::erase_if(before, [](const auto& entry) { return entry.second.empty(); });
  for (auto& [name, samples] : before) {
    samples.emplace_back(name == "own" ? 5900 : 6000, name == "own" ? 9 : 3);
  }
  EXPECT_EQ(Everything(), before);
  EXPECT_EQ(testing::CheckHistory(*target_->Load()), "");
  EXPECT_EQ(target_->Load()->entries()[2].ended_ms, 4500);
}

TEST_F(CompactionTest, AMetricsPositionsAreOneRunAgain) {
  ASSERT_THAT(Scrape(*target_, 1000, Body(0, 20, 1)), IsOk());
  ASSERT_THAT(Scrape(*target_, 7000, Body(40, 20, 1)), IsOk());
  EXPECT_EQ(size(), 80u);
  EXPECT_THAT(target_->Load()->shape().runs(), SizeIs(4));
}

TEST_F(CompactionTest, WhereAllSeriesAreGoneNoPositionIsLeft) {
  ASSERT_THAT(Scrape(*target_, 1000, Body(0, 20, 1)), IsOk());
  for (int64_t t = 2000; t <= 6000; t += 1000) ASSERT_THAT(Scrape(*target_, t, {}), IsOk());
  EXPECT_EQ(size(), 0u);
  EXPECT_EQ(store_.Stats().series, 0u);
  EXPECT_THAT(target_->Load()->entries(), SizeIs(5));
  ASSERT_THAT(Scrape(*target_, 7000, Body(0, 20, 1)), IsOk());
  EXPECT_EQ(size(), 80u);
}

// Each scrape replaces a tenth of the series. What is live or kept is bounded, and so is
// the shape: kept plus a quarter.
TEST_F(CompactionTest, UnderChurnTheShapeIsBounded) {
  for (int i = 0; i < 500; ++i) {
    ASSERT_THAT(Scrape(*target_, i * 1000, Body(i, 10, i)), IsOk());
    // 10 live and 5 rows back are 15 values of n, 60 series; at most 32 dead are kept.
    ASSERT_LE(size(), 60u + 32u);
  }
  EXPECT_EQ(testing::CheckHistory(*target_->Load()), "");
}

TEST(CompactRowTest, PutsEachPositionInItsNewPlace) {
  const std::vector<double> values = {1, 2, StaleMarker(), 4};
  const RowPtr row =
      Row::Create(9, values, {.gaps = {2}, .resets = {1, 3}, .own_times = {7, kNoTime}});
  const std::vector<uint32_t> kept = {3, 2, 0, 5};  // 5 is beyond this row
  const RowPtr compacted = CompactRow(*row, kept, nullptr);
  ASSERT_EQ(compacted->size(), 4u);
  EXPECT_EQ((*compacted)[0], 4);
  EXPECT_TRUE(IsStaleMarker((*compacted)[1]));
  EXPECT_EQ((*compacted)[2], 1);
  EXPECT_TRUE(IsHole((*compacted)[3]));
  EXPECT_THAT(compacted->gaps(), ElementsAre(1, 3));
  EXPECT_THAT(compacted->resets(), ElementsAre(0));
  EXPECT_EQ(compacted->TimeOf(2), 7);
  EXPECT_FALSE(compacted->HasOwnTime(0));
  EXPECT_EQ(compacted->time_ms(), 9);
}

}  // namespace
}  // namespace tacho::storage
