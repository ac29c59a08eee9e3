// What is refused when a query is prepared, and what a prepared query says of
// itself.
#include "engine/plan.h"

#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tacho/database.h"
#include "tests/support/status_matchers.h"

namespace tacho {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::StartsWith;
using testing::StatusIs;

class PlanTest : public ::testing::Test {
 protected:
  absl::StatusOr<Query> Prepare(const std::string& promql) { return database_.Prepare(promql); }
  Database database_;
};

TEST_F(PlanTest, WhatIsNotSupportedIsNamedWithItsPlace) {
  const auto unimplemented = [](const std::string& text) {
    return StatusIs(absl::StatusCode::kUnimplemented, StartsWith(text));
  };
  EXPECT_THAT(Prepare("a </ b"), unimplemented("1:1: operator </, which needs native histograms"));
  EXPECT_THAT(Prepare("1 +\n  sum(a >/ 2)"), unimplemented("2:7: operator >/"));
}

TEST_F(PlanTest, WhatDoesNotParseIsRefusedByTheParser) {
  EXPECT_THAT(Prepare("sum("), StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("1:")));
  EXPECT_THAT(Prepare("rate(m)"), StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("1:")));
}

TEST_F(PlanTest, ARegexThatDoesNotCompileIsRefused) {
  EXPECT_THAT(Prepare("sum(m{a=~\"(\"})"),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("1:")));
}

// Retention is ten minutes. A window that reaches further back could only be
// answered low.
TEST_F(PlanTest, ReachingBeyondRetentionIsRefused) {
  EXPECT_THAT(Prepare("rate(m[10m])"), IsOk());
  EXPECT_THAT(Prepare("rate(m[601s])"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(StartsWith("1:6: "), HasSubstr("10m1s"), HasSubstr("10m are kept"),
                             HasSubstr("Options::retention"))));
  EXPECT_THAT(Prepare("rate(m[8m] offset 3m)"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("11m")));
  EXPECT_THAT(Prepare("m offset 5m"), IsOk());
  EXPECT_THAT(Prepare("1 + (m offset 301s)"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("Options::lookback")));
  EXPECT_THAT(Prepare("rate(m[14m] offset -4m)"), IsOk());
}

TEST_F(PlanTest, TooMuchIsRefused) {
  const auto exhausted = StatusIs(absl::StatusCode::kResourceExhausted, ::testing::_);
  EXPECT_THAT(Prepare(std::string(200, '(') + "1" + std::string(200, ')')), exhausted);
  EXPECT_THAT(Prepare("sum(m) " + std::string(10'000, ' ')), exhausted);
}

// A flat chain is as deep a tree as it is long: it is evaluated without
// recursion.
TEST_F(PlanTest, ALongChainIsEvaluatedWithoutRecursion) {
  Options options;
  options.query.max_query_bytes = 1 << 20;
  options.query.max_nodes = 200'000;
  options.query.max_depth = std::numeric_limits<uint32_t>::max();
  const Database database(options);
  std::string chain = "1";
  for (int i = 0; i < 50'000; ++i) chain += "+1";
  const auto query = database.Prepare(chain);
  ASSERT_THAT(query, IsOk());
  EXPECT_EQ(query->Evaluate(Timestamp())->scalar(), 50'001);
}

TEST_F(PlanTest, KnowsItsReachAndWindow) {
  const auto query = Prepare("sum(rate(a[2m])) + 0 * scalar(increase(b[1m] offset 6m))");
  ASSERT_THAT(query, IsOk());
  EXPECT_EQ(query->reach(), absl::Minutes(7));
  EXPECT_EQ(query->window(), absl::Minutes(2));
  EXPECT_EQ(Prepare("m")->reach(), absl::Minutes(5));
  EXPECT_EQ(Prepare("m")->window(), absl::ZeroDuration());
  EXPECT_EQ(Prepare("1 + 1")->reach(), absl::ZeroDuration());
}

TEST_F(PlanTest, IsPrintedAsPrometheusPrintsIt) {
  EXPECT_EQ(Prepare("sum(rate(m{a='b'}[120s]))  by(pod)")->ToString(),
            "sum by (pod) (rate(m{a=\"b\"}[2m]))");
}

}  // namespace
}  // namespace tacho
