// Scripts as commands, and what is said about those that are none.
#include "tools/promqltest/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <variant>
#include <vector>

#include "tests/support/status_matchers.h"
#include "tools/promqltest/runner.h"

namespace tacho::promqltest {
namespace {

using ::tacho::testing::IsOk;

std::string Fault(std::string_view text) {
  const auto script = Script::Parse(text);
  return script.ok() ? "" : std::string(script.status().message());
}

// The one eval of a script.
Eval EvalOf(std::string_view text) {
  const auto script = Script::Parse(text);
  EXPECT_THAT(script, IsOk());
  if (!script.ok() || script->commands.size() != 1) return {};
  return std::get<Eval>(script->commands[0]);
}

TEST(ScriptTest, ReadsCommands) {
  const auto script = Script::Parse(
      "# a comment\n"
      "load 10s\n"
      "  m 1 2\n"
      "  m 3 4 5\n"  // replaces the line before
      "  \t n{a=\"b\"} 1\n"
      "\n"
      "clear\n"
      "EVAL instant at 1m sum(m) # not a comment line\n"
      "  {} 5\r\n"
      "# ends the block\n"
      "load_with_nhcb 1m\n"
      "  x_bucket{le=\"1\"} 1\n");
  ASSERT_THAT(script, IsOk());
  ASSERT_EQ(script->commands.size(), 4);
  const auto& load = std::get<Load>(script->commands[0]);
  EXPECT_EQ(load.step_ms, 10'000);
  ASSERT_EQ(load.series.size(), 2);
  EXPECT_EQ(load.series.begin()->second.values.size(), 3);
  EXPECT_EQ(load.series.begin()->second.line, 4);
  EXPECT_TRUE(std::holds_alternative<Clear>(script->commands[1]));
  const auto& eval = std::get<Eval>(script->commands[2]);
  EXPECT_EQ(eval.line, 8);
  EXPECT_EQ(eval.expr, "sum(m) # not a comment line");
  EXPECT_EQ(eval.steps.start_ms, 60'000);
  ASSERT_EQ(eval.series.size(), 1);
  EXPECT_TRUE(std::get<Load>(script->commands[3]).with_nhcb);
}

TEST(ScriptTest, ReadsTimes) {
  EXPECT_EQ(EvalOf("eval instant at -90 1").steps.start_ms, -90'000);
  EXPECT_EQ(EvalOf("eval instant at 0.0015 1").steps.start_ms, 2);
  EXPECT_EQ(EvalOf("eval instant at 1h30m at").expr, "at");
  EXPECT_EQ(EvalOf("eval instant 1 + 1").expr, "1 + 1");
  const Eval range = EvalOf("eval range from 1m to 2m30s step 500ms up == 1");
  EXPECT_TRUE(range.range);
  EXPECT_EQ(range.steps.start_ms, 60'000);
  EXPECT_EQ(range.steps.end_ms, 150'000);
  EXPECT_EQ(range.steps.step_ms, 500);
  EXPECT_EQ(range.expr, "up == 1");
}

TEST(ScriptTest, ReadsWhatIsExpected) {
  const Eval eval = EvalOf(
      "eval instant at 0 m\n"
      " expect ordered\n"
      " expect warn msg: one (1:1)\n"
      " expect warn regex: t.o$\n"
      " expect no_info\n"
      " m{a=\"1\"} 1\n"
      " m 2\n");
  EXPECT_TRUE(eval.ordered);
  EXPECT_TRUE(eval.infos.none);
  ASSERT_EQ(eval.warnings.any_of.size(), 2);
  EXPECT_TRUE(eval.warnings.any_of[0].Matches("one (1:1)"));
  EXPECT_FALSE(eval.warnings.any_of[0].Matches("one (1:1) and more"));
  EXPECT_TRUE(eval.warnings.any_of[1].Matches("not one\nbut two"));
  EXPECT_FALSE(eval.warnings.any_of[1].Matches("two much"));
  ASSERT_EQ(eval.series.size(), 2);
  EXPECT_EQ(*eval.series[1].values[0], 2);
  EXPECT_EQ(EvalOf("eval instant at 0 1\n -5e-1").scalar, -0.5);
  EXPECT_EQ(EvalOf("eval instant at 0 1\n 5m").scalar, 300);
  EXPECT_EQ(EvalOf("eval instant at 0 1\n 0x1F").scalar, 31);
  EXPECT_EQ(EvalOf("eval instant at 0 1\n -0x10").scalar, -16);
  EXPECT_EQ(EvalOf("eval instant at 0 'a'\n expect string `a\\`").string, "a\\");
  const Eval matrix = EvalOf(
      "eval instant at 0 m[1m]\n expect range vector from 10 to 1m step 10\n"
      " m 1 2 3");
  ASSERT_TRUE(matrix.matrix.has_value());
  EXPECT_EQ(matrix.matrix->start_ms, 10'000);
  EXPECT_EQ(matrix.steps.start_ms, 60'000);  // asked at the end of the range
  EXPECT_TRUE(EvalOf("eval instant at 0 m\n m {{count:1}}").histograms);
  EXPECT_EQ(EvalOf("eval instant at 0 expect\n expect 1").series.size(), 1);
}

TEST(ScriptTest, ReadsFailures) {
  EXPECT_FALSE(EvalOf("eval instant at 0 m").fail);
  const Eval any = EvalOf("eval instant at 0 m\n expect fail");
  EXPECT_TRUE(any.fail);
  EXPECT_TRUE(any.failure.Matches("whatever"));
  const Eval text = EvalOf("eval_fail instant at 0 m\n expected_fail_message a b ");
  EXPECT_TRUE(text.failure.Matches("a b"));
  EXPECT_FALSE(text.failure.Matches("a b c"));
  const Eval regex = EvalOf("eval_fail range from 0 to 1 step 1 m\n expected_fail_regexp b+");
  EXPECT_TRUE(regex.failure.Matches("a bb c"));
  EXPECT_FALSE(regex.failure.Matches("a c"));
  EXPECT_TRUE(EvalOf("eval_fail instant at 0 m\n expect fail msg: a").failure.Matches("a"));
  EXPECT_TRUE(EvalOf("eval_ordered instant at 0 m").ordered);
  EXPECT_EQ(EvalOf("eval_warn instant at 0 m").warnings.any_of.size(), 1);
  EXPECT_EQ(EvalOf("eval_info instant at 0 m").infos.any_of.size(), 1);
}

TEST(ScriptTest, ReadsStartTimes) {
  const auto script = Script::Parse("load 1m\n m@st _ -30s\n m 1 2\n n 1");
  ASSERT_THAT(script, IsOk());
  const auto& series = std::get<Load>(script->commands[0]).series;
  const auto& starts = series.begin()->second.starts_ms;
  ASSERT_EQ(starts.size(), 2);
  EXPECT_FALSE(starts[0].has_value());
  EXPECT_EQ(starts[1], -30'000);
  EXPECT_TRUE(series.rbegin()->second.starts_ms.empty());
}

TEST(ScriptTest, ReadsStartTimesOfAllSeries) {
  const auto script = Script::Parse(
      "load 1m\n"
      " a 1\n"
      " @st -30s _\n"
      " b@st -1s\n"
      " b 1\n"
      " c 1 2 3\n");
  ASSERT_THAT(script, IsOk());
  std::vector<std::vector<std::optional<int64_t>>> starts;
  for (const auto& [labels, series] : std::get<Load>(script->commands[0]).series) {
    starts.push_back(series.starts_ms);
  }
  EXPECT_THAT(starts,
              ::testing::ElementsAre(::testing::IsEmpty(), ::testing::ElementsAre(-1'000),
                                     ::testing::ElementsAre(-30'000, std::nullopt, -30'000)));
}

TEST(ScriptTest, NeedsNoBlankLineBehindANumberOrAFailure) {
  const auto script = Script::Parse(
      "eval instant at 0 1\n 1\n"
      "eval_fail instant at 0 m\n expected_fail_message a\n"
      "load 1m\n m 1\n\n"
      "clear # everything\n"
      "eval instant at 0 2\n 2\n");
  ASSERT_THAT(script, IsOk());
  ASSERT_EQ(script->commands.size(), 5);
  EXPECT_EQ(std::get<Eval>(script->commands[0]).scalar, 1);
  EXPECT_TRUE(std::get<Eval>(script->commands[1]).failure.Matches("a"));
  EXPECT_EQ(std::get<Load>(script->commands[2]).series.size(), 1);
  EXPECT_EQ(std::get<Eval>(script->commands[4]).line, 9);
}

TEST(ScriptTest, SaysWhereAScriptIsMalformed) {
  EXPECT_EQ(Fault("\nlod 1m"),
            "2: no command \"lod 1m\"; clear, load and eval are, and a blank line ends a block");
  EXPECT_EQ(Fault("clear all"), "1: clear stands alone on its line");
  const std::string load = "1: load wants the time between two samples: load 30s";
  EXPECT_EQ(Fault("load"), load);
  EXPECT_EQ(Fault("load 0"), load);
  EXPECT_EQ(Fault("load 1m 2m"), load);
  EXPECT_EQ(Fault("load 1m\n m 1\n m x"), "3: no sample at \"x\"");
  EXPECT_EQ(Fault("load 1m\n m 1\neval instant at 0 m"), "3: no sample at \"instant at 0 m\"");
  EXPECT_EQ(Fault("eval_loudly instant at 0 m"), "1: no command \"eval_loudly\"");
  EXPECT_EQ(Fault("eval at 0 m"),
            "1: eval is followed by instant at TIME, or range from A to B step S");
  EXPECT_EQ(Fault("eval instant at noon m"), "1: no time behind at: eval instant at 5m up");
  EXPECT_EQ(Fault("eval instant at 0"), "1: nothing to evaluate");
  const std::string range = "1: a range is written: from 0 to 10m step 30s";
  EXPECT_EQ(Fault("eval range from 0 step 1 to 1 m"), range);
  EXPECT_EQ(Fault("eval range from 0 to x step 1 m"), range);
  EXPECT_EQ(Fault("eval range from 0 to 1 step 0 m"), "1: the step must be above 0");
  EXPECT_EQ(Fault("eval range from 2 to 1 step 1 m"), "1: a range must not end before it starts");
}

TEST(ScriptTest, SaysWhatCannotBeExpected) {
  const auto fault = [](const std::string& lines) {
    return Fault("eval instant at 0 m\n" + lines);
  };
  EXPECT_THAT(fault("expect peace"), ::testing::StartsWith("2: cannot expect \"peace\""));
  EXPECT_EQ(fault("expect fail maybe"),
            "2: behind what is expected stands msg:TEXT, regex:RE or nothing");
  EXPECT_EQ(fault("expect fail\nexpect fail"), "3: a second failure is expected");
  EXPECT_THAT(fault("expect fail regex:("), ::testing::StartsWith("2: "));
  EXPECT_EQ(fault("expect warn\nexpect no_warn"), "1: both warn and no_warn are expected");
  EXPECT_EQ(fault("expect no_info\nexpect info"), "1: both info and no_info are expected");
  EXPECT_EQ(fault("expect string a"), "2: expect string wants a quoted text");
  EXPECT_EQ(fault("expect range vector from 0 to 1"),
            "2: a range is written: from 0 to 10m step 30s");
  EXPECT_THAT(fault("m 1 2"), ::testing::HasSubstr("expect range vector from A to B step S"));
  EXPECT_EQ(fault("m@st 1"), "2: a result has no start times");
  EXPECT_EQ(fault("1\n2"), "3: a second scalar is expected");
  EXPECT_EQ(fault("1\nm 2"), "1: series, a scalar and a string are expected at once");
  EXPECT_THAT(Fault("eval range from 0 to 1 step 1 m\nexpect ordered"),
              ::testing::HasSubstr("always sorted"));
}

TEST(ScriptTest, SaysWhichStartTimesFitNoSeries) {
  EXPECT_EQ(Fault("load 1m\n m@st -1s"), "2: no series behind its start times");
  EXPECT_EQ(Fault("load 1m\n m@st -1s\n m 1 2"),
            "3: 1 start times for 2 samples: give one each, or _");
  EXPECT_THAT(Fault("load 1m\n m@st -1s\n n 1"), ::testing::HasSubstr("before another series"));
  EXPECT_EQ(Fault("load 1m\n m@st -1s\n m@st -1s\n m 1"), "3: two lines of start times");
}

TEST(ScriptTest, BoundsWhatItHolds) {
  std::string text = "load 1ms\n";
  for (int i = 0; i < 21; ++i) text += "m 1x999999\n";
  EXPECT_EQ(Fault(text), "22: over 20000000 samples in all");
}

// Pieces of scripts, glued at random: whatever it is, it is read or refused.
TEST(ScriptTest, SurvivesAnything) {
  const std::vector<std::string> pieces = {"load",
                                           " ",
                                           "1m",
                                           "\n",
                                           "\n\n",
                                           "m",
                                           "{a=\"b\"}",
                                           "{",
                                           "}",
                                           "{{",
                                           "}}",
                                           "\"",
                                           "\\",
                                           "'",
                                           "`",
                                           "1",
                                           "-",
                                           "+",
                                           "x",
                                           "3",
                                           "_",
                                           "stale",
                                           "@st",
                                           "eval",
                                           "_fail",
                                           " instant at ",
                                           " range from ",
                                           " to ",
                                           " step ",
                                           "expect ",
                                           "fail",
                                           " msg:",
                                           " regex:",
                                           "(",
                                           ")",
                                           "[",
                                           "NaN",
                                           "Inf",
                                           "0",
                                           "warn",
                                           "no_info",
                                           "ordered",
                                           "string ",
                                           "range vector from ",
                                           "clear",
                                           "#",
                                           "\t",
                                           "\r",
                                           "\xff",
                                           std::string(1, '\0'),
                                           "load 1m\n m 1+1x3\n\n",
                                           "eval instant at 1m m\n m 2\n\n"};
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    const auto count = random() % 24;
    for (size_t k = 0; k < count; ++k) text += pieces[random() % pieces.size()];
    const ScriptReport report = RunScript(text);
    if (report.fault.empty()) ++read;
    EXPECT_TRUE(report.fault.empty() || report.fault.find(": ") != std::string::npos) << text;
  }
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace tacho::promqltest
