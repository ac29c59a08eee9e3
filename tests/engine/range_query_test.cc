// Range queries, range vectors as results, annotations, bounds and interrupts, through the
// public API.
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tacho/database.h"
#include "tacho/sample.h"
#include "tests/support/status_matchers.h"

namespace tacho {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::StartsWith;
using testing::StatusIs;

Timestamp At(int64_t seconds) { return Timestamp::FromUnixMillis(seconds * 1000); }

TimeRange Steps(int64_t start, int64_t end, int64_t step) {
  return {At(start), At(end), absl::Seconds(step)};
}

// Series as "labels time:value time:value".
std::vector<std::string> Lines(const QueryResult& result) {
  std::vector<std::string> lines;
  for (const ResultSeries& series : result.series()) {
    std::string line = series.labels().ToString();
    for (const Point& point : series.points()) {
      absl::StrAppend(&line, " ", point.time.unix_millis() / 1000, ":", point.value);
    }
    lines.push_back(line);
  }
  return lines;
}

class RangeQueryTest : public ::testing::Test {
 protected:
  explicit RangeQueryTest(const Options& options = {}) : database_(options) {
    for (int64_t i = 0; i < 10; ++i) {
      const auto v = static_cast<double>(i);
      Append({{"__name__", "m_total"}, {"a", "1"}}, i * 10, v);
      Append({{"__name__", "m_total"}, {"a", "2"}}, i * 10, 2 * v);
    }
    Append({{"__name__", "late"}}, 50, 7);
    Append({{"__name__", "late"}}, 70, StaleMarker());
  }
  void Append(const Labels& series, int64_t seconds, double value) {
    ASSERT_TRUE(database_.Append(series, At(seconds), value).ok());
  }
  absl::StatusOr<QueryResult> Range(const std::string& promql, const TimeRange& range) {
    const auto query = database_.Prepare(promql);
    if (!query.ok()) return query.status();
    return query->EvaluateRange(range);
  }
  std::vector<std::string> RangeLines(const std::string& promql, const TimeRange& range) {
    const auto result = Range(promql, range);
    if (!result.ok()) return {std::string(result.status().message())};
    EXPECT_EQ(result->type(), ResultType::kMatrix);
    return Lines(*result);
  }

  Database database_;
};

TEST_F(RangeQueryTest, EachStepIsAnInstantQuery) {
  EXPECT_THAT(RangeLines("sum(m_total)", Steps(10, 35, 10)), ElementsAre("{} 10:3 20:6 30:9"));
  EXPECT_THAT(RangeLines("increase(m_total[20s])", Steps(20, 40, 20)),
              ElementsAre("{a=\"1\"} 20:2 40:2", "{a=\"2\"} 20:4 40:4"));
}

TEST_F(RangeQueryTest, StepsWithoutAValueAreMissing) {
  EXPECT_THAT(RangeLines("late", Steps(30, 90, 10)), ElementsAre("late 50:7 60:7"));
  EXPECT_THAT(RangeLines("absent(late)", Steps(40, 70, 10)), ElementsAre("{} 40:1 70:1"));
  EXPECT_THAT(RangeLines("late", Steps(0, 40, 10)), IsEmpty());
}

TEST_F(RangeQueryTest, AScalarIsASeriesWithoutLabels) {
  EXPECT_THAT(RangeLines("time() + 1", Steps(10, 30, 10)), ElementsAre("{} 10:11 20:21 30:31"));
}

TEST_F(RangeQueryTest, PinnedSelectorsStayWhereTheyAre) {
  EXPECT_THAT(RangeLines("m_total{a=\"1\"} @ 30 + 0", Steps(50, 70, 10)),
              ElementsAre("{a=\"1\"} 50:3 60:3 70:3"));
  EXPECT_THAT(RangeLines("m_total{a=\"1\"} @ end() - m_total{a=\"1\"}", Steps(50, 70, 10)),
              ElementsAre("{a=\"1\"} 50:2 60:1 70:0"));
}

TEST_F(RangeQueryTest, ResultsAreSortedByLabelsHoweverTheyWereMade) {
  EXPECT_THAT(RangeLines("sort_desc(m_total)", Steps(10, 10, 10)),
              ElementsAre("m_total{a=\"1\"} 10:1", "m_total{a=\"2\"} 10:2"));
}

TEST_F(RangeQueryTest, WhatIsNoRangeIsRefused) {
  const auto bad = [](const char* text) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
  };
  EXPECT_THAT(Range("m_total", {At(10), At(20), absl::Microseconds(999)}), bad("at least 1 ms"));
  EXPECT_THAT(Range("m_total", Steps(20, 10, 1)), bad("before the start"));
  EXPECT_THAT(Range("m_total[1m]", Steps(10, 20, 1)), bad("\"range vector\" for range query"));
  EXPECT_THAT(Range("\"text\"", Steps(10, 20, 1)), bad("\"string\" for range query"));
}

