// What becomes of the samples of a row: places, values, markers, resets, timestamps.
#include "storage/row_writer.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/store.h"
#include "tacho/sample.h"
#include "tests/storage/scrape.h"
#include "tests/support/status_matchers.h"

namespace tacho::storage {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::Latest;
using ::tacho::testing::Samples;
using ::tacho::testing::Scrape;
using ::tacho::testing::StatusIs;
using ::tacho::testing::Write;
using ::testing::ElementsAre;
using ::testing::FieldsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

class RowWriterTest : public ::testing::Test {
 protected:
  RowWriterTest() : store_(Tight()), target_(*store_.AddTarget({{"pod", "p"}}, {})) {}

  static Options Tight() {
    Options options;
    options.retention = absl::Seconds(100);
    options.max_ahead = absl::Seconds(10);
    return options;
  }
  const Row& NewestRow() const { return *target_->Load()->entries().back().row; }
  uint64_t RefusedSamples(Refusal why) const {
    return store_.Stats().refused_samples[static_cast<size_t>(why)];
  }

  Store store_;
  TargetRef target_;
};

TEST_F(RowWriterTest, NothingIsSeenBeforeCommit) {
  {
    RowWriter row(*target_, 1000, true);
    row.Add("a", {}, 1);
    EXPECT_THAT(target_->Load()->entries(), IsEmpty());
  }
  EXPECT_THAT(target_->Load()->entries(), IsEmpty());  // destroyed without Commit
  EXPECT_EQ(store_.Stats().series, 0u);
  EXPECT_EQ(store_.Stats().rows, 0u);
}

TEST_F(RowWriterTest, ReportsWhatItStored) {
  const auto first = Scrape(*target_, 1000, {{"a", 1}, {"b", 2}});
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->stored, 2u);
  EXPECT_EQ(first->series_added, 2u);
  EXPECT_EQ(first->series_ended, 0u);
  const auto second = Scrape(*target_, 2000, {{"c", 3}, {"a", 4}});
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->stored, 2u);
  EXPECT_EQ(second->series_added, 1u);
  EXPECT_EQ(second->series_ended, 1u);
  EXPECT_EQ(store_.Stats().samples_stored, 4u);
  EXPECT_EQ(store_.Stats().scrapes_stored, 2u);
}

TEST_F(RowWriterTest, TheOrderOfABodyDoesNotMatter) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}, {"b", 2}}), IsOk());
  ASSERT_THAT(Scrape(*target_, 2000, {{"b", 3}, {"a", 4}}), IsOk());
  EXPECT_THAT(Samples(*target_, "a"), ElementsAre(FieldsAre(1000, 1.0), FieldsAre(2000, 4.0)));
  EXPECT_EQ(target_->Load()->shape().size(), 2u);
}

TEST_F(RowWriterTest, AnotherMetricWithTheSameLabelsNeedsNoLookAtThem) {
  RowWriter row(*target_, 1000, true);
  const std::vector<TextLabel> labels = {{"code", "200"}, {"pod", "body"}};
  const uint32_t a = row.Place("a", labels);
  row.Set(a, 1);
  const uint32_t b = row.PlaceSame("b", row.LabelsAt(a));
  row.Set(b, 2);
  EXPECT_EQ(row.Place("b", labels), b);
  EXPECT_EQ(row.PlaceSame("a", row.LabelsAt(b)), a);
  row.Set(a, 1);  // the same value: no duplicate
  row.Set(b, 3);
  ASSERT_THAT(row.Commit(), IsOk());
  EXPECT_EQ(RefusedSamples(Refusal::kDuplicate), 1u);
  EXPECT_THAT(Latest(*target_, "b", 1000), Optional(2));
  EXPECT_EQ(target_->Load()->shape()[a].labels, target_->Load()->shape()[b].labels);
}

TEST_F(RowWriterTest, TheNameOfAMetricWithKnownLabelsHasItsLimit) {
  RowWriter row(*target_, 1000, true);
  const uint32_t a = row.Add("a", {}, 1);
  const std::string name(row.limits().max_label_name_bytes + 1, 'n');
  EXPECT_EQ(row.PlaceSame(name, row.LabelsAt(a)), kNoPosition);
  EXPECT_EQ(row.PlaceSame("b", row.LabelsAt(a)), kNoPosition);  // the row is refused
  EXPECT_THAT(row.Commit(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("max_label_name_bytes")));
}

