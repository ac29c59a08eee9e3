// What is refused: mistakes, what tacho does not run, what is past retention, limits.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/conformance/asking.h"
#include "tests/conformance/script.h"
#include "tests/support/status_matchers.h"

namespace tacho::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The code, the place and the name of what is not run.
void ExpectNotRun(const std::string& expr, const std::string& place, const std::string& name) {
  const Database db;
  EXPECT_THAT(db.Prepare(expr), StatusIs(absl::StatusCode::kUnimplemented,
                                         AllOf(StartsWith(place + ": "), HasSubstr(name))))
      << expr;
}

void ExpectWrong(const std::string& expr, const std::string& message) {
  const Database db;
  EXPECT_THAT(db.Prepare(expr), StatusIs(absl::StatusCode::kInvalidArgument, message)) << expr;
}

TEST(UnimplementedTest, WhatNeedsNativeHistogramsIsNamedWithItsPlace) {
  ExpectNotRun("a </ 1", "1:1", "operator </");
  ExpectNotRun("sum by (pod) (\n  rate(m[1m])\n  * 2 + (x >/ y)\n)", "3:10", "operator >/");
}

TEST(FeatureTest, IsNamedWhereItIsOff) {
  const auto off = [](const std::string& flag) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--enable-feature=" + flag));
  };
  const Database db;
  EXPECT_THAT(db.Prepare("mad_over_time(m[1m])"), StatusIs(absl::StatusCode::kInvalidArgument,
                                                           HasSubstr("\"mad_over_time\"")));
  EXPECT_THAT(db.Prepare("limitk(1, m)"), off("promql-experimental-functions"));
  const Database all({.promql = {.experimental_functions = true}});
  EXPECT_THAT(all.Prepare("mad_over_time(m[1m])"), IsOk());
  EXPECT_THAT(all.Prepare("limitk(1, m)"), IsOk());
}

TEST(ParseErrorTest, SaysWhereAndWhat) {
  ExpectWrong("rate(m)",
              "1:6: parse error: expected type range vector in call to function \"rate\", got "
              "instant vector");
  ExpectWrong("sum(m[1m])",
              "1:5: parse error: expected type instant vector in aggregation expression, got "
              "range vector");
  ExpectWrong("1 == 1", "1:3: parse error: comparisons between scalars must use BOOL modifier");
  ExpectWrong("m + bool 1",
              "1:3: parse error: bool modifier can only be used on comparison operators");
  ExpectWrong("{a=\"\"}",
              "1:1: parse error: vector selector must contain at least one non-empty matcher");
  ExpectWrong("m and 1",
              "1:1: parse error: set operator \"and\" not allowed in binary scalar expression");
  ExpectWrong("nosuch(m)", "1:1: parse error: unknown function with name \"nosuch\"");
}

// What PromQL does not know is the caller's mistake, what tacho does not run is not.
TEST(ParseErrorTest, ComesBeforeUnimplemented) {
  ExpectWrong("a </ b + rate(m)",
              "1:15: parse error: expected type range vector in call to function \"rate\", got "
              "instant vector");
}

TEST(RetentionTest, ReachPastItIsRefused) {
  const Database db({.retention = absl::Minutes(10)});
  const auto past = [](const char* place) {
    return StatusIs(absl::StatusCode::kFailedPrecondition,
                    AllOf(StartsWith(place), HasSubstr("10m")));
  };
  EXPECT_THAT(db.Prepare("rate(m[10m])"), IsOk());
  EXPECT_THAT(db.Prepare("rate(m[10m1ms])"), past("1:6: "));
  EXPECT_THAT(db.Prepare("rate(m[5m] offset 5m)"), IsOk());
  EXPECT_THAT(db.Prepare("1 + sum(rate(m[5m] offset 5m1ms))"), past("1:14: "));
  // An instant selector reaches back its offset and the lookback of 5 minutes.
  EXPECT_THAT(db.Prepare("m offset 5m"), IsOk());
  EXPECT_THAT(db.Prepare("m offset 5m1ms"), past("1:1: "));
  EXPECT_THAT(db.Prepare("rate(m[11m] offset -1m)"), IsOk());
}

TEST(RetentionTest, ReachIsTold) {
  const Database db;
  const auto query = db.Prepare("sum(rate(m[2m] offset 1m)) + 1");
  ASSERT_THAT(query, IsOk());
  EXPECT_EQ(query->reach(), absl::Minutes(3));
  EXPECT_EQ(query->window(), absl::Minutes(2));
  EXPECT_EQ(db.Prepare("m")->reach(), absl::Minutes(5));
  EXPECT_EQ(db.Prepare("m")->window(), absl::ZeroDuration());
  EXPECT_EQ(db.Prepare("1")->reach(), absl::ZeroDuration());
}

TEST(LimitTest, OfTheExpression) {
  const Database db({.query = {.max_query_bytes = 20, .max_depth = 3, .max_nodes = 5}});
  const auto over = [](const char* limit) {
    return StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(limit));
  };
  EXPECT_THAT(db.Prepare("sum_of_twenty_bytes_"), IsOk());
  EXPECT_THAT(db.Prepare("sum_of_twenty_bytes__"), over("max_bytes"));
  EXPECT_THAT(db.Prepare("(((m)))"), IsOk());
  EXPECT_THAT(db.Prepare("((((m))))"), over("max_depth"));
  EXPECT_THAT(db.Prepare("1+1+1"), IsOk());
  EXPECT_THAT(db.Prepare("1+1+1+1"), over("max_nodes"));
}

TEST(LimitTest, OfOneMatcher) {
  const Database db({.query = {.max_regex_bytes = 10'000}});
  EXPECT_THAT(db.Prepare("m{a=~\"[a-c]+\"}"), IsOk());
  EXPECT_THAT(db.Prepare("m{a=~\"x{900}\"}"),
              StatusIs(absl::StatusCode::kResourceExhausted, StartsWith("1:1: ")));
}

// Ten samples in the window of each of two series, when asked for one by one.
TEST(LimitTest, OfTheSamplesRead) {
  AskingDatabase db({.query = {.max_samples = 15}});
  Target target = db.Add({{"pod", "p"}});
  for (int i = 1; i <= 10; ++i) Scrape(target, "m{i=\"1\"} 1\nm{i=\"2\"} 1\n", i * 1000);
  EXPECT_EQ(db.Ask("idelta(m{i=\"1\"}[1m])", 10'000), "{i=\"1\", pod=\"p\"} 0");
  EXPECT_THAT(db.Ask("idelta(m[1m])", 10'000),
              AllOf(StartsWith("RESOURCE_EXHAUSTED"), HasSubstr("max_samples")));
  EXPECT_EQ(db.Ask("m", 10'000), "m{i=\"1\", pod=\"p\"} 1; m{i=\"2\", pod=\"p\"} 1");
}

}  // namespace
}  // namespace tacho::testing
