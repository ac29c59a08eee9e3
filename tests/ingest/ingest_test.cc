// What a body becomes, and what is left as it was when a body is refused.
#include "engine/ingest.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tacho/sample.h"
#include "tests/ingest/fixture.h"
#include "tests/support/status_matchers.h"

namespace tacho::testing {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr Exposition kText = Exposition::kText;

Options Tight() {
  Options options;
  options.storage.max_samples_per_scrape = 5;
  options.storage.max_body_bytes = 200;
  return options;
}

class IngestTest : public IngestFixture {
 protected:
  IngestTest() : IngestFixture(Tight()) {}
  uint64_t Refused(Refusal why) const {
    return store_->Stats().refused_scrapes[static_cast<size_t>(why)];
  }
  const Labels pod_{{"pod", "p"}};
};

TEST_F(IngestTest, ABodyIsOneRow) {
  auto target = Add(pod_);
  const auto report = target.Ingest("# TYPE a counter\na{x=\"1\"} 5\nb 6.5\n", kText, At(1000));
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->samples, 2u);
  EXPECT_EQ(report->stored, 2u);
  EXPECT_EQ(report->series_added, 2u);
  EXPECT_EQ(report->replayed, 0u);
  EXPECT_EQ(ValueOf(pod_, "a x=1"), 5);
  EXPECT_EQ(ValueOf(pod_, "b"), 6.5);
  EXPECT_EQ(HistoryOf(pod_).entries().size(), 1u);
}

TEST_F(IngestTest, AnEmptyBodyIsAScrapeThatEndsAll) {
  auto target = Add(pod_);
  ASSERT_THAT(target.Ingest("a 1\n", kText, At(1000)), IsOk());
  const auto report = target.Ingest("", kText, At(2000));
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->samples, 0u);
  EXPECT_EQ(report->series_ended, 1u);
}

TEST_F(IngestTest, AMalformedBodyStoresNothingAndSaysWhere) {
  auto target = Add(pod_);
  ASSERT_THAT(target.Ingest("a 1\nb 2\n", kText, At(1000)), IsOk());
  const DatabaseStats before = store_->Stats();
  EXPECT_THAT(target.Ingest("a 3\na 4\nc 5\nb {\n", kText, At(2000)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("4:")));
  EXPECT_EQ(HistoryOf(pod_).entries().size(), 1u);
  EXPECT_EQ(store_->Stats().series, before.series);
  EXPECT_EQ(store_->Stats().rows, before.rows);
  EXPECT_EQ(store_->Stats().refused_samples, before.refused_samples);  // not even the duplicate
  EXPECT_EQ(Refused(Refusal::kMalformed), 1u);
  // And the next body goes on by replay, as if nothing had been.
  const auto next = target.Ingest("a 3\nb 4\n", kText, At(2000));
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->replayed, 2u);
}

TEST_F(IngestTest, AMalformedFirstBodyLeavesNoTrace) {
  const uint64_t bytes = store_->Stats().bytes;
  {
    auto target = Add(pod_);
    EXPECT_FALSE(target.Ingest("a 1\nb\n", kText, At(1000)).ok());
    EXPECT_EQ(store_->Stats().series, 0u);
    target.Remove(At(1000));
  }
  store_->Advance(1'000'000);
  store_->catalog().Collect();
  EXPECT_EQ(store_->Stats().bytes, bytes);
}

TEST_F(IngestTest, TheSampleLimitsOfStoreAndTargetRefuseTheWholeBody) {
  auto target = Add(pod_);
  EXPECT_THAT(target.Ingest("a 1\nb 1\nc 1\nd 1\ne 1\n", kText, At(1000)), IsOk());
  for (const int64_t t : {2000, 3000}) {  // parsed, and replayed
    EXPECT_THAT(target.Ingest("a 1\nb 1\nc 1\nd 1\ne 1\nf 1\n", kText, At(t)),
                StatusIs(absl::StatusCode::kResourceExhausted,
                         HasSubstr("max_samples_per_scrape (5)")));
  }
  auto small = Add({{"pod", "small"}}, {.sample_limit = 2});
  EXPECT_THAT(small.Ingest("a 1\nb 1\n", kText, At(1000)), IsOk());
  EXPECT_THAT(small.Ingest("a 1\nb 1\nc 1\n", kText, At(2000)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("sample_limit")));
  EXPECT_EQ(Refused(Refusal::kSampleLimit), 3u);
  EXPECT_EQ(HistoryOf(pod_).entries().size(), 1u);
}

TEST_F(IngestTest, TheBodyLimitsOfStoreAndTargetRefuseTheWholeBody) {
  auto target = Add(pod_);
  const std::string comment = "#" + std::string(198, 'x') + "\n";
  EXPECT_THAT(target.Ingest(comment, kText, At(1000)), IsOk());
  EXPECT_THAT(target.Ingest(comment + "\n", kText, At(2000)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("max_body_bytes (200)")));
  auto small = Add({{"pod", "small"}}, {.body_size_limit = 4});
  EXPECT_THAT(small.Ingest("a 1\n", kText, At(1000)), IsOk());
  EXPECT_FALSE(small.Ingest("a 10\n", kText, At(2000)).ok());
  EXPECT_EQ(Refused(Refusal::kBodyLimit), 2u);
}

