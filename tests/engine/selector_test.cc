#include "engine/selector.h"

#include <string>

#include "gtest/gtest.h"
#include "parser/promql.h"

namespace tacho::engine {
namespace {

Selector Make(const std::string& text) {
  const auto ast = parser::ParsePromql(text);
  return *Selector::Create(*ast, ast->root(), Options());
}

TEST(SelectorTest, AnInstantSelectorLooksBackFromItsOffset) {
  const Selector selector = Make("m{a=\"b\"} offset 30s");
  EXPECT_FALSE(selector.is_range());
  EXPECT_EQ(selector.matchers().size(), 2u);
  const SelectorTimes times = selector.At(100'000, {}, 300'000);
  EXPECT_EQ(times.ref_ms, 70'000);
  EXPECT_EQ(times.lookback_ms, 300'000);
  EXPECT_EQ(selector.reach(), absl::Seconds(330));
}

TEST(SelectorTest, ARangeSelectorHasAWindow) {
  const Selector selector = Make("m[1m] offset 30s");
  EXPECT_TRUE(selector.is_range());
  const SelectorTimes times = selector.At(100'000, {}, 300'000);
  EXPECT_EQ(times.window.after_ms, 10'000);
  EXPECT_EQ(times.window.until_ms, 70'000);
  EXPECT_EQ(selector.reach(), absl::Seconds(90));
  EXPECT_EQ(selector.window(), absl::Seconds(60));
}

// Wherever the query is, and whatever its offset is added to.
TEST(SelectorTest, APinnedSelectorStaysWhereItIs) {
  const QuerySpan span{.start_ms = 40'000, .end_ms = 80'000, .step_ms = 10'000};
  EXPECT_EQ(Make("m @ 50").At(1'000, span, 1).ref_ms, 50'000);
  EXPECT_EQ(Make("m @ 50 offset 10s").At(1'000, span, 1).ref_ms, 40'000);
  EXPECT_EQ(Make("m @ start()").At(1'000, span, 1).ref_ms, 40'000);
  EXPECT_EQ(Make("m[5s] @ end()").At(1'000, span, 1).window.until_ms, 80'000);
  EXPECT_EQ(Make("m[5s] @ end()").reach(), absl::ZeroDuration());
}

// What lies ahead is no reach into the past.
TEST(SelectorTest, ANegativeOffsetShortensTheReachDownToNothing) {
  EXPECT_EQ(Make("m[1m] offset -30s").reach(), absl::Seconds(30));
  EXPECT_EQ(Make("m[1m] offset -2m").reach(), absl::ZeroDuration());
}

}  // namespace
}  // namespace tacho::engine
