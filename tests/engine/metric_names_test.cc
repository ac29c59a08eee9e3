#include "tacho/metric_names.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho {
namespace {

using ::testing::StartsWith;
using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;

bool MaySelect(const std::string& promql, const std::string& metric) {
  const absl::StatusOr<MetricNames> names = MetricNames::Of(promql);
  EXPECT_THAT(names, IsOk());
  return names.ok() && names->MaySelect(metric);
}

TEST(MetricNamesTest, OfEachSelectorWhateverItsOtherLabels) {
  const std::string query = "sum(rate(a_total{x='1'}[5m])) / on() max_over_time(b[1h:1m])";
  EXPECT_TRUE(MaySelect(query, "a_total"));
  EXPECT_TRUE(MaySelect(query, "b"));
  EXPECT_FALSE(MaySelect(query, "a"));
}

TEST(MetricNamesTest, PatternsMatchTheWholeNameAndAllOfThemMust) {
  const std::string query = "{__name__=~'a_.*',__name__!='a_2'}";
  EXPECT_TRUE(MaySelect(query, "a_1"));
  EXPECT_FALSE(MaySelect(query, "a_2"));
  EXPECT_FALSE(MaySelect(query, "b_a_1"));
}

TEST(MetricNamesTest, ASelectorWithoutANameSelectsAny) {
  EXPECT_TRUE(MaySelect("{x='1'}", "anything"));
  EXPECT_FALSE(MaySelect("1 + 1", "anything"));
}

TEST(MetricNamesTest, WhatDoesNotParseIsRefused) {
  EXPECT_THAT(MetricNames::Of("sum("),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("1:")));
  EXPECT_THAT(MetricNames::Of("{__name__=~'('}"),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("1:")));
}

}  // namespace
}  // namespace tacho
