// Selectors pinned to a time, and messages put back to where they belong.
#include "tools/promqltest/pinned.h"

#include <gtest/gtest.h>

#include <string>

#include "parser/promql.h"
#include "tools/promqltest/storage.h"

namespace tacho::promqltest {
namespace {

std::optional<Pinned> Pin(std::string_view expr, int64_t at_ms = 50'000) {
  const auto ast = parser::ParsePromql(expr, {.features = ScriptOptions().promql});
  EXPECT_TRUE(ast.ok()) << ast.status();
  return ast.ok() ? PinSelectors(*ast, at_ms) : std::nullopt;
}

std::string PinnedText(std::string_view expr, int64_t at_ms = 50'000) {
  const auto pinned = Pin(expr, at_ms);
  return pinned.has_value() ? pinned->expr : "not pinned";
}

TEST(PinnedTest, PinsEverySelectorOnce) {
  EXPECT_EQ(PinnedText("m"), "m @ 50.000");
  EXPECT_EQ(PinnedText("m", -1), "m @ -0.001");
  EXPECT_EQ(PinnedText("sum(m{a=\"@\"})by(a)+n"), "sum(m{a=\"@\"} @ 50.000)by(a)+n @ 50.000");
  EXPECT_EQ(PinnedText("rate(m[1m])"), "rate(m[1m] @ 50.000)");
  EXPECT_EQ(PinnedText("m offset 5s * 2"), "m offset 5s @ 50.000 * 2");
  EXPECT_EQ(PinnedText("rate(m[1m] offset -5s)"), "rate(m[1m] offset -5s @ 50.000)");
  EXPECT_EQ(PinnedText("1 + 2"), "1 + 2");
  EXPECT_EQ(PinnedText("rate(m[1m] anchored)"), "rate(m[1m] anchored @ 50.000)");
  EXPECT_EQ(PinnedText("m smoothed offset (1m*2)"), "m smoothed offset (1m*2) @ 50.000");
}

TEST(PinnedTest, LeavesWhatIsPinned) {
  EXPECT_EQ(PinnedText("m @ 10 + n"), "m @ 10 + n @ 50.000");
  EXPECT_EQ(PinnedText("m[1m] @ 10 offset 1s"), "m[1m] @ 10 offset 1s");
}

// In an instant query they are the time of the evaluation.
TEST(PinnedTest, ReplacesStartAndEnd) {
  EXPECT_EQ(PinnedText("m @ start() offset 5s"), "m  @ 50.000 offset 5s");
  EXPECT_EQ(PinnedText("rate(m[1m] offset 5s @end( ))"), "rate(m[1m] offset 5s  @ 50.000)");
}

TEST(PinnedTest, LeavesTheInsideOfASubquery) {
  EXPECT_EQ(PinnedText("sum_over_time(m[1m:10s]) + n"),
            "sum_over_time(m[1m:10s] @ 50.000) + n @ 50.000");
  EXPECT_EQ(PinnedText("max_over_time(vector(time())[1m:])"),
            "max_over_time(vector(time())[1m:] @ 50.000)");
  EXPECT_EQ(PinnedText("sum_over_time(rate(m[1m])[1m:] @ 10)"),
            "sum_over_time(rate(m[1m])[1m:] @ 10)");
}

TEST(PinnedTest, RefusesWhatFollowsTheTimeOfAsking) {
  for (const char* expr : {"time()", "m * time()", "timestamp(m)", "hour()", "minute(m)",
                           "predict_linear(m[1m], 5)", "day_of_week(m)", "info(m)"}) {
    EXPECT_EQ(PinnedText(expr), "not pinned") << expr;
  }
}

TEST(PinnedTest, PutsPositionsBack) {
  //              1234567890123456
  const auto pinned = Pin("rate(a[1m]) + rate(b[1m] @ start()) + c");
  ASSERT_TRUE(pinned.has_value());
  EXPECT_EQ(pinned->expr, "rate(a[1m] @ 50.000) + rate(b[1m]  @ 50.000) + c @ 50.000");
  EXPECT_EQ(pinned->MessageOfOriginal("one (1:6)"), "one (1:6)");
  const std::string& expr = pinned->expr;
  const auto at = [&expr](char c) { return std::to_string(expr.find(c, 9) + 1); };
  EXPECT_EQ(pinned->MessageOfOriginal("two (1:" + at('b') + ")"), "two (1:20)");
  EXPECT_EQ(pinned->MessageOfOriginal("three (1:" + at('c') + ")"), "three (1:39)");
  EXPECT_EQ(pinned->MessageOfOriginal(std::to_string(expr.find('b')) + ":" +
                                      std::to_string(expr.find('c')) + ": four"),
            "19:38: four");
  for (const char* other : {"", "plain", "a (b)", "(2:1)", "a (1:x)", "a (1:0)", "1: b"}) {
    EXPECT_EQ(pinned->MessageOfOriginal(other), other);
  }
}

}  // namespace
}  // namespace tacho::promqltest