TEST_F(RangeQueryTest, ARangeVectorIsAnInstantResult) {
  const auto result = database_.Ask("m_total{a=\"2\"}[20s]", At(50));
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->type(), ResultType::kMatrix);
  EXPECT_THAT(Lines(*result), ElementsAre("m_total{a=\"2\"} 40:8 50:10"));
  const auto subquery = database_.Ask("sum(m_total)[20s:10s]", At(55));
  ASSERT_THAT(subquery, IsOk());
  EXPECT_THAT(Lines(*subquery), ElementsAre("{} 40:12 50:15"));
}

TEST_F(RangeQueryTest, ResultsOutliveTheirDatabase) {
  std::optional<QueryResult> kept;
  {
    Database database;
    ASSERT_TRUE(database.Append({{"__name__", "x"}, {"a", std::string(100, 'a')}}, At(1), 5).ok());
    kept = *database.Prepare("x + 1")->EvaluateRange(Steps(1, 2, 1));
  }
  const QueryResult copy = *kept;
  kept.reset();
  ASSERT_EQ(copy.series().size(), 1u);
  EXPECT_EQ(copy.series()[0].labels().Get("a"), std::string(100, 'a'));
  EXPECT_EQ(copy.series()[0].points()[1].value, 6);
}

TEST_F(RangeQueryTest, AnnotationsAreToldOnceWithTheirPlace) {
  const auto result = Range("rate(late[1m]) + rate(late[1m])", Steps(60, 90, 10));
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(result->annotations(), IsEmpty());  // one sample gives no rate
  Append({{"__name__", "gauge"}}, 10, 1);
  Append({{"__name__", "gauge"}}, 20, 2);
  const auto told = Range("quantile_over_time(2, gauge[1m]) + rate(gauge[1m])", Steps(20, 60, 10));
  ASSERT_THAT(told, IsOk());
  ASSERT_EQ(told->annotations().size(), 2u);
  EXPECT_EQ(told->annotations()[0].text,
            "PromQL warning: quantile value should be between 0 and 1, got 2 (1:20)");
  EXPECT_TRUE(told->annotations()[0].warning);
  EXPECT_THAT(told->annotations()[1].text,
              StartsWith("PromQL info: metric might not be a counter, name does not end in "
                         "_total/_sum/_count/_bucket: \"gauge\" (1:41)"));
  // The fused operator tells it too.
  const auto fused = database_.Ask("sum(rate(gauge[1m]))", At(20));
  ASSERT_EQ(fused->annotations().size(), 1u);
  EXPECT_FALSE(fused->annotations()[0].warning);
}

// Names go at once here: what is told of a histogram does not know the metric's.
TEST_F(RangeQueryTest, HistogramsWithoutNamesAreToldOfWithoutThem) {
  Append({{"__name__", "h_bucket"}, {"le", "1"}}, 10, 4);
  Append({{"__name__", "h_bucket"}, {"le", "2"}}, 10, 2);
  Append({{"__name__", "h_bucket"}, {"le", "+Inf"}}, 10, 8);
  Append({{"__name__", "h_bucket"}, {"le", "x"}}, 10, 8);
  const auto told = Range("histogram_quantile(0.5, h_bucket)", Steps(10, 10, 10));
  ASSERT_THAT(told, IsOk());
  ASSERT_EQ(told->annotations().size(), 2u);
  EXPECT_EQ(told->annotations()[0].text,
            "PromQL warning: bucket label \"le\" is missing or has a malformed value of \"x\" "
            "(1:25)");
  EXPECT_THAT(told->annotations()[1].text, HasSubstr("#histogram_quantile), from buckets 2 to 2"));
}

