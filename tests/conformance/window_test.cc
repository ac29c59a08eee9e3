// Which samples a window holds: open on the left, closed on the right, moved by offset.
#include <gtest/gtest.h>

#include "tests/conformance/script.h"

namespace tacho::testing {
namespace {

// The 500 at 30 s is 30 s old at 60 s: outside (30, 60]. Of 1, 2, 3 the step is 2 in 20 s,
// 3 in 30 s. A millisecond earlier 30 s is inside and 60 s is not: 2 - 500 in 20 s.
TEST(WindowTest, IsOpenOnTheLeftAndClosedOnTheRight) {
  RunScript(R"(
    load 10s
      g _x3 500 1 2 3
    eval instant at 60s delta(g[30s])
      {} 3
    eval instant at 59999ms delta(g[30s])
      {} -747
  )");
}

TEST(WindowTest, IdeltaSeesTheSampleAtItsEndAndNoLater) {
  RunScript(R"(
    load 10s
      g 0 1 3 7
    eval instant at 20s idelta(g[1m])
      {} 2
    eval instant at 19999ms idelta(g[1m])
      {} 1
    eval instant at 30s idelta(g[20s])
      {} 4
    eval instant at 30s idelta(g[10s])
    eval instant at 30s idelta(g[10001ms])
      {} 4
  )");
}

// At 10 s a first sample of 0 stops the stretching: 10 in 60 s. At 79.999 s the samples
// at 20 and 30 s are left: 10 * (10 + 0.001 + 5) / 10 = 15.001 in 60 s.
TEST(WindowTest, OutsideOfTheDataIsNothing) {
  RunScript(R"(
    load 10s
      c 0+10x3
    eval instant at -1s rate(c[1m])
    eval instant at 0s rate(c[1m])
    eval instant at 10s rate(c[1m])
      {} 0.16666666666666666
    eval instant at 80s rate(c[1m])
    eval instant at 79999ms rate(c[1m])
      {} 0.25001666666666667
  )");
}

// As in IsOpenOnTheLeftAndClosedOnTheRight, 10 s later.
TEST(WindowTest, OffsetMovesBothEnds) {
  RunScript(R"(
    load 10s
      g _x3 500 1 2 3 900 900
    eval instant at 70s delta(g[30s] offset 10s)
      {} 3
    eval instant at 69999ms delta(g[30s] offset 10s)
      {} -747
    eval instant at 3660s delta(g[30s] offset 1h)
      {} 3
  )");
}

TEST(WindowTest, NegativeOffsetLooksAhead) {
  RunScript(R"(
    load 10s
      g _x3 500 1 2 3 900 900
    eval instant at 50s delta(g[30s] offset -10s)
      {} 3
    eval instant at 0s g offset -60s
      g 3
  )");
}

// (3, 4] holds 3.5 and 4 s: 1 in 0.5 s, and 0.5 s before it: 2 in 1 s.
TEST(WindowTest, OffsetMayBeAFractionOfSeconds) {
  RunScript(R"(
    load 500ms
      c 100+1x12
    eval instant at 5500ms increase(c[1s] offset 1500ms)
      {} 2
  )");
}

TEST(InstantSelectorTest, SeesTheNewestSampleAtOrBeforeTheTime) {
  RunScript(R"(
    load 10s
      m{a="x"} 1 2 3
    eval instant at 0s m
      m{a="x"} 1
    eval instant at 9999ms m
      m{a="x"} 1
    eval instant at 10s m
      m{a="x"} 2
    eval instant at 1m m
      m{a="x"} 3
    eval instant at -1s m
  )");
}

TEST(InstantSelectorTest, OffsetIsAsAskingEarlier) {
  RunScript(R"(
    load 10s
      m 1 2 3
    eval instant at 20s m offset 10s
      m 2
    eval instant at 19999ms m offset 10s
      m 1
    eval instant at 20s m offset 21s
    eval instant at 20s sum(m offset 10s)
      {} 2
    eval instant at 20s -m offset 10s
      {} -2
  )");
}

// A lone sample at 0 is seen while it is less than 5 minutes old.
TEST(InstantSelectorTest, LooksBackFiveMinutesOpenOnTheLeft) {
  RunScript(R"(
    load 10s
      m 7
    eval instant at 299999ms m
      m 7
    eval instant at 300s m
    eval instant at 299999ms count(m)
      {} 1
    eval instant at 300s count(m)
    eval instant at 310s m offset 10001ms
      m 7
    eval instant at 310s m offset 10s
  )");
}

TEST(InstantSelectorTest, LookbackIsAnOption) {
  Options options = ScriptOptions();
  options.lookback = absl::Minutes(1);
  RunScript(R"(
    load 10s
      m 7 8
    eval instant at 69999ms m
      m 8
    eval instant at 70s m
    eval instant at 70s delta(m[90s])
      {} 2
  )",
            options);
}

}  // namespace
}  // namespace tacho::testing
