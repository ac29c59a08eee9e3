#include "engine/select.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tacho/database.h"
#include "tests/support/status_matchers.h"

namespace tacho {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing::StatusIs;

Timestamp At(int64_t seconds) { return Timestamp::FromUnixMillis(seconds * 1000); }

class SelectTest : public ::testing::Test {
 protected:
  Target Add(const Labels& labels, const std::string& body, int64_t seconds,
             bool honor_labels = false) {
    TargetOptions options;
    options.honor_labels = honor_labels;
    Target target = *database_.AddTarget(labels, options);
    EXPECT_TRUE(target.Ingest(body, Exposition::kText, At(seconds)).ok());
    return target;
  }
  std::vector<std::string> Series(const std::string& selector, int64_t since = 0,
                                  size_t limit = 100) {
    std::vector<std::string> lines;
    const auto series = database_.Series(selector, At(since), limit);
    if (!series.ok()) return {series.status().ToString()};
    for (const Labels& labels : *series) lines.push_back(labels.ToString());
    return lines;
  }

  Database database_;
};

TEST_F(SelectTest, SeriesAreNamedInFullAndSorted) {
  Add({{"pod", "b"}}, "m{code=\"1\"} 1\nm 2\nn 3\n", 10);
  Add({{"pod", "a"}}, "m 2\n", 10);
  EXPECT_THAT(Series("m"), ElementsAre("m{code=\"1\", pod=\"b\"}", "m{pod=\"a\"}", "m{pod=\"b\"}"));
  EXPECT_THAT(Series("{pod=\"b\", code=\"\"}"), ElementsAre("m{pod=\"b\"}", "n{pod=\"b\"}"));
  EXPECT_THAT(Series("k"), IsEmpty());
}

TEST_F(SelectTest, OnlySeriesWithASampleSinceThenCount) {
  Target target = Add({{"pod", "a"}}, "m 1\nn 1\n", 10);
  ASSERT_TRUE(target.Ingest("m 2\n", Exposition::kText, At(20)).ok());
  EXPECT_THAT(Series("{pod=\"a\"}", 9), SizeIs(2));
  // The marker that ended n at 20 s is no sample.
  EXPECT_THAT(Series("{pod=\"a\"}", 10), ElementsAre("m{pod=\"a\"}"));
  EXPECT_THAT(Series("{pod=\"a\"}", 20), IsEmpty());
}

TEST_F(SelectTest, NoMoreThanTheLimit) {
  Add({{"pod", "a"}}, "m{i=\"0\"} 1\nm{i=\"1\"} 1\nm{i=\"2\"} 1\n", 10);
  EXPECT_THAT(Series("m", 0, 2), SizeIs(2));
  EXPECT_THAT(Series("m", 0, 0), IsEmpty());
}

TEST_F(SelectTest, OnlyAVectorSelectorSelects) {
  EXPECT_THAT(database_.Series("sum(m)", At(0), 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("vector selector")));
  EXPECT_THAT(database_.Metrics("m[5m]"),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("1:1: ")));
  EXPECT_THAT(database_.Metrics("m{"),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("1:")));
}

TEST_F(SelectTest, MetricsListTheLabelsOfTheirSeries) {
  Add({{"pod", "a"}}, "m{code=\"1\"} 1\nm 2\nn{path=\"/\"} 3\n", 10);
  Add({{"job", "x"}}, "m 2\n", 10);
  EXPECT_THAT(
      *database_.Metrics("{__name__=~\".+\"}"),
      ElementsAre(MetricLabels{"m", {"code", "job", "pod"}}, MetricLabels{"n", {"path", "pod"}}));
  EXPECT_THAT(*database_.Metrics("{pod!=\"\"}"),
              ElementsAre(MetricLabels{"m", {"code", "pod"}}, MetricLabels{"n", {"path", "pod"}}));
  EXPECT_THAT(*database_.Metrics("m{job=\"x\"}"), ElementsAre(MetricLabels{"m", {"job"}}));
}

// zone="" in an honored body takes the target's zone away.
TEST_F(SelectTest, MetricsDoNotListHiddenLabels) {
  Add({{"pod", "a"}, {"zone", "z"}}, "m{zone=\"\"} 1\nn 1\n", 10,
      /*honor_labels=*/true);
  EXPECT_THAT(*database_.Metrics("{pod=\"a\"}"),
              ElementsAre(MetricLabels{"m", {"pod"}}, MetricLabels{"n", {"pod", "zone"}}));
}

// A selector's lookback does not matter where nothing is looked up.
TEST_F(SelectTest, SelectingReachesNowhere) {
  Options options;
  options.retention = absl::Minutes(1);
  Database database(options);
  ASSERT_TRUE(database.Append({{"__name__", "m"}}, At(10), 1).ok());
  EXPECT_THAT(*database.Series("m", At(0), 10), SizeIs(1));
  EXPECT_FALSE(database.Prepare("m").ok());
}

}  // namespace
}  // namespace tacho
