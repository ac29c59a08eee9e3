// rate, increase and delta, step by step of their recipe; irate and idelta.
#include <gtest/gtest.h>

#include "tests/conformance/script.h"

namespace tacho::testing {
namespace {

// The window (0, 60] holds 10..60: growth 50 in 50 s. 10 s to the window's start are less
// than 1.1 of the average 10 s: 50 * (50 + 10) / 50 = 60, and 60 / 60 s = 1.
TEST(RateTest, GrowthIsStretchedToTheWholeWindow) {
  RunScript(R"(
    load 10s
      c{pod="a"} 0+10x6
    eval instant at 60s rate(c[1m])
      {pod="a"} 1
    eval instant at 60s increase(c[1m])
      {pod="a"} 60
    eval instant at 60s delta(c[1m])
      {pod="a"} 60
  )");
}

// 10 -> 30 is +20, the restart to 5 adds the lost 30 back, 5 -> 25 is +20: last - first
// + 30 = 45 in 50 s, stretched to 60 s: 54. delta knows no restarts: 15 * 60 / 50 = 18.
TEST(RateTest, RestartAddsBackTheLastValueBeforeIt) {
  RunScript(R"(
    load 10s
      c _ 10 20 30 5 15 25
    eval instant at 60s increase(c[1m])
      {} 54
    eval instant at 60s rate(c[1m])
      {} 0.9
    eval instant at 60s delta(c[1m])
      {} 18
  )");
}

// 7 - 5 = 2, plus 10 and 8 before the two falls: 20. Zero was 50 * 5/20 = 12.5 s before
// the first sample, further than the window's start at 10 s: 20 * 60 / 50 = 24.
TEST(RateTest, EachRestartCounts) {
  RunScript(R"(
    load 10s
      c _ 5 10 3 8 2 7
    eval instant at 60s increase(c[1m])
      {} 24
  )");
}

// 100 at 0 s is outside (0, 60]: 5 is the first sample and no fall. 50 in 50 s; zero was
// 50 * 5/50 = 5 s before it: 50 * (50 + 5) / 50 = 55.
TEST(RateTest, FallOnToTheFirstSampleOfTheWindowIsNoRestart) {
  RunScript(R"(
    load 10s
      c 100 5+10x5
    eval instant at 60s increase(c[1m])
      {} 55
  )");
}

// The same value again is no restart: growth 0, and 0 stretched is 0.
TEST(RateTest, StandingStillIsZero) {
  RunScript(R"(
    load 10s
      c 7x6
    eval instant at 60s rate(c[1m])
      {} 0
    eval instant at 60s irate(c[1m])
      {} 0
  )");
}

// The first sample at 30 s is 30 s from the start, over 1.1 * 10 s: only half of 10 s is
// added, 30 * (30 + 5) / 30 = 35.
TEST(RateTest, SeriesThatBeginsInTheWindowIsStretchedByHalfAnInterval) {
  RunScript(R"(
    load 10s
      c _x3 100+10x3
    eval instant at 60s increase(c[1m])
      {} 35
    eval instant at 60s delta(c[1m])
      {} 35
  )");
}

// 10..40 at 10..40 s, asked at 60 s: 20 s to the end become 5 s; the start is 10 s away:
// 30 * (30 + 10 + 5) / 30 = 45.
TEST(RateTest, SeriesThatEndsInTheWindowIsStretchedByHalfAnInterval) {
  RunScript(R"(
    load 10s
      c 0+10x4
    eval instant at 60s increase(c[1m])
      {} 45
  )");
}

// Samples at 11, 21, .. 51 s: 1.1 of 10 s is the double 11. A start 11 s away is at the
// threshold and counts half of 10 s: 40 * (40 + 5) / 40 = 45. With a window 1 ms shorter
// it is 10.999 s away and counts whole: 50.999.
TEST(RateTest, ThresholdItselfIsTooFar) {
  RunScript(R"(
    load 1s
      c _x11 100 _x9 110 _x9 120 _x9 130 _x9 140
    eval instant at 51s increase(c[51s])
      {} 45
    eval instant at 51s increase(c[50999ms])
      {} 50.999
  )");
}

// The first sample at 10 s is 0.001 s from the start. The last at 50 s, asked at 61 s, is
// 11 s from the end and counts 5 s: 40 + 0.001 + 5. At 60.999 s: 40 + 0.001 + 10.999.
TEST(RateTest, ThresholdHoldsAtTheEndToo) {
  RunScript(R"(
    load 1s
      c _x10 100 _x9 110 _x9 120 _x9 130 _x9 140
    eval instant at 61s increase(c[51001ms])
      {} 45.001
    eval instant at 60999ms increase(c[51s])
      {} 51
  )");
}

// First 0: the counter was zero at its first sample, nothing is added before it: 50.
// First 2: zero was 50 * 2/50 = 2 s before: 50 * 52 / 50 = 52. delta adds the 10 s.
TEST(RateTest, CounterIsNotStretchedBeyondItsZero) {
  RunScript(R"(
    load 10s
      c{first="0"} _ 0+10x5
      c{first="2"} _ 2+10x5
    eval instant at 60s increase(c[1m])
      {first="0"} 50
      {first="2"} 52
    eval instant at 60s delta(c[1m])
      {first="0"} 60
      {first="2"} 60
  )");
}

// Half an interval first, then the zero: 30 s become 5 s; zero at 30 * 8/30 = 8 s does not
// cut that: 35. (Prometheus 2.42 cut 30 s to 8 s first and answered 38.)
TEST(RateTest, ZeroIsAppliedAfterHalfAnInterval) {
  RunScript(R"(
    load 10s
      c{first="8"} _x3 8+10x3
      c{first="3"} _x3 3+10x3
    eval instant at 60s increase(c[1m])
      {first="8"} 35
      {first="3"} 33
  )");
}

// With the restart 60 grew, not 15 - 10 = 5: zero at 40 * 10/60 = 6.67 s, 60 * (40 + 20/3)
// / 40 = 70.
TEST(RateTest, ZeroIsReckonedWithTheCorrectedGrowth) {
  RunScript(R"(
    load 10s
      c _ _ 10 35 55 5 15
    eval instant at 60s increase(c[50s])
      {} 70
  )");
}

// Below zero there is no zero to stop at: 50 * 60 / 50.
TEST(RateTest, NegativeFirstValueIsStretchedAsAGauge) {
  RunScript(R"(
    load 10s
      c _ -5+10x5
    eval instant at 60s increase(c[1m])
      {} 60
  )");
}

// A falling gauge: -50 in 50 s, -60 in 60 s. As a counter it restarts at every sample:
// -50 + 60 + 50 + 40 + 30 + 20 = 150; zero at 50 * 60/150 = 20 s is no bound: 180.
TEST(RateTest, DeltaFalls) {
  RunScript(R"(
    load 10s
      g _ 60-10x5
    eval instant at 60s delta(g[1m])
      {} -60
    eval instant at 60s increase(g[1m])
      {} 180
  )");
}

// At 20 and 50 s: the average interval is 30 s, 20 s and 10 s are below 33 s: 30 * 60 / 30.
TEST(RateTest, TwoSamplesAreEnough) {
  RunScript(R"(
    load 10s
      c _ _ 100 _ _ 130
    eval instant at 60s increase(c[1m])
      {} 60
  )");
}

TEST(RateTest, OneSampleIsNoValue) {
  RunScript(R"(
    load 10s
      c _x5 100
    eval instant at 60s rate(c[1m])
    eval instant at 60s increase(c[1m])
    eval instant at 60s delta(c[1m])
    eval instant at 60s irate(c[1m])
    eval instant at 60s idelta(c[1m])
  )");
}

// NaN is neither below nor above: 20 -> NaN -> 5 shows no fall. 25 - 10 = 15, 15 * 60/50.
TEST(RateTest, NanHidesARestart) {
  RunScript(R"(
    load 10s
      c _ 10 20 NaN 5 15 25
    eval instant at 60s increase(c[1m])
      {} 18
  )");
}

TEST(RateTest, NanAtEitherEndIsAnAnswer) {
  RunScript(R"(
    load 10s
      c{at="first"} _ NaN 20 30
      c{at="last"} _ 10 20 NaN
    eval instant at 30s rate(c[30s])
      {at="first"} NaN
      {at="last"} NaN
    eval instant at 30s irate(c[30s])
      {at="first"} 1
      {at="last"} NaN
  )");
}

// Inf - 1 = Inf. Inf - Inf is NaN. 5 - 1 + Inf = Inf. 5 - Inf + Inf = NaN.
TEST(RateTest, InfinitiesFlow) {
  RunScript(R"(
    load 10s
      c{is="last"} _ 1 2 +Inf
      c{is="all"} _ +Inf +Inf +Inf
      c{is="middle"} _ 1 +Inf 5
      c{is="first"} _ +Inf 1 5
    eval instant at 30s increase(c[30s])
      {is="last"} +Inf
      {is="all"} NaN
      {is="middle"} +Inf
      {is="first"} NaN
  )");
}

// 20 and 5 are neighbours: 25 - 10 + 20 = 35. Five samples, 12.5 s on average, so the
// start's 10 s count; zero was 50 * 10/35 = 14.3 s before: 35 * 60 / 50 = 42.
TEST(RateTest, StalenessMarkerIsNoSample) {
  RunScript(R"(
    load 10s
      c _ 10 20 stale 5 15 25
    eval instant at 60s increase(c[1m])
      {} 42
  )");
}

// 2.0, 2.5, 3.0 s hold 4, 5, 6: 2 in 1 s, stretched by the 0.5 s before: 3 in 1.5 s.
TEST(RateTest, RangeMayBeAFractionOfSeconds) {
  RunScript(R"(
    load 500ms
      c 0+1x6
    eval instant at 3s rate(c[1500ms])
      {} 2
    eval instant at 3s increase(c[1s500ms])
      {} 3
  )");
}

TEST(InstantRateTest, IsTheStepBetweenTheLastTwoSamples) {
  RunScript(R"(
    load 10s
      c 0 5 70 100
    eval instant at 30s irate(c[1m])
      {} 3
    eval instant at 30s idelta(c[1m])
      {} 30
    eval instant at 29s irate(c[1m])
      {} 6.5
  )");
}

// A fall to 20 is a restart from zero for irate, 20 / 10 s; idelta is 20 - 100.
TEST(InstantRateTest, RestartCountsFromZero) {
  RunScript(R"(
    load 10s
      c 0 100 20
    eval instant at 20s irate(c[1m])
      {} 2
    eval instant at 20s idelta(c[1m])
      {} -80
  )");
}

// Over the gap of 30 s: 60 / 30 s. Over a staleness marker: 40 / 20 s.
TEST(InstantRateTest, GapsAndMarkersAreStepsOver) {
  RunScript(R"(
    load 10s
      c{with="gap"} 10 _ _ 70
      c{with="marker"} 0 30 stale 70
    eval instant at 30s irate(c[1m])
      {with="gap"} 2
      {with="marker"} 2
  )");
}

// Asked 49 s later, the last two samples are still the same; nothing is stretched.
TEST(InstantRateTest, IsNotStretched) {
  RunScript(R"(
    load 10s
      c 0 5 70 100
    eval instant at 80s irate(c[1m])
    eval instant at 79s irate(c[1m])
      {} 3
  )");
}

}  // namespace
}  // namespace tacho::testing