TEST_F(RowWriterTest, KnownPlacesMayBeWrittenDirectly) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}, {"b", 2}}), IsOk());
  RowWriter row(*target_, 2000, true);
  ASSERT_EQ(row.known().size(), 2u);
  EXPECT_TRUE(IsHole(row.known()[0]));
  row.known()[0] = 5;
  EXPECT_EQ(row.Add("c", {}, 6), 2u);  // and does not move what is known
  row.known()[1] = 7;
  EXPECT_EQ(row.PositionOf("c", {}), 2u);
  EXPECT_EQ(row.PositionOf("a", {}), 0u);
  EXPECT_EQ(row.PositionOf("d", {}), kNoPosition);
  ASSERT_THAT(row.Commit(), IsOk());
  EXPECT_THAT(Samples(*target_, "b"), ElementsAre(FieldsAre(1000, 2.0), FieldsAre(2000, 7.0)));
}

TEST_F(RowWriterTest, OfTwoValuesForASeriesTheFirstStays) {
  const auto report = Scrape(*target_, 1000, {{"a", 1}, {"a", 1}, {"a", 2}});
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->stored, 1u);
  EXPECT_EQ(report->refused, 1u);  // the equal one is no error
  EXPECT_EQ(report->first_refusal, Refusal::kDuplicate);
  EXPECT_EQ(RefusedSamples(Refusal::kDuplicate), 1u);
  EXPECT_THAT(Latest(*target_, "a", 1000), Optional(1.0));
}

TEST_F(RowWriterTest, SamplesOfADroppedRowAreNotCountedAsRefused) {
  {
    RowWriter row(*target_, 1000, true);
    row.Add("a", {}, 1);
    row.Add("a", {}, 2);
  }
  EXPECT_EQ(RefusedSamples(Refusal::kDuplicate), 0u);
}

// A NaN with the bits of a hole would vanish.
TEST_F(RowWriterTest, ANanThatLooksLikeAHoleIsAnOrdinaryNan) {
  const auto report =
      Scrape(*target_, 1000, {{"a", Hole()}, {"a", Hole()}, {"b", Hole(), {}, 900}});
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->stored, 2u);
  EXPECT_EQ(report->refused, 0u);
  EXPECT_TRUE(SameBits(*Latest(*target_, "a", 1000), NormalNan()));
  EXPECT_TRUE(SameBits(*Latest(*target_, "b", 1000), NormalNan()));
}

// --- Staleness ----------------------------------------------------------------------

TEST_F(RowWriterTest, ASeriesThatLeavesTheBodyGetsOneMarker) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}, {"b", 2}}), IsOk());
  ASSERT_THAT(Scrape(*target_, 2000, {{"b", 3}}), IsOk());
  EXPECT_TRUE(IsStaleMarker(NewestRow()[0]));
  EXPECT_EQ(Latest(*target_, "a", 2000), std::nullopt);
  EXPECT_THAT(Latest(*target_, "a", 1999), Optional(1.0));
  const auto third = Scrape(*target_, 3000, {{"b", 4}});
  EXPECT_EQ(third->series_ended, 0u);
  EXPECT_TRUE(IsHole(NewestRow()[0]));  // it has ended already
}

TEST_F(RowWriterTest, ASeriesThatReturnsGoesOnAtItsPlace) {
  for (int64_t t : {1000, 3000}) ASSERT_THAT(Scrape(*target_, t, {{"a", 5}, {"b", 1}}), IsOk());
  ASSERT_THAT(Scrape(*target_, 4000, {{"b", 1}}), IsOk());
  const auto back = Scrape(*target_, 5000, {{"a", 6}, {"b", 1}});
  EXPECT_EQ(back->series_added, 0u);
  EXPECT_THAT(Latest(*target_, "a", 5000), Optional(6.0));
  EXPECT_EQ(Samples(*target_, "a").size(), 3u);
}

