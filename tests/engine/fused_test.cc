// The fused path against the general one, which reads each series by itself:
// over random stores, at every moment, for every aggregation, function and
// grouping.
#include "engine/fused.h"

#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tacho/database.h"
#include "tests/engine/random_store.h"
#include "tests/engine/seed.h"

namespace tacho::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RandomStore;

constexpr double kInf = std::numeric_limits<double>::infinity();

Timestamp At(double seconds) {
  return Timestamp::FromUnixMillis(static_cast<int64_t>(seconds * 1000));
}

bool SameNumber(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

struct Question {
  std::string fused;
  std::string plain;  // means the same, but does not take the fused path
  bool exact;
};

// A comparison to a number that some values pass and some do not; mostly none.
std::string RandomThreshold(RandomStore& store) {
  const std::string comparison = store.OneOf<std::string>({"==", "!=", "<", "<=", ">", ">="});
  return store.OneOf<std::string>({"", "", absl::StrCat(" ", comparison, " ", store.Between(-1, 5)),
                                   absl::StrCat(" ", comparison, " (", store.Between(0, 50), ")"),
                                   absl::StrCat(" ", comparison, " Inf"),
                                   absl::StrCat(" ", comparison, " NaN")});
}

Question RandomQuestion(RandomStore& store) {
  const std::string op = store.OneOf<std::string>({"sum", "avg", "min", "max", "count", "group"});
  const std::string metric = store.OneOf<std::string>({"requests", "depth"});
  const std::string matchers = store.RandomMatchers();
  const std::string offset = store.OneOf<std::string>({"", "", " offset 20s", " offset -3s"});
  std::string grouping = store.RandomGrouping();
  const std::string head = absl::StrCat(op, grouping, " (");
  const bool exact = op != "sum" && op != "avg";
  const std::string function = store.OneOf<std::string>(
      {"rate", "increase", "delta", "irate", "idelta", "", "sum_over_time", "avg_over_time",
       "max_over_time", "min_over_time", "count_over_time", "present_over_time", "stddev_over_time",
       "stdvar_over_time", "first_over_time", "last_over_time", "deriv"});
  const std::string range = absl::StrCat("[", store.Between(1, 60), "s]");
  // A name by regex may select several metrics, which the fused path leaves
  // alone.
  const std::string plain = absl::StrCat("{__name__=~\"", metric, "\"", matchers, "}");
  const std::string fused =
      absl::StrCat(metric, "{", matchers.substr(matchers.empty() ? 0 : 1), "}");
  const std::string threshold = RandomThreshold(store);
  if (!function.empty()) {
    return {absl::StrCat(head, function, "(", fused, range, offset, ")", threshold, ")"),
            absl::StrCat(head, function, "(", plain, range, offset, ")", threshold, ")"), exact};
  }
  // Twice negated is the same value, by way of the general operators; it has no
  // name.
  if (grouping == " by (__name__)") grouping = "";
  return {absl::StrCat(op, grouping, " (", fused, offset, threshold, ")"),
          absl::StrCat(op, grouping, " (-(-", fused, offset, ")", threshold, ")"), exact};
}

// The sum may round otherwise: at most by this.
double Tolerance(const Question& question, double value) {
  return question.exact ? 0 : 1e-12 * std::fabs(value);
}

void Compare(const Question& question, const QueryResult& fused, const QueryResult& plain) {
  ASSERT_EQ(fused.samples().size(), plain.samples().size()) << question.fused;
  for (size_t i = 0; i < fused.samples().size(); ++i) {
    const ResultSample& a = fused.samples()[i];
    const ResultSample& b = plain.samples()[i];
    SCOPED_TRACE(
        absl::StrCat(question.fused, " ", a.labels().ToString(), " ", a.value, " ", b.value));
    EXPECT_EQ(a.labels(), b.labels());
    EXPECT_TRUE(SameNumber(a.value, b.value) ||
                std::fabs(a.value - b.value) <= Tolerance(question, b.value));
    EXPECT_EQ(a.evidence.series, b.evidence.series);
    EXPECT_EQ(a.evidence.oldest, b.evidence.oldest);
    EXPECT_EQ(a.evidence.newest, b.evidence.newest);
    EXPECT_LE(a.evidence.targets, a.evidence.targets_selected);
  }
  EXPECT_EQ(fused.evidence().targets, plain.evidence().targets);
  EXPECT_EQ(fused.evidence().targets_selected, plain.evidence().targets_selected);
}

TEST(FusedTest, AgreesWithTheGeneralExecutorOverRandomStores) {
  const uint64_t seed = testing::Seed();
  uint64_t compared = 0;
  for (uint64_t store_number = 0; store_number < 6; ++store_number) {
    RandomStore store(seed + store_number);
    for (int step = 0; step < 500; ++step) {
      store.Step();
      for (int i = 0; i < 4; ++i) {
        const Question question = RandomQuestion(store);
        const Timestamp t = store.now() - absl::Milliseconds(store.Between(-2'000, 30'000));
        const auto fused = store.database().Ask(question.fused, t);
        const auto plain = store.database().Ask(question.plain, t);
        ASSERT_TRUE(fused.ok()) << question.fused << ": " << fused.status();
        ASSERT_TRUE(plain.ok()) << question.plain << ": " << plain.status();
        ASSERT_NO_FATAL_FAILURE(Compare(question, *fused, *plain));
        if (HasFailure()) FAIL() << "store " << store_number << ", step " << step;
        compared += plain->samples().size();
      }
    }
  }
  EXPECT_GT(compared, 20'000u);
}

// Steps of a range query are done many at a time, target by target: each must be what the
// instant query says.
TEST(FusedTest, ARangeQuerysStepsAreItsInstants) {
  RandomStore store(testing::Seed());
  uint64_t compared = 0;
  for (int n = 0; n < 600; ++n) {
    for (int i = 0; i < 5; ++i) store.Step();
    const Question question = RandomQuestion(store);
    const TimeRange range{store.now() - absl::Seconds(store.Between(0, 90)), store.now(),
                          absl::Milliseconds(store.Between(500, 20'000))};
    const auto query = store.database().Prepare(question.fused);
    ASSERT_TRUE(query.ok()) << query.status();
    const auto matrix = query->EvaluateRange(range);
    ASSERT_TRUE(matrix.ok()) << question.fused << ": " << matrix.status();
    std::map<std::pair<std::string, int64_t>, double> points;
    for (const ResultSeries& series : matrix->series()) {
      for (const Point& point : series.points()) {
        points[{series.labels().ToString(), point.time.unix_millis()}] = point.value;
      }
    }
    size_t found = 0;
    for (Timestamp t = range.start; t <= range.end; t = t + range.step) {
      const auto vector = query->Evaluate(t);
      ASSERT_TRUE(vector.ok()) << vector.status();
      for (const ResultSample& sample : vector->samples()) {
        const auto it = points.find({sample.labels().ToString(), t.unix_millis()});
        ASSERT_TRUE(it != points.end()) << question.fused << " " << sample.labels().ToString();
        EXPECT_TRUE(SameNumber(it->second, sample.value)) << question.fused;
        ++found;
      }
    }
    EXPECT_EQ(found, points.size()) << question.fused;
    compared += found;
  }
  EXPECT_GT(compared, 5'000U);
}

// Grouped by all of its labels, a series is alone in its group: its rate has
// the same bits on both paths.
TEST(FusedTest, ASeriesAloneInItsGroupKeepsItsBits) {
  RandomStore store(testing::Seed());
  uint64_t compared = 0;
  for (int step = 0; step < 300; ++step) {
    store.Step();
    for (const char* function :
         {"rate", "increase", "delta", "irate", "idelta", "sum_over_time", "avg_over_time",
          "stddev_over_time", "stdvar_over_time", "min_over_time", "max_over_time", "deriv"}) {
      const std::string series = absl::StrCat(function, "(requests[30s])");
      const auto fused =
          store.database().Ask(absl::StrCat("max without () (", series, ")"), store.now());
      const auto plain = store.database().Ask(series, store.now());
      ASSERT_TRUE(plain.ok()) << plain.status();
      ASSERT_EQ(fused->samples().size(), plain->samples().size());
      for (size_t i = 0; i < plain->samples().size(); ++i) {
        const double a = fused->samples()[i].value;
        const double b = plain->samples()[i].value;
        if (std::isnan(a) && std::isnan(b)) continue;
        ASSERT_EQ(std::bit_cast<uint64_t>(a), std::bit_cast<uint64_t>(b)) << series;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 10'000u);
}

class FusedFleetTest : public ::testing::Test {
 protected:
  // A pod whose series m{i="0"}, m{i="1"}, ... have these values, one row every
  // 10 s.
  Target Pod(const std::string& name, const std::vector<std::vector<double>>& rows) {
    Target target = *database_.AddTarget({{"pod", name}});
    for (size_t r = 0; r < rows.size(); ++r) {
      std::vector<Labels> series;
      for (size_t i = 0; i < rows[r].size(); ++i) {
        series.push_back({{"__name__", "m"}, {"i", absl::StrCat(i)}});
      }
      EXPECT_TRUE(target.AppendRow(series, rows[r], At(10.0 * static_cast<double>(r + 1))).ok());
    }
    return target;
  }

  std::vector<std::string> Answer(const std::string& promql, double seconds) {
    const auto result = database_.Ask(promql, At(seconds));
    if (!result.ok()) return {std::string(result.status().message())};
    std::vector<std::string> lines;
    for (const ResultSample& sample : result->samples()) {
      lines.push_back(absl::StrCat(sample.labels().ToString(), " ", sample.value));
    }
    return lines;
  }

  Database database_;
};

// Each series grows by 10 and by 20 in 20 s, zero points far away: 20 s of
// samples are stretched to 30 s, so 15 + 30 = 45 and half of that per pod b.
TEST_F(FusedFleetTest, AddsTheIncreasesOfEachPod) {
  Pod("a", {{100, 200}, {105, 210}, {110, 220}});
  Pod("b", {{100}, {110}, {115}});
  EXPECT_THAT(Answer("sum by (pod) (increase(m[30s]))", 30),
              ElementsAre("{pod=\"a\"} 45", "{pod=\"b\"} 22.5"));
  EXPECT_THAT(Answer("avg(increase(m[30s]))", 30), ElementsAre("{} 22.5"));
  EXPECT_THAT(Answer("count without (pod) (increase(m[30s]))", 30),
              ElementsAre("{i=\"0\"} 2", "{i=\"1\"} 1"));
}

// 1.5e308 twice overflows the sum, but not the mean.
TEST_F(FusedFleetTest, ASumThatOverflowsIsInfiniteAndItsMeanIsNot) {
  Pod("a", {{1.5e308, 1.5e308}});
  EXPECT_THAT(Answer("sum(m)", 10), ElementsAre("{} inf"));
  EXPECT_THAT(Answer("avg(m)", 10), ElementsAre("{} 1.5e+308"));
}

// Only the group that holds it.
TEST_F(FusedFleetTest, InfinitySpoilsItsOwnGroupOnly) {
  Pod("a", {{1, kInf, -kInf}});
  Pod("b", {{1, 2, 3}});
  EXPECT_THAT(Answer("sum by (pod) (m)", 10), ElementsAre("{pod=\"a\"} nan", "{pod=\"b\"} 6"));
}

TEST_F(FusedFleetTest, AComparisonToANumberDecidesWhichValuesCount) {
  Pod("a", {{1, 5, 9}});
  Pod("b", {{2, 3, 4}});
  EXPECT_THAT(Answer("sum by (pod) (m > 4)", 10), ElementsAre("{pod=\"a\"} 14"));
  EXPECT_THAT(Answer("sum by (pod) (4 < m)", 10), ElementsAre("{pod=\"a\"} 14"));
  EXPECT_THAT(Answer("sum by (pod) (4 >= m)", 10),
              ElementsAre("{pod=\"a\"} 1", "{pod=\"b\"} 9"));
  EXPECT_THAT(Answer("count(m == 5)", 10), ElementsAre("{} 1"));
  EXPECT_THAT(Answer("max((m) != (9))", 10), ElementsAre("{} 5"));
  EXPECT_THAT(Answer("min(-3 < m)", 10), ElementsAre("{} 1"));
  EXPECT_THAT(Answer("avg by (__name__) (m < 3)", 10), ElementsAre("m 1.5"));
  EXPECT_THAT(Answer("sum(m > 9)", 10), IsEmpty());
  EXPECT_THAT(Answer("sum(m > bool 4)", 10), ElementsAre("{} 2"));
}

// What is asked whether it is a counter is the metric, not what passes.
TEST_F(FusedFleetTest, WhatDoesNotPassWasStillRead) {
  Pod("a", {{1}, {2}});
  const auto result = database_.Ask("sum(rate(m[1m]) > 100)", At(20));
  EXPECT_THAT(result->samples(), IsEmpty());
  EXPECT_EQ(result->evidence().series, 1u);
  EXPECT_EQ(result->annotations().size(), 1u);
}

// One of each series, two, and all of the window; of a range query at each step.
TEST_F(FusedFleetTest, CountsTheSamplesThatItLooksAt) {
  Pod("a", {{1, 2}, {2, 4}, {3, 6}});
  Pod("b", {{1}, {2}, {3}});
  const auto read = [this](const std::string& promql) {
    return database_.Ask(promql, At(30))->samples_read();
  };
  EXPECT_EQ(read("sum(m)"), 3u);
  EXPECT_EQ(read("sum(m > 100)"), 3u);
  EXPECT_EQ(read("sum(rate(m[30s]))"), 6u);
  EXPECT_EQ(read("max(max_over_time(m[30s]))"), 9u);
  const auto range = database_.Prepare("sum(m)")->EvaluateRange({At(20), At(30), absl::Seconds(5)});
  EXPECT_EQ(range->samples_read(), 9u);
}

// The rows of the first minutes are shorter than the place of the series that is asked for: they
// are not to be looked at there, not even ahead of time.
TEST_F(FusedFleetTest, RowsFromBeforeASeriesWasBornAreNotReadBeyondTheirEnd) {
  Target target = *database_.AddTarget({{"pod", "a"}});
  for (int row = 1; row <= 20; ++row) {
    ASSERT_TRUE(target.Ingest("early 1\n", Exposition::kText, At(10.0 * row)).ok());
  }
  std::string body = "early 1\n";
  for (int i = 0; i < 40'000; ++i) absl::StrAppend(&body, "m{i=\"", i, "\"} 1\n");
  absl::StrAppend(&body, "late 3\n");
  ASSERT_TRUE(target.Ingest(body, Exposition::kText, At(210)).ok());
  const auto late =
      database_.Prepare("sum(late)")->EvaluateRange({At(10), At(210), absl::Seconds(10)});
  ASSERT_TRUE(late.ok()) << late.status();
  ASSERT_EQ(late->series().size(), 1u);
  EXPECT_EQ(late->series()[0].points().size(), 1u);
  const auto early =
      database_.Prepare("sum(early)")->EvaluateRange({At(10), At(210), absl::Seconds(10)});
  EXPECT_EQ(early->series()[0].points().size(), 21u);
}

TEST(FusedLimitTest, NoMoreSamplesThanAreAllowed) {
  Options options;
  options.query.max_samples = 3;
  Database database(options);
  Target target = *database.AddTarget({{"pod", "a"}});
  ASSERT_TRUE(target.Ingest("m{i=\"0\"} 1\nm{i=\"1\"} 1\n", Exposition::kText, At(10)).ok());
  ASSERT_TRUE(target.Ingest("m{i=\"0\"} 2\nm{i=\"1\"} 2\n", Exposition::kText, At(20)).ok());
  EXPECT_TRUE(database.Ask("sum(m)", At(20)).ok());
  const auto refused = database.Ask("sum(rate(m[1m]))", At(20));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(database.Ask("sum(m)", At(20)).ok());
}

TEST_F(FusedFleetTest, ATargetWithoutSamplesInTheWindowIsSelectedOnly) {
  Pod("a", {{1}, {2}, {3}});
  Pod("b", {{1}});
  const auto result = database_.Ask("sum(rate(m[15s]))", At(30));
  ASSERT_EQ(result->samples().size(), 1u);
  const Evidence& evidence = result->samples()[0].evidence;
  EXPECT_EQ(evidence.series, 1u);
  EXPECT_EQ(evidence.targets, 1u);
  EXPECT_EQ(evidence.targets_selected, 2u);
  EXPECT_EQ(evidence.oldest, At(20));
  EXPECT_EQ(evidence.newest, At(30));
  EXPECT_EQ(result->evidence().targets_selected, 2u);
}

TEST_F(FusedFleetTest, NothingSelectedIsAnEmptyResult) {
  Pod("a", {{1}});
  const auto result = database_.Ask("sum(rate(other[15s]))", At(30));
  EXPECT_THAT(result->samples(), IsEmpty());
  EXPECT_EQ(result->evidence().targets_selected, 0u);
  EXPECT_EQ(result->evidence().oldest, Timestamp::Max());
}

// A failed scrape ends an instant selector's series; a range selector still has
// its samples.
TEST_F(FusedFleetTest, AFailedScrapeEndsInstantSelectorsAtOnce) {
  Target pod = Pod("a", {{1}, {2}});
  ASSERT_TRUE(pod.MarkStale(At(30)).ok());
  EXPECT_THAT(Answer("sum(m)", 29.9), ElementsAre("{} 2"));
  EXPECT_THAT(Answer("sum(m)", 30), IsEmpty());
  EXPECT_THAT(Answer("count(rate(m[30s]))", 30), ElementsAre("{} 1"));
}

// Born in the second row of three: two samples, 10 s apart, 10 -> 14, so its
// threshold is 11 s. It begins 20 s into the window, so half a distance counts:
// (10 + 5) / 10 * 4.
TEST_F(FusedFleetTest, ASeriesBornInsideTheWindowIsStretchedByItsOwnSamples) {
  Pod("a", {{100}, {100, 10}, {100, 14}});
  EXPECT_THAT(Answer("sum by (i) (increase(m[30s]))", 30),
              ElementsAre("{i=\"0\"} 0", "{i=\"1\"} 6"));
}

// __type__ is among what functions drop: the two increases could not be told
// apart.
TEST_F(FusedFleetTest, SeriesThatDifferInDroppedLabelsOnlyAreRefused) {
  Target target = *database_.AddTarget({{"pod", "a"}});
  const std::vector<Labels> series = {{{"__name__", "m"}, {"__type__", "counter"}},
                                      {{"__name__", "m"}, {"__type__", "gauge"}}};
  const std::vector<double> values = {1, 2};
  ASSERT_TRUE(target.AppendRow(series, values, At(10)).ok());
  ASSERT_TRUE(target.AppendRow(series, values, At(20)).ok());
  EXPECT_THAT(Answer("sum(rate(m[1m]))", 20),
              ElementsAre("vector cannot contain metrics with the same labelset"));
  EXPECT_THAT(Answer("sum(m)", 20), ElementsAre("{} 3"));
}

TEST_F(FusedFleetTest, AnswersOutliveTheDatabase) {
  std::optional<QueryResult> result;
  {
    Database database;
    Target target = *database.AddTarget({{"pod", "long name that is kept outside the string"}});
    const std::vector<Labels> series = {{{"__name__", "m"}}};
    ASSERT_TRUE(target.AppendRow(series, std::vector<double>{7}, At(10)).ok());
    result = *database.Ask("sum by (pod) (m)", At(10));
  }
  ASSERT_EQ(result->samples().size(), 1u);
  EXPECT_EQ(result->samples()[0].labels().Get("pod"), "long name that is kept outside the string");
}

}  // namespace
}  // namespace tacho::engine
