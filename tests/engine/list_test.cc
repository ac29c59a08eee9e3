#include "engine/list.h"

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
using testing::StatusIs;

Timestamp At(int64_t seconds) { return Timestamp::FromUnixMillis(seconds * 1000); }

class ListTest : public ::testing::Test {
 protected:
  Target Add(const Labels& labels, const std::string& body, int64_t seconds,
             bool honor_labels = false) {
    TargetOptions options;
    options.honor_labels = honor_labels;
    Target target = *database_.AddTarget(labels, options);
    EXPECT_TRUE(target.Ingest(body, Exposition::kText, At(seconds)).ok());
    return target;
  }
  std::vector<std::string> Series(const SeriesFilter& filter, size_t limit = 100) {
    std::vector<std::string> lines;
    const auto series = database_.Series(filter, limit);
    if (!series.ok()) return {series.status().ToString()};
    for (const Labels& labels : *series) lines.push_back(labels.ToString());
    return lines;
  }
  std::vector<std::string> Names(const SeriesFilter& filter = {}) {
    return *database_.LabelNames(filter);
  }
  std::vector<std::string> Values(std::string_view name, const SeriesFilter& filter = {}) {
    return *database_.LabelValues(name, filter);
  }

  Database database_;
};

TEST_F(ListTest, WithoutSelectorsItIsAllSeries) {
  Add({{"pod", "a"}}, "m{code=\"1\"} 1\n", 10);
  ASSERT_TRUE(database_.Append({{"__name__", "lone"}}, At(10), 1).ok());
  EXPECT_THAT(Series({}), ElementsAre("lone", "m{code=\"1\", pod=\"a\"}"));
  EXPECT_THAT(Names(), ElementsAre("__name__", "code", "pod"));
  EXPECT_THAT(Values("__name__"), ElementsAre("lone", "m"));
}

TEST_F(ListTest, SeveralSelectorsAreAUnion) {
  Add({{"pod", "a"}}, "m 1\nn 1\nk{x=\"1\"} 1\n", 10);
  const SeriesFilter filter = {.selectors = {"m", "{pod=\"a\", __name__=~\"m|n\"}"}};
  EXPECT_THAT(Series(filter), ElementsAre("m{pod=\"a\"}", "n{pod=\"a\"}"));
  EXPECT_THAT(Names(filter), ElementsAre("__name__", "pod"));
  EXPECT_THAT(Values("__name__", filter), ElementsAre("m", "n"));
  EXPECT_THAT(Series(filter, 1), SizeIs(1));
  EXPECT_THAT(Series(filter, 0), IsEmpty());
}

// Both ends of the time count, and a staleness marker is no sample.
TEST_F(ListTest, OnlySamplesInTheTimeCount) {
  Target target = Add({{"pod", "a"}}, "m 1\nold{gone=\"x\"} 1\n", 10);
  ASSERT_TRUE(target.Ingest("m 2\n", Exposition::kText, At(20)).ok());
  const auto within = [](int64_t start, int64_t end) {
    return SeriesFilter{.selectors = {}, .start = At(start), .end = At(end)};
  };
  EXPECT_THAT(Series(within(10, 10)), SizeIs(2));
  EXPECT_THAT(Series(within(11, 20)), ElementsAre("m{pod=\"a\"}"));
  EXPECT_THAT(Series(within(11, 19)), IsEmpty());
  EXPECT_THAT(Series(within(21, 30)), IsEmpty());
  EXPECT_THAT(Names(within(0, 15)), ElementsAre("__name__", "gone", "pod"));
  EXPECT_THAT(Names(within(15, 20)), ElementsAre("__name__", "pod"));
  EXPECT_THAT(Values("gone", within(0, 15)), ElementsAre("x"));
  EXPECT_THAT(Values("gone", within(15, 20)), IsEmpty());
  EXPECT_THAT(Values("pod", within(21, 30)), IsEmpty());
}

// A label set that two metrics share may have a sample under one of them only.
TEST_F(ListTest, ASharedLabelSetCountsForEachMetric) {
  Target target = Add({{"pod", "a"}}, "m{x=\"1\"} 1\nn{x=\"1\"} 1\n", 10);
  ASSERT_TRUE(target.Ingest("n{x=\"1\"} 1\n", Exposition::kText, At(20)).ok());
  const SeriesFilter late = {.selectors = {}, .start = At(15), .end = At(20)};
  EXPECT_THAT(Names(late), ElementsAre("__name__", "pod", "x"));
  EXPECT_THAT(Values("__name__", late), ElementsAre("n"));
  EXPECT_THAT(Values("x", late), ElementsAre("1"));
}

TEST_F(ListTest, TheBodysLabelStandsBeforeTheTargets) {
  Add({{"pod", "a"}, {"zone", "z"}}, "m{zone=\"\"} 1\nn{zone=\"own\"} 1\n", 10,
      /*honor_labels=*/true);
  EXPECT_THAT(Names({.selectors = {"m"}}), ElementsAre("__name__", "pod"));
  EXPECT_THAT(Values("zone"), ElementsAre("own"));
  Add({{"pod", "b"}, {"zone", "y"}}, "m 1\n", 10);
  EXPECT_THAT(Names({.selectors = {"m"}}), ElementsAre("__name__", "pod", "zone"));
  EXPECT_THAT(Values("zone"), ElementsAre("own", "y"));
  EXPECT_THAT(Values("pod"), ElementsAre("a", "b"));
}

TEST_F(ListTest, WhatIsNoSelectorIsRefused) {
  const auto refused = StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("selector"));
  const SeriesFilter bad = {.selectors = {"m", "sum(m)"}};
  EXPECT_THAT(database_.Series(bad, 1), refused);
  EXPECT_THAT(database_.LabelNames(bad), refused);
  EXPECT_THAT(database_.LabelValues("a", bad), refused);
}

}  // namespace
}  // namespace tacho