TEST_F(RowWriterTest, ARowThatIsNoScrapeEndsNothing) {
  ASSERT_THAT(Write(*target_, 1000, {{"a", 1}, {"b", 2}}, false), IsOk());
  ASSERT_THAT(Write(*target_, 2000, {{"b", 3}}, false), IsOk());
  EXPECT_TRUE(IsHole(NewestRow()[0]));
  EXPECT_THAT(Latest(*target_, "a", 2000), Optional(1.0));
}

TEST_F(RowWriterTest, AMarkerThatIsWrittenEndsItsSeries) {
  ASSERT_THAT(Write(*target_, 1000, {{"a", 1}}, false), IsOk());
  const auto report = Write(*target_, 2000, {{"a", StaleMarker()}}, false);
  EXPECT_EQ(report->stored, 0u);
  EXPECT_EQ(Latest(*target_, "a", 2000), std::nullopt);
}

// What had ended with the failed scrape is not ended a second time.
TEST_F(RowWriterTest, AfterAFailedScrapeAMissingSeriesGetsNoMarkerOfItsOwn) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}, {"b", 2}}), IsOk());
  EXPECT_EQ(target_->MarkStale(2000), Refusal::kNone);
  EXPECT_EQ(Latest(*target_, "b", 2000), std::nullopt);
  const auto report = Scrape(*target_, 3000, {{"a", 3}});
  EXPECT_EQ(report->series_ended, 0u);
  EXPECT_THAT(Latest(*target_, "a", 3000), Optional(3.0));
  EXPECT_EQ(Latest(*target_, "b", 3000), std::nullopt);
}

TEST_F(RowWriterTest, ASeriesWithItsOwnTimestampsLingers) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1, {}, 990}, {"b", 2}}), IsOk());
  const auto report = Scrape(*target_, 2000, {{"b", 3}});
  EXPECT_EQ(report->series_ended, 0u);
  EXPECT_THAT(Latest(*target_, "a", 2000), Optional(1.0));
  EXPECT_EQ(target_->MarkStale(2500), Refusal::kNone);
  EXPECT_THAT(Latest(*target_, "a", 2500), Optional(1.0));
  EXPECT_EQ(Latest(*target_, "b", 2500), std::nullopt);
}

// --- Resets -------------------------------------------------------------------------

TEST_F(RowWriterTest, AFallIsAReset) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 5}, {"b", 5}, {"c", NormalNan()}}), IsOk());
  ASSERT_THAT(Scrape(*target_, 2000, {{"a", 4}, {"b", 5}, {"c", 1}}), IsOk());
  EXPECT_THAT(NewestRow().resets(), ElementsAre(0));
  EXPECT_THAT(NewestRow().gaps(), IsEmpty());
}

// Resets are looked for block by block; they are found at the edges of blocks too.
TEST_F(RowWriterTest, ResetsAreFoundAtEveryPlaceOfALongRow) {
  std::vector<testing::Sample> body;
  for (int i = 0; i < 50; ++i) body.push_back({"m" + std::to_string(i), 100});
  ASSERT_THAT(Scrape(*target_, 1000, body), IsOk());
  for (uint32_t fallen = 0; fallen < 50; ++fallen) {
    for (testing::Sample& sample : body) sample.value += 10;
    body[fallen].value -= 11;
    ASSERT_THAT(Scrape(*target_, 2000 + fallen, body), IsOk());
    EXPECT_THAT(NewestRow().resets(), ElementsAre(fallen));
  }
}

TEST_F(RowWriterTest, AResetIsFoundAcrossGapsAndEnds) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 5}, {"b", 5}}), IsOk());
  ASSERT_THAT(Scrape(*target_, 2000, {{"b", 6}}), IsOk());        // a: marker
  ASSERT_THAT(Scrape(*target_, 3000, {{"b", 7}}), IsOk());        // a: hole
  ASSERT_THAT(Scrape(*target_, 4000, {{"a", 4}, {"b", 8}}), IsOk());
  EXPECT_THAT(NewestRow().resets(), ElementsAre(0));
  EXPECT_EQ(target_->MarkStale(5000), Refusal::kNone);
  ASSERT_THAT(Scrape(*target_, 6000, {{"a", 4}, {"b", 7}}), IsOk());
  EXPECT_THAT(NewestRow().resets(), ElementsAre(1));
}

