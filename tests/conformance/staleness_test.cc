// When a series is there: markers, failed scrapes, targets that go and come back.
#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "tests/conformance/asking.h"
#include "tests/conformance/script.h"
#include "tests/support/status_matchers.h"

namespace tacho::testing {
namespace {

TEST(MarkerTest, EndsASeriesFromItsTimeOn) {
  RunScript(R"(
    load 10s
      m 1 stale _ 3
    eval instant at 9999ms m
      m 1
    eval instant at 10s m
    eval instant at 20s m
    eval instant at 30s m
      m 3
    eval instant at 40s m offset 10s
      m 3
    eval instant at 40s m offset 30s
    eval instant at 40s count(m offset 20s)
  )");
}

TEST(MarkerTest, NanIsNone) {
  RunScript(R"(
    load 10s
      m 1 NaN
    eval instant at 10s m
      m NaN
    eval instant at 20s count(m)
      {} 1
  )");
}

// A row that says nothing of a series does not end it.
TEST(MarkerTest, MissingSampleIsNone) {
  RunScript(R"(
    load 10s
      m 1 _ _
      n 1 2 3
    eval instant at 20s m
      m 1
    eval instant at 20s sum({__name__=~"m|n"})
      {} 4
  )");
}

TEST(MarkerTest, OneOfAGroupLeavesTheOthers) {
  RunScript(R"(
    load 10s
      m{i="1"} 1 stale
      m{i="2"} 2 2
    eval instant at 5s sum(m)
      {} 3
    eval instant at 10s sum(m)
      {} 2
  )");
}

// b is 2 at 10 s, gone at 20 s, 5 at 30 s. The window (-30, 30] holds both: 3 in 20 s and
// half of that before: 3 * (20 + 10) / 20 = 4.5.
TEST(StalenessTest, SeriesThatLeavesTheBodyEndsAndMayReturn) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  EXPECT_EQ(db.Ask("b", 0), "nothing");
  Scrape(target, "a 1\nb 2\n", 10'000);
  EXPECT_EQ(db.Ask("b", 10'000), "b{pod=\"p\"} 2");
  Scrape(target, "a 1\n", 20'000);
  EXPECT_EQ(db.Ask("b", 19'999), "b{pod=\"p\"} 2");
  EXPECT_EQ(db.Ask("b", 20'000), "nothing");
  EXPECT_EQ(db.Ask("a", 20'000), "a{pod=\"p\"} 1");
  Scrape(target, "a 1\nb 5\n", 30'000);
  EXPECT_EQ(db.Ask("b", 29'999), "nothing");
  EXPECT_EQ(db.Ask("b", 30'000), "b{pod=\"p\"} 5");
  EXPECT_EQ(db.Ask("increase(b[1m])", 30'000), "{pod=\"p\"} 4.5");
  EXPECT_EQ(db.Ask("sum(increase(b[1m]))", 30'000), "{} 4.5");
}

TEST(StalenessTest, EmptyBodyEndsAll) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  Scrape(target, "a 1\nb 2\n", 10'000);
  Scrape(target, "", 20'000);
  EXPECT_EQ(db.Ask("{pod=\"p\"}", 19'999), "a{pod=\"p\"} 1; b{pod=\"p\"} 2");
  EXPECT_EQ(db.Ask("{pod=\"p\"}", 20'000), "nothing");
}

// 10 at 10 s, failures at 20 and 30 s, 40 at 40 s: 30 in 30 s; the window's start is 30 s
// before the first sample, less than 33 s, but zero was 10 s before it: 30 * 40 / 30.
TEST(StalenessTest, FailedScrapeEndsAllUntilTheNext) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  Scrape(target, "a 10\nb 1\n", 10'000);
  EXPECT_THAT(target.MarkStale(At(20'000)), IsOk());
  EXPECT_EQ(db.Ask("{pod=\"p\"}", 19'999), "a{pod=\"p\"} 10; b{pod=\"p\"} 1");
  EXPECT_EQ(db.Ask("{pod=\"p\"}", 20'000), "nothing");
  EXPECT_THAT(target.MarkStale(At(30'000)), IsOk());
  EXPECT_EQ(db.Ask("sum(a)", 30'000), "nothing");
  Scrape(target, "a 40\nb 1\n", 40'000);
  EXPECT_EQ(db.Ask("a", 39'999), "nothing");
  EXPECT_EQ(db.Ask("a", 40'000), "a{pod=\"p\"} 40");
  EXPECT_EQ(db.Ask("increase(a[1m])", 40'000), "{pod=\"p\"} 40");
  EXPECT_EQ(db.Ask("sum(increase(a[1m]))", 40'000), "{} 40");
}

// Refused whole: the series live on until the caller says that the scrape failed.
TEST(StalenessTest, RefusedBodyChangesNothing) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  Scrape(target, "a 1\n", 10'000);
  EXPECT_THAT(target.Ingest("a 2\nb {\n", Exposition::kText, At(20'000)),
              StatusIs(absl::StatusCode::kInvalidArgument, ::testing::_));
  EXPECT_EQ(db.Ask("{pod=\"p\"}", 20'000), "a{pod=\"p\"} 1");
}

TEST(StalenessTest, FailureOfOneTargetLeavesTheOthers) {
  AskingDatabase db;
  Target one = db.Add({{"pod", "1"}});
  Target two = db.Add({{"pod", "2"}});
  Scrape(one, "a 1\n", 10'000);
  Scrape(two, "a 2\n", 10'000);
  EXPECT_THAT(one.MarkStale(At(20'000)), IsOk());
  EXPECT_EQ(db.Ask("a", 20'000), "a{pod=\"2\"} 2");
  EXPECT_EQ(db.Ask("sum(a)", 20'000), "{} 2");
  EXPECT_EQ(db.Ask("sum(a)", 19'999), "{} 3");
}

// 10 and 20 in 10 s; 5 s to the end; the start is 45 s away, half of 10 s count:
// 10 * (10 + 5 + 5) / 10 = 20.
TEST(StalenessTest, RemovedTargetIsSeenByWindowsThatReachBack) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  Scrape(target, "a 100\n", 10'000);
  Scrape(target, "a 110\n", 20'000);
  target.Remove(At(21'000));
  EXPECT_EQ(db.Ask("a", 20'999), "a{pod=\"p\"} 110");
  EXPECT_EQ(db.Ask("a", 21'000), "nothing");
  EXPECT_EQ(db.Ask("increase(a[1m])", 25'000), "{pod=\"p\"} 20");
  EXPECT_EQ(db.Ask("sum by (pod) (increase(a[1m]))", 25'000), "{pod=\"p\"} 20");
  EXPECT_EQ(db.Ask("a offset 10s", 30'000), "a{pod=\"p\"} 110");
  EXPECT_THAT(target.Ingest("a 120\n", Exposition::kText, At(30'000)),
              StatusIs(absl::StatusCode::kFailedPrecondition, ::testing::HasSubstr("removed")));
}

TEST(StalenessTest, RemovalBeforeTheNewestRowEndsRightAfterIt) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  Scrape(target, "a 1\n", 10'000);
  target.Remove(At(5'000));
  EXPECT_EQ(db.Ask("a", 9'999), "nothing");
  EXPECT_EQ(db.Ask("a", 10'001), "nothing");
  EXPECT_EQ(db.Ask("a", 20'000), "nothing");
}

// 100, 110, removed, 5, 15: one series with a restart: 15 - 100 + 110 = 25 in 30 s. The
// start is 30 s away, threshold 11 s: half of 10 s counts: 25 * 35 / 30.
TEST(StalenessTest, RevivedTargetContinuesItsSeries) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  EXPECT_EQ(db.Ask("increase(a[1m])", 0), "nothing");
  Scrape(target, "a 100\n", 10'000);
  Scrape(target, "a 110\n", 20'000);
  EXPECT_THAT(db.db().AddTarget({{"pod", "p"}}),
              StatusIs(absl::StatusCode::kAlreadyExists, ::testing::_));
  target.Remove(At(21'000));
  Target again = db.Add({{"pod", "p"}});
  EXPECT_EQ(db.Ask("a", 25'000), "nothing");
  Scrape(again, "a 5\n", 30'000);
  Scrape(again, "a 15\n", 40'000);
  EXPECT_EQ(db.Ask("a", 40'000), "a{pod=\"p\"} 15");
  EXPECT_EQ(db.Ask("increase(a[1m])", 40'000), "{pod=\"p\"} 29.1667");
  EXPECT_EQ(db.Ask("count(increase(a[1m]))", 40'000), "{} 1");
  EXPECT_EQ(db.Ask("irate(a[15s])", 40'000), "{pod=\"p\"} 1");
}

// Not seen again before retention is over: what comes then is a new series.
TEST(StalenessTest, TargetThatComesBackAfterRetentionStartsAfresh) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  Scrape(target, "a 100\n", 10'000);
  EXPECT_EQ(db.Ask("a", 10'000), "a{pod=\"p\"} 100");
  target.Remove(At(11'000));
  db.db().Advance(At(700'000));
  EXPECT_EQ(db.Ask("a offset 4m59s", 309'000), "nothing");
  Target again = db.Add({{"pod", "p"}});
  Scrape(again, "a 5\nb 1\n", 710'000);
  EXPECT_EQ(db.Ask("a", 710'000), "a{pod=\"p\"} 5");
  EXPECT_EQ(db.Ask("increase(a[10m])", 710'000), "nothing");
}

TEST(StalenessTest, HealthOutlivesFailedScrapesButNotItsTarget) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  Scrape(target, "a 1\n", 10'000);
  EXPECT_THAT(
      target.RecordHealth({.up = true, .duration_seconds = 0.5, .samples_scraped = 1}, At(10'000)),
      IsOk());
  EXPECT_EQ(db.Ask("up", 10'000), "up{pod=\"p\"} 1");
  EXPECT_EQ(db.Ask("scrape_duration_seconds", 10'000), "scrape_duration_seconds{pod=\"p\"} 0.5");
  EXPECT_EQ(db.Ask("scrape_samples_scraped", 10'000), "scrape_samples_scraped{pod=\"p\"} 1");
  EXPECT_THAT(target.MarkStale(At(20'000)), IsOk());
  EXPECT_THAT(target.RecordHealth({.up = false, .duration_seconds = 1}, At(20'000)), IsOk());
  EXPECT_EQ(db.Ask("a", 20'000), "nothing");
  EXPECT_EQ(db.Ask("up", 20'000), "up{pod=\"p\"} 0");
  EXPECT_EQ(db.Ask("up == 0", 20'000), "up{pod=\"p\"} 0");
  target.Remove(At(30'000));
  EXPECT_EQ(db.Ask("up", 29'999), "up{pod=\"p\"} 0");
  EXPECT_EQ(db.Ask("up", 30'000), "nothing");
}

// The sample is of 5 s. Neither its leaving the body nor a failed scrape ends it; it is
// seen until it is 5 minutes old, at 305 s.
TEST(StalenessTest, SeriesWithTimestampsOfTheirOwnLinger) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}}, {.honor_timestamps = true});
  Scrape(target, "a 1 5000\nb 2\n", 10'000);
  EXPECT_EQ(db.Ask("a", 4'999), "nothing");
  EXPECT_EQ(db.Ask("a", 5'000), "a{pod=\"p\"} 1");
  EXPECT_EQ(db.Ask("b", 9'999), "nothing");
  Scrape(target, "c 3\n", 20'000);
  EXPECT_EQ(db.Ask("{pod=\"p\"}", 20'000), "a{pod=\"p\"} 1; c{pod=\"p\"} 3");
  EXPECT_THAT(target.MarkStale(At(30'000)), IsOk());
  EXPECT_EQ(db.Ask("{pod=\"p\"}", 30'000), "a{pod=\"p\"} 1");
  EXPECT_EQ(db.Ask("a", 304'999), "a{pod=\"p\"} 1");
  EXPECT_EQ(db.Ask("a", 305'000), "nothing");
}

TEST(StalenessTest, TimestampsAreTheScrapesUnlessHonored) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  Scrape(target, "a 1 5000\n", 10'000);
  EXPECT_EQ(db.Ask("a", 9'999), "nothing");
  EXPECT_EQ(db.Ask("a", 10'000), "a{pod=\"p\"} 1");
  Scrape(target, "b 1\n", 20'000);
  EXPECT_EQ(db.Ask("a", 20'000), "nothing");
}

// Whatever NaN a body spells, it is a value.
TEST(StalenessTest, TextCannotSayStale) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  Scrape(target, "a NaN\nb nan\n", 10'000);
  EXPECT_EQ(db.Ask("count({pod=\"p\"})", 10'000), "{} 2");
}

}  // namespace
}  // namespace tacho::testing