TEST_F(IngestTest, RefusedForItsTimeABodyIsNotEvenRead) {
  auto target = Add(pod_);
  ASSERT_THAT(target.Ingest("a 1\n", kText, At(1000)), IsOk());
  EXPECT_THAT(target.Ingest("not a body at all {\n", kText, At(1000)),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("duplicate")));
  target.Remove(At(2000));
  EXPECT_THAT(target.Ingest("a 1\n", kText, At(3000)),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("removed")));
}

TEST_F(IngestTest, AStaleMarkerCannotBeWrittenAsText) {
  auto target = Add(pod_);
  ASSERT_THAT(target.Ingest("a NaN\nb nan\n", kText, At(1000)), IsOk());
  const std::pair<int64_t, uint64_t> nan{1000, kNormalNanBits};
  EXPECT_THAT(ContentsOf(HistoryOf(pod_)),
              ElementsAre(Pair("a", ElementsAre(nan)), Pair("b", ElementsAre(nan))));
}

// --- Labels --------------------------------------------------------------------------

TEST_F(IngestTest, ConflictingLabelsAreRenamedOrHonoured) {
  const std::string body = "a{pod=\"x\"} 1\nb{pod=\"\"} 2\n";
  auto renaming = Add(pod_);
  auto honouring = Add({{"pod", "q"}}, {.honor_labels = true});
  for (const int64_t t : {1000, 2000}) {  // parsed, and replayed
    ASSERT_THAT(renaming.Ingest(body, kText, At(t)), IsOk());
    ASSERT_THAT(honouring.Ingest(body, kText, At(t)), IsOk());
  }
  EXPECT_EQ(ValueOf(pod_, "a exported_pod=x"), 1);
  EXPECT_EQ(ValueOf(pod_, "b"), 2);
  EXPECT_EQ(ValueOf({{"pod", "q"}}, "a pod=x"), 1);
  EXPECT_EQ(ValueOf({{"pod", "q"}}, "b pod="), 2);
}

// --- Timestamps ------------------------------------------------------------------------

TEST_F(IngestTest, TimestampsOfTheBodyAreIgnoredUnlessHonoured) {
  auto plain = Add(pod_);
  auto timed = Add({{"pod", "t"}}, {.honor_timestamps = true});
  for (const int64_t t : {10'000, 20'000}) {
    const std::string body = "a 1 " + std::to_string(t - 500) + "\nb 2\n";
    ASSERT_THAT(plain.Ingest(body, kText, At(t)), IsOk());
    ASSERT_THAT(timed.Ingest(body, kText, At(t)), IsOk());
  }
  const Contents of_plain = ContentsOf(HistoryOf(pod_));
  EXPECT_THAT(of_plain.at("a"), ElementsAre(Pair(10'000, _), Pair(20'000, _)));
  const Contents of_timed = ContentsOf(HistoryOf({{"pod", "t"}}));
  EXPECT_THAT(of_timed.at("a"), ElementsAre(Pair(9500, _), Pair(19'500, _)));
  EXPECT_THAT(of_timed.at("b"), ElementsAre(Pair(10'000, _), Pair(20'000, _)));
}

TEST_F(IngestTest, ATimestampOutOfBoundsCostsOnlyItsSample) {
  auto target = Add(pod_, {.honor_timestamps = true});
  for (const int64_t t : {1'000'000'000, 1'000'015'000}) {
    const auto report = target.Ingest("a 1 5\nb 2\nc 3 9000000000000000000\n", kText, At(t));
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->stored, 1u);
    EXPECT_EQ(report->refused, 2u);
    EXPECT_EQ(report->first_refusal, Refusal::kTooOld);
  }
  EXPECT_EQ(store_->Stats().refused_samples[static_cast<size_t>(Refusal::kTooFarAhead)], 2u);
}

TEST_F(IngestTest, ADuplicateLineCostsOnlyItself) {
  auto target = Add(pod_);
  for (const int64_t t : {1000, 2000}) {
    const auto report = target.Ingest("a 1\na 2\nb 3\na 1\n", kText, At(t));
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->samples, 4u);
    EXPECT_EQ(report->stored, 2u);
    EXPECT_EQ(report->refused, 1u);  // the equal one is no error
  }
  EXPECT_EQ(ValueOf(pod_, "a"), 1);
}

// --- Formats ---------------------------------------------------------------------------

TEST_F(IngestTest, ATargetMayChangeItsFormat) {
  auto target = Add(pod_);
  ASSERT_THAT(target.Ingest("a 1\nb 2\n", kText, At(1000)), IsOk());
  for (int64_t t = 2000; t < 8000; t += 1000) {
    const bool open = t % 2000 == 0;
    const auto report = target.Ingest(open ? "a 3\nb 4\n# EOF\n" : "a 3\nb 4\n",
                                      open ? Exposition::kOpenMetrics : kText, At(t));
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->series_added, 0u);
    EXPECT_EQ(report->stored, 2u);
  }
  EXPECT_THAT(target.Ingest("a 3\nb 4\n", Exposition::kOpenMetrics, At(9000)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("EOF")));
}