// --- Times --------------------------------------------------------------------------

TEST_F(RowWriterTest, RowsComeInOrder) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}}), IsOk());
  EXPECT_THAT(Scrape(*target_, 1000, {{"a", 1}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("duplicate")));
  EXPECT_THAT(Scrape(*target_, 999, {{"a", 1}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("out of order")));
  EXPECT_EQ(target_->MarkStale(1500), Refusal::kNone);
  EXPECT_THAT(Scrape(*target_, 1400, {{"a", 1}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("out of order")));
  EXPECT_EQ(Samples(*target_, "a").size(), 1u);
  EXPECT_EQ(store_.Stats().refused_scrapes[static_cast<size_t>(Refusal::kOutOfOrder)], 2u);
}

TEST_F(RowWriterTest, TheClockBoundsRowsOnceItIsKnown) {
  store_.Advance(200'000);
  EXPECT_THAT(Scrape(*target_, 100'000, {{"a", 1}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("too old")));
  EXPECT_THAT(Scrape(*target_, 100'001, {{"a", 1}}), IsOk());
  EXPECT_THAT(Scrape(*target_, 210'001, {{"a", 1}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("too far ahead")));
  EXPECT_THAT(Scrape(*target_, 210'000, {{"a", 1}}), IsOk());
}

TEST_F(RowWriterTest, TimesAtTheEndsOfInt64AreRefused) {
  for (int64_t t : {INT64_MIN, INT64_MIN + 1, kMinTime - 1}) {
    EXPECT_THAT(Scrape(*target_, t, {{"a", 1}}),
                StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("too old")));
    EXPECT_EQ(target_->MarkStale(t), Refusal::kTooOld);
  }
  for (int64_t t : {INT64_MAX, INT64_MAX - 1, kMaxTime + 1}) {
    EXPECT_THAT(Scrape(*target_, t, {{"a", 1}}),
                StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("too far ahead")));
    EXPECT_EQ(target_->MarkStale(t), Refusal::kTooFarAhead);
  }
  ASSERT_THAT(Scrape(*target_, kMinTime, {{"a", 1}}), IsOk());
  ASSERT_THAT(Scrape(*target_, 0, {{"a", 1}}), IsOk());
  ASSERT_THAT(Scrape(*target_, kMaxTime, {{"a", 1}}), IsOk());
  EXPECT_EQ(Samples(*target_, "a").size(), 1u);  // retention is far shorter
}

TEST_F(RowWriterTest, OwnTimestampsHaveBoundsOfTheirOwn) {
  const auto report = Scrape(*target_, 200'000,
                             {{"old", 1, {}, 100'000}, {"edge", 1, {}, 100'001},
                              {"ahead", 1, {}, 210'001}, {"near", 1, {}, 210'000},
                              {"min", 1, {}, INT64_MIN}, {"max", 1, {}, INT64_MAX}});
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->stored, 2u);
  EXPECT_EQ(RefusedSamples(Refusal::kTooOld), 2u);
  EXPECT_EQ(RefusedSamples(Refusal::kTooFarAhead), 2u);
  EXPECT_THAT(Samples(*target_, "edge"), ElementsAre(FieldsAre(100'001, 1.0)));
  EXPECT_THAT(Samples(*target_, "near"), ElementsAre(FieldsAre(210'000, 1.0)));
}

TEST_F(RowWriterTest, TheSameSampleExposedAgainIsNoNewOne) {
  for (int64_t t : {1000, 2000, 3000}) {
    const auto report = Scrape(*target_, t, {{"a", 1, {}, 990}});
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->refused, 0u);
    EXPECT_EQ(report->stored, t == 1000 ? 1u : 0u);
  }
  EXPECT_THAT(Samples(*target_, "a"), ElementsAre(FieldsAre(990, 1.0)));
  EXPECT_THAT(Latest(*target_, "a", 3000), Optional(1.0));
}

TEST_F(RowWriterTest, OwnTimestampsOutOfOrderAreRefusedOneByOne) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1, {}, 900}, {"b", 1}}), IsOk());
  const auto report = Scrape(*target_, 2000, {{"a", 2, {}, 899}, {"b", 2}});
  EXPECT_EQ(report->refused, 1u);
  EXPECT_EQ(report->first_refusal, Refusal::kOutOfOrder);
  const auto equal = Scrape(*target_, 3000, {{"a", 2, {}, 900}, {"b", 3}});
  EXPECT_EQ(equal->first_refusal, Refusal::kDuplicate);
  EXPECT_THAT(Samples(*target_, "a"), ElementsAre(FieldsAre(900, 1.0)));
  EXPECT_EQ(Samples(*target_, "b").size(), 3u);
}

// The marker at 2000 is the series' newest event: a sample of 1500 comes too late, or
// the series would come back to life in the past.
TEST_F(RowWriterTest, OwnTimestampsFromBeforeTheEndOfTheSeriesAreRefused) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}, {"b", 1}}), IsOk());
  ASSERT_THAT(Scrape(*target_, 2000, {{"b", 2}}), IsOk());
  const auto report = Scrape(*target_, 3000, {{"a", 2, {}, 1500}, {"b", 3}});
  EXPECT_EQ(report->first_refusal, Refusal::kOutOfOrder);
  EXPECT_EQ(target_->MarkStale(4000), Refusal::kNone);
  const auto after = Scrape(*target_, 5000, {{"b", 4, {}, 3500}});
  EXPECT_EQ(after->first_refusal, Refusal::kOutOfOrder);
}

TEST_F(RowWriterTest, ARowsSampleThatIsOlderThanTheSeriesNewestIsDropped) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1, {}, 2500}, {"b", 1}}), IsOk());
  const auto late = Scrape(*target_, 2000, {{"a", 2}, {"b", 2}});
  EXPECT_EQ(late->first_refusal, Refusal::kOutOfOrder);
  EXPECT_EQ(late->stored, 1u);
  const auto equal = Scrape(*target_, 2500, {{"a", 1}, {"b", 3}});
  EXPECT_EQ(equal->refused, 0u);  // the very same sample
  ASSERT_THAT(Scrape(*target_, 3000, {{"a", 4}, {"b", 4}}), IsOk());
  EXPECT_THAT(Samples(*target_, "a"), ElementsAre(FieldsAre(2500, 1.0), FieldsAre(3000, 4.0)));
}

