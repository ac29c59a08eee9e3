// Instant evaluations: the several ways in which they are asked, and what they are held
// against.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tools/promqltest/runner.h"

namespace tacho::promqltest {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kLoad[] =
    "load 1m\n"
    "  m{i=\"1\"} 1 2 3\n"
    "  m{i=\"2\"} 4 5 6\n"
    "  g 0 1 2\n"
    "\n";

// "passed", or the reason.
std::string Instant(const std::string& eval) {
  const ScriptReport report = RunScript(std::string(kLoad) + "eval instant at 2m " + eval);
  if (report.outcomes.size() != 1) return report.fault;
  const Outcome& outcome = report.outcomes[0];
  return outcome.reason.empty() ? std::string(VerdictName(outcome.verdict)) : outcome.reason;
}

TEST(RunnerInstantTest, ComparesVectorsInAnyOrder) {
  EXPECT_EQ(Instant("m\n m{i=\"2\"} 6\n m{i=\"1\"} 3"), "passed");
  EXPECT_EQ(Instant("m\n m{i=\"1\"} 3"),
            "expected\n  m{i=\"1\"} 3\ngot\n  m{i=\"1\"} 3\n  m{i=\"2\"} 6");
  EXPECT_THAT(Instant("m{i=\"1\"}\n m{i=\"1\"} 4"), StartsWith("expected"));
  EXPECT_THAT(Instant("m{i=\"1\"}\n {i=\"1\"} 3"), StartsWith("expected"));
  EXPECT_EQ(Instant("nosuch"), "passed");
}

TEST(RunnerInstantTest, ComparesInOrderWhenAsked) {
  EXPECT_EQ(Instant("sort(m)\n expect ordered\n m{i=\"1\"} 3\n m{i=\"2\"} 6"), "passed");
  EXPECT_THAT(Instant("sort(m)\n expect ordered\n m{i=\"2\"} 6\n m{i=\"1\"} 3"),
              HasSubstr("in this order"));
}

TEST(RunnerInstantTest, ComparesRangeVectors) {
  const std::string steps = "expect range vector from 0 to 2m step 1m\n";
  EXPECT_EQ(Instant("m{i=\"1\"}[5m]\n" + steps + " m{i=\"1\"} 1 2 3"), "passed");
  EXPECT_THAT(Instant("m{i=\"1\"}[5m]\n" + steps + " m{i=\"1\"} 1 _ 3"), StartsWith("expected"));
  EXPECT_THAT(Instant("m{i=\"1\"}[5m]"), HasSubstr("expect range vector from A to B step S"));
  EXPECT_THAT(Instant("m{i=\"1\"}\n" + steps + " m{i=\"1\"} 1 2 3"),
              HasSubstr("expected a range vector"));
}

// What holds at the time of asking only is found out by the other ways.
TEST(RunnerInstantTest, AsksWithSelectorsPinned) {
  // start() is the start of whatever query asks.
  EXPECT_EQ(Instant("m{i=\"1\"} @ start()\n m{i=\"1\"} 3"), "passed");
  EXPECT_EQ(Instant("sum(m) + time()\n {} 129"), "passed");  // time() is never pinned
  EXPECT_THAT(Instant("m{i=\"1\"} * 2\n {i=\"1\"} 7"), StartsWith("expected"));
}

TEST(RunnerInstantTest, HoldsAnnotationsInAllWays) {
  const std::string text =
      "PromQL info: metric might not be a counter, name does not end in "
      "_total/_sum/_count/_bucket: \"g\" ";
  EXPECT_EQ(Instant("sum(m) + on () rate(g[5m])\n expect info msg: " + text +
                    "(1:21)\n {} 9.006666666666667"),
            "passed");
  EXPECT_THAT(Instant("sum(m) + on () rate(g[5m])\n expect info msg: " + text + "(1:20)"),
              StartsWith("expected"));
  EXPECT_THAT(Instant("rate(g[5m])\n expect no_info\n {} 0.006666666666666667"),
              HasSubstr("expected no info"));
}

TEST(RunnerInstantTest, ExpectsFailuresInAllWays) {
  EXPECT_EQ(Instant("m + on () group_left m\n expect fail regex:many-to-many"), "passed");
  EXPECT_THAT(Instant("m\n expect fail"), HasSubstr("expected a failure"));
}

}  // namespace
}  // namespace tacho::promqltest