// --- Rows by name ------------------------------------------------------------------------

TEST_F(IngestTest, ARowByNameRefusesWhatABodyCannotSay) {
  auto target = Add(pod_);
  const std::vector<double> one = {1};
  const auto append = [&](std::vector<Labels> series, const std::vector<double>& values) {
    return target.AppendRow(series, values, At(1000));
  };
  EXPECT_THAT(
      append({{{"__name__", "a"}}, {{"__name__", "b"}}}, one),
      StatusIs(absl::StatusCode::kInvalidArgument, "2 series but 1 values; give one for each"));
  EXPECT_THAT(append({{{"x", "1"}}}, one),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("{x=\"1\"} has no __name__")));
  EXPECT_THAT(append({{{"__name__", "a"}, {"x", "\xff"}}}, one),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not UTF-8")));
  EXPECT_THAT(append({{{"__name__", "a"}, {"", "x"}}}, one),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("name is empty")));
  EXPECT_EQ(store_->Stats().rows, 0u);
  const auto report = append({{{"__name__", "a"}, {"x", "1"}}}, one);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->samples, 1u);
  EXPECT_EQ(ValueOf(pod_, "a x=1"), 1);
}

TEST_F(IngestTest, ARowByNameHasTheLimitsOfABody) {
  auto target = Add(pod_);
  std::vector<Labels> series;
  for (int i = 0; i < 6; ++i) series.push_back({{"__name__", "m" + std::to_string(i)}});
  const std::vector<double> values(6, 1.0);
  EXPECT_THAT(target.AppendRow(series, values, At(1000)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("max_samples_per_scrape")));
  EXPECT_EQ(Refused(Refusal::kSampleLimit), 1u);
  series.pop_back();
  EXPECT_THAT(target.AppendRow(series, {values.data(), 5}, At(1000)), IsOk());
}

// --- Health ----------------------------------------------------------------------------

TEST_F(IngestTest, HealthIsKeptBesideTheTargetAndEndsWithIt) {
  auto target = Add(pod_);
  ASSERT_THAT(target.Ingest("a 1\n", kText, At(1000)), IsOk());
  ASSERT_THAT(target.RecordHealth({.up = true, .duration_seconds = 0.25, .samples_scraped = 1},
                                  At(1000)),
              IsOk());
  ASSERT_THAT(target.RecordHealth({.up = false}, At(2000)), IsOk());
  const auto health = *store_->HealthOf(pod_);
  EXPECT_THAT(ContentsOf(*health->Load()).at("up"),
              ElementsAre(Pair(1000, std::bit_cast<uint64_t>(1.0)), Pair(2000, 0)));
  // Removed at the very time of the last health: it ends all the same, just after it.
  target.Remove(At(2000));
  EXPECT_EQ(health->Load()->entries().back().ended_ms, 2001);
  // A target that comes back has its health back.
  auto again = Add(pod_);
  EXPECT_THAT(again.RecordHealth({.up = true}, At(3000)), IsOk());
}

// Advance may take a silent target away between its being found and its row.
TEST_F(IngestTest, WhatIsAppendedToALoneTargetFindsItAgainHoweverOftenItGoes) {
  const Labels series({{"__name__", "jobs"}});
  int goes = 5;
  const auto find = [&] {
    auto target = store_->LoneSeries(series);
    if (goes-- > 0) store_->Advance(1000);
    return target;
  };
  const auto append = [&](storage::Target& target) {
    return engine::AppendSame(target, series, 1, At(2000));
  };
  EXPECT_THAT(engine::AppendToLone(find, append), IsOk());
  EXPECT_EQ(goes, -1);
  EXPECT_EQ(store_->Stats().samples_stored, 1u);
  EXPECT_THAT(engine::AppendToLone(
                  [&] { return store_->LoneSeries(series); },
                  [](storage::Target&) { return absl::OutOfRangeError("too old"); }),
              StatusIs(absl::StatusCode::kOutOfRange, "too old"));
}

TEST_F(IngestTest, AFailedScrapeEndsAllUntilTheNextOne) {
  auto target = Add(pod_);
  ASSERT_THAT(target.Ingest("a 1\n", kText, At(1000)), IsOk());
  EXPECT_THAT(target.MarkStale(At(2000)), IsOk());
  EXPECT_THAT(target.MarkStale(At(1500)),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("out of order")));
  const auto next = target.Ingest("a 2\n", kText, At(3000));
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->replayed, 1u);
}

}  // namespace
}  // namespace tacho::testing