// --- Labels of the target -------------------------------------------------------------

TEST_F(RowWriterTest, ALabelOfTheTargetIsRenamedInTheBody) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1, {{"pod", "x"}}}}), IsOk());
  EXPECT_TRUE(testing::Find(target_->Load()->shape(), "a", "exported_pod", "x").has_value());
}

TEST_F(RowWriterTest, HonouredLabelsReplaceTheTargetsOrHideThem) {
  const auto honoring = *store_.AddTarget({{"pod", "q"}}, {.honor_labels = true});
  ASSERT_THAT(Scrape(*honoring, 1000, {{"a", 1, {{"pod", "x"}}}, {"b", 1, {{"pod", ""}}}}), IsOk());
  EXPECT_TRUE(testing::Find(honoring->Load()->shape(), "a", "pod", "x").has_value());
  EXPECT_TRUE(testing::Find(honoring->Load()->shape(), "b", "pod", "").has_value());
}

// --- Adopting a shape -----------------------------------------------------------------

TEST_F(RowWriterTest, AShapeThatIsTakenOverIsShared) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}, {"b", 2}}), IsOk());
  const auto twin = *store_.AddTarget({{"pod", "q"}}, {});
  {
    RowWriter row(*twin, 1000, true);
    row.Adopt(target_->Load()->shared_shape());
    ASSERT_EQ(row.known().size(), 2u);
    row.known()[1] = 7;
    const auto report = row.Commit();
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->stored, 1u);
    EXPECT_EQ(report->series_added, 2u);
  }
  EXPECT_EQ(&twin->Load()->shape(), &target_->Load()->shape());
  EXPECT_THAT(Samples(*twin, "a"), IsEmpty());
  EXPECT_THAT(Samples(*twin, "b"), ElementsAre(FieldsAre(1000, 7.0)));
  EXPECT_EQ(store_.Stats().series, 4u);
}

}  // namespace
}  // namespace tacho::storage