TEST_F(RangeQueryTest, AnInterruptEndsTheEvaluation) {
  const auto query = database_.Prepare("rate(m_total[1m])");
  Interrupt interrupt;
  EXPECT_THAT(query->EvaluateRange(Steps(0, 90, 1), {.interrupt = &interrupt}), IsOk());
  interrupt.Cancel();
  EXPECT_THAT(query->EvaluateRange(Steps(0, 90, 1), {.interrupt = &interrupt}),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("canceled")));
  Interrupt timeout;
  timeout.Expire();
  EXPECT_THAT(query->Evaluate(At(90), {.interrupt = &timeout}),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("timed out")));
}

// 11,000 windows of 600,000 samples in one series: seconds of work within one operator.
TEST_F(RangeQueryTest, AnInterruptEndsWorkOnOneSeries) {
  const auto query = database_.Prepare("max_over_time(vector(1)[10m:1ms])");
  Interrupt interrupt;
  absl::Status status;
  std::thread asks([&] {
    const TimeRange range = {At(0), At(11), absl::Milliseconds(1)};
    status = query->EvaluateRange(range, {.interrupt = &interrupt}).status();
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // most likely it has begun
  interrupt.Cancel();
  asks.join();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kCancelled, HasSubstr("canceled")));
}

TEST_F(RangeQueryTest, TheLookbackIsTheQuestions) {
  const auto query = database_.Prepare("m_total{a=\"1\"}");
  EXPECT_EQ(query->Evaluate(At(200))->samples().size(), 1u);
  EXPECT_EQ(query->Evaluate(At(200), {.lookback = absl::Seconds(60)})->samples().size(), 0u);
}

TEST(RangeQueryLimitTest, StepsAndPointsAreBounded) {
  Database database({.query = {.max_points = 102, .max_steps = 50}});
  ASSERT_TRUE(database.Append({{"__name__", "m"}, {"a", "1"}}, At(10), 1).ok());
  ASSERT_TRUE(database.Append({{"__name__", "m"}, {"a", "2"}}, At(10), 1).ok());
  const auto over = [](const char* bound) {
    return StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(bound));
  };
  const auto query = database.Prepare("m");
  EXPECT_THAT(query->EvaluateRange(Steps(1, 51, 1)), IsOk());  // 50 after the first
  EXPECT_THAT(query->EvaluateRange(Steps(1, 52, 1)), over("max_steps"));
  EXPECT_THAT(database.Prepare("m + 1")->EvaluateRange(Steps(1, 51, 1)), over("max_points"));
  EXPECT_THAT(database.Ask("sum_over_time(vector(1)[103s:1s])", At(10)), over("max_points"));
  EXPECT_THAT(query->Evaluate(At(10)), IsOk());  // nothing is held over
}

// Prometheus refuses when (end - start) / step is over 11,000: the start is not counted.
TEST(RangeQueryLimitTest, TheDefaultIsPrometheus) {
  const auto query = Database().Prepare("vector(1)");
  const absl::StatusOr<QueryResult> most = query->EvaluateRange(Steps(0, 11'000, 1));
  ASSERT_TRUE(most.ok()) << most.status();
  EXPECT_EQ(most->series()[0].points().size(), 11'001u);
  EXPECT_THAT(query->EvaluateRange(Steps(0, 11'001, 1)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("11000 steps")));
  EXPECT_THAT(query->EvaluateRange({At(0), At(11'001) - absl::Milliseconds(1), absl::Seconds(1)}),
              IsOk());
}

}  // namespace
}  // namespace tacho
