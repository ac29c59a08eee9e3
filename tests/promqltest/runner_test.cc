// Scripts run: what passes, what fails and why, and what is unsupported.
#include "tools/promqltest/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tacho::promqltest {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// "passed", "failed: REASON", "unsupported: REASON" of the script's last eval.
std::string Last(std::string_view text) {
  const ScriptReport report = RunScript(text);
  if (!report.fault.empty()) return "fault: " + report.fault;
  if (report.outcomes.empty()) return "nothing";
  const Outcome& outcome = report.outcomes.back();
  const std::string verdict(VerdictName(outcome.verdict));
  return outcome.reason.empty() ? verdict : verdict + ": " + outcome.reason;
}

constexpr char kLoad[] =
    "load 1m\n"
    "  m{i=\"1\"} 0+60x4\n"
    "  m{i=\"2\"} 0 1 _ stale 4\n"
    "\n";

std::string Range(const std::string& eval) {
  return Last(std::string(kLoad) + "eval range from 0 to 4m step 1m " + eval);
}

TEST(RunnerTest, HoldsRangesAgainstTheirSeries) {
  EXPECT_EQ(Range("m\n m{i=\"2\"} 0 1 1 _ 4\n m{i=\"1\"} 0 60 120 180 240"), "passed");
  EXPECT_EQ(Range("sum(m)\n {} 0 61 121 180 244"), "passed");
  EXPECT_EQ(Range("m{i=\"3\"}"), "passed");
  EXPECT_EQ(Range("1 + 1\n {} 2 2 2 2 2"), "passed");
}

TEST(RunnerTest, ShowsWhatDiffersInARange) {
  const std::string other = Range("sum(m)\n {} 0 61 121 180 245");
  EXPECT_THAT(other, StartsWith("failed: expected\n  {} 0@0.000 61@60.000"));
  EXPECT_THAT(other, HasSubstr("got\n  {} 0@0.000 61@60.000 121@120.000 180@180.000 244@240.000"));
  EXPECT_THAT(Range("m{i=\"2\"}\n m{i=\"2\"} 0 1 1 1 4"), StartsWith("failed"));  // it was stale
  EXPECT_THAT(Range("m{i=\"2\"}\n m{i=\"2\"} 0 1 1"), StartsWith("failed"));
  EXPECT_THAT(Range("m{i=\"2\"}"), HasSubstr("expected nothing"));
  EXPECT_THAT(Range("m{i=\"3\"}\n m{i=\"3\"} 1"), HasSubstr("got nothing"));
  EXPECT_THAT(Range("1\n 1"), HasSubstr("expected the scalar 1"));
}

TEST(RunnerTest, KnowsScalarsAndStrings) {
  EXPECT_EQ(Last("eval instant at 1m 2 ^ 3\n 8"), "passed");
  EXPECT_EQ(Last("eval instant at 1m 2 ^ 3\n 9"), "failed: expected\n  9\ngot\n  8");
  EXPECT_THAT(Last("eval instant at 1m 2"), HasSubstr("expected no scalar"));
  EXPECT_THAT(Last("eval instant at 1m 2\n {} 2"), HasSubstr("got the scalar 2"));
  EXPECT_EQ(Last("eval instant at 1m \"a\"\n expect string 'a'"), "passed");
  EXPECT_EQ(Last("eval instant at 1m \"a\"\n expect string 'b'"),
            "failed: expected \"b\"\ngot the string \"a\"");
  EXPECT_THAT(Last("eval instant at 1m \"a\"\n 1"), HasSubstr("got the string"));
  EXPECT_THAT(Last("eval instant at 1m 1\n expect string '1'"), StartsWith("failed"));
}

TEST(RunnerTest, HoldsFailuresAgainstTheirText) {
  EXPECT_EQ(Last("eval instant at 0 m(\n expect fail"), "passed");
  EXPECT_EQ(Last("eval instant at 0 sum(1)\n expect fail regex:expected type instant vector"),
            "passed");
  EXPECT_THAT(Last("eval instant at 0 sum(1)\n expect fail msg:something else"),
              StartsWith("failed: expected the failure msg:something else\ngot 1:5: parse error"));
  EXPECT_THAT(Last("eval instant at 0 sum(1)"), StartsWith("failed: the query failed: "));
  EXPECT_EQ(Last("eval instant at 0 1\n expect fail msg:no"),
            "failed: expected a failure msg:no\ngot a result");
}

TEST(RunnerTest, ClearsAndAddsToWhatIsStored) {
  const std::string more = "load 5m\n m{i=\"3\"} 7\n\n";
  EXPECT_EQ(Last(kLoad + more + "eval range from 0 to 0 step 1 count(m)\n {} 3"), "passed");
  EXPECT_EQ(Last(kLoad + ("clear\n" + more) + "eval range from 0 to 0 step 1 count(m)\n {} 1"),
            "passed");
}

TEST(RunnerTest, SaysWhichSampleWasRefused) {
  EXPECT_THAT(Last(std::string(kLoad) + "load 1m\n m{i=\"1\"} 0 61"),
              StartsWith("fault: 6: sample 1 of m{i=\"1\"}: "));
}

TEST(RunnerTest, CallsWhatTouchesNativeHistogramsUnsupported) {
  const std::string load = std::string(kLoad) + "load 1m\n h{a=\"b\"} {{count:1}} 5\n\n";
  const std::string eval = "eval range from 0 to 0 step 1m ";
  EXPECT_THAT(Last(load + eval + "sum(h)"),
              StartsWith("unsupported: selects a native histogram: h{a=\"b\"} of line 6"));
  EXPECT_THAT(Last(load + eval + "sum({__name__=~\"h|m\"})"), StartsWith("unsupported"));
  EXPECT_EQ(Last(load + eval + "sum(m)\n {} 0"), "passed");  // the same storage
  EXPECT_EQ(Last(load + eval + "h{a=\"c\"}"), "passed");
  EXPECT_EQ(Last(load + "clear\n" + eval + "h"), "passed");
  EXPECT_EQ(Last(eval + "m\n m {{count:1}}"), "unsupported: expects a native histogram");
}

TEST(RunnerTest, KnowsWhichHistogramsClassicOnesImply) {
  const std::string load =
      "load_with_nhcb 1m\n r_bucket{le=\"1\", a=\"b\"} 1\n r_count{a=\"b\"} 1\n o 1\n\n";
  const std::string eval = "eval range from 0 to 0 step 1m ";
  EXPECT_THAT(Last(load + eval + "sum(r)"), HasSubstr("r{a=\"b\"}"));
  EXPECT_EQ(Last(load + eval + "sum(r_bucket)\n {} 1"), "passed");
  EXPECT_EQ(Last(load + eval + "sum(o)\n {} 1"), "passed");
}

TEST(RunnerTest, ReportsEachEvalAndItsLine) {
  const ScriptReport report =
      RunScript("eval instant at 0 1\n 1\n\neval instant at 0 2\n 1\n\neval instant at 0 3\n 3\n");
  ASSERT_EQ(report.outcomes.size(), 3);
  EXPECT_EQ(report.outcomes[1].line, 4);
  EXPECT_EQ(report.outcomes[1].expr, "2");
  EXPECT_EQ(report.outcomes[1].verdict, Verdict::kFailed);
  EXPECT_EQ(report.outcomes[2].verdict, Verdict::kPassed);
}

}  // namespace
}  // namespace tacho::promqltest
