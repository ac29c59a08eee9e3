#include "adapter/core/rule_metrics.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

RuleChecks NoChecks() {
  return {[](std::string_view) { return absl::OkStatus(); },
          [](std::string_view) { return absl::OkStatus(); }};
}

// Which of these names, separated by blanks, the rules keep.
std::string Kept(const std::string& rules, std::initializer_list<const char*> names) {
  const absl::StatusOr<RuleSet> set = LoadRules("rules.yaml", "rules:\n" + rules, NoChecks());
  EXPECT_THAT(set, ::tacho::testing::IsOk());
  EXPECT_TRUE(set->problems.empty()) << set->problems[0];
  RuleMetricFilter filter;
  for (const Rule& rule : set->rules) filter.Add(rule);
  std::string kept;
  for (const char* name : names) {
    if (!filter.Keeps(name)) continue;
    EXPECT_TRUE(filter.Keeps(name)) << "remembered";
    kept += std::string(kept.empty() ? "" : " ") + name;
  }
  return kept;
}

std::string RuleOf(const std::string& series_query, const std::string& metrics_query,
                   const std::string& more = "") {
  return "- seriesQuery: '" + series_query + "'\n  metricsQuery: '" + metrics_query +
         "'\n  resources: {overrides: {namespace: {resource: namespace}, pod: {resource: pod}}}\n" +
         more;
}

constexpr char kSum[] = "sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)";

TEST(RuleMetricFilterTest, KeepsWhatASeriesQueryFindsWhateverItsLabels) {
  EXPECT_EQ(Kept(RuleOf("a_total{namespace!=\"\"}", kSum) +
                     RuleOf("{__name__=~\"^b_.*\",pod!=\"\"}", kSum),
                 {"a_total", "a", "b_1", "cb_1", "c"}),
            "a_total b_1");
}

TEST(RuleMetricFilterTest, NobodyAsksForAnythingWithoutRules) {
  EXPECT_EQ(Kept(" []", {"a"}), "");
}

TEST(RuleMetricFilterTest, SeriesFiltersNarrowIt) {
  EXPECT_EQ(Kept(RuleOf("{__name__=~\"^b_.*\"}", kSum, "  seriesFilters: [{isNot: _seconds$}]\n"),
                 {"b_1", "b_seconds"}),
            "b_1");
}

TEST(RuleMetricFilterTest, WhatAQueryNamesBesidesItsSeriesIsKept) {
  EXPECT_EQ(Kept(RuleOf("a",
                        "sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>) / "
                        "on(pod) sum(limit{x=\"1\"}) by (pod)"),
                 {"a", "limit", "b"}),
            "a limit");
}

TEST(RuleMetricFilterTest, SistersOfASeriesAreKept) {
  EXPECT_EQ(Kept(RuleOf("lat",
                        "sum(rate(<<.Series>>_sum{<<.LabelMatchers>>}[1m])) by "
                        "(<<.GroupBy>>) / sum(rate(<<.Series>>_count{<<.LabelMatchers>>}"
                        "[1m])) by (<<.GroupBy>>)"),
                 {"lat", "lat_sum", "lat_count", "lat_bucket", "other_sum"}),
            "lat lat_sum lat_count");
}

TEST(RuleMetricFilterTest, ARuleThatNamesNoMetricKeepsAll) {
  EXPECT_EQ(Kept(RuleOf("{namespace!=\"\"}", kSum), {"a", "b"}), "a b");
}

}  // namespace
}  // namespace tacho::adapter
