#include "engine/rate.h"

#include <cstdint>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::engine {
namespace {

using ::testing::DoubleEq;
using ::testing::Eq;
using ::testing::IsNan;
using ::testing::Optional;

constexpr int64_t kSecond = 1'000'000'000;
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

using Samples = std::vector<SamplePoint>;

// Values at first_ms, first_ms + 10 s, ...
Samples Every10s(int64_t first_ms, const std::vector<double>& values) {
  Samples samples;
  for (const double value : values) {
    samples.push_back({first_ms + 10'000 * static_cast<int64_t>(samples.size()), value});
  }
  return samples;
}

// The window of [seconds] at end_ms.
RangeWindow Window(int64_t seconds, int64_t end_ms) {
  return RangeWindow::At(Timestamp::FromUnixMillis(end_ms), seconds * kSecond, 0);
}

// 10 -> 30 is +20, the restart to 5 adds the lost 30 back, 5 -> 25 is +20: the
// sum is (25 - 10) + 30 = 45 in 50 s of samples. The first sample is 10 s after
// the window's start, less than 1.1 * 10 s: stretched to 60 s that is 54, and
// 54 / 60 a second.
TEST(RateTest, RestartAddsBackTheLastValueBeforeIt) {
  const Samples samples = Every10s(10'000, {10, 20, 30, 5, 15, 25});
  EXPECT_THAT(Rate(samples, Window(60, 60'000)), Optional(DoubleEq(0.9)));
  EXPECT_THAT(Increase(samples, Window(60, 60'000)), Optional(DoubleEq(54)));
}

// A delta knows no resets: 25 - 10 = 15, stretched from 50 s to 60 s.
TEST(RateTest, DeltaTakesARestartAsAFall) {
  const Samples samples = Every10s(10'000, {10, 20, 30, 5, 15, 25});
  EXPECT_THAT(Delta(samples, Window(60, 60'000)), Optional(DoubleEq(18)));
}

TEST(RateTest, FewerThanTwoSamplesAreNoRate) {
  const Samples one = Every10s(10'000, {1});
  EXPECT_THAT(Rate({}, Window(60, 60'000)), Eq(std::nullopt));
  EXPECT_THAT(Rate(one, Window(60, 60'000)), Eq(std::nullopt));
  EXPECT_THAT(Delta(one, Window(60, 60'000)), Eq(std::nullopt));
  EXPECT_THAT(InstantRate(one, Window(60, 60'000)), Eq(std::nullopt));
  EXPECT_THAT(InstantDelta(one, Window(60, 60'000)), Eq(std::nullopt));
}

// Average distance 10 s, threshold 11 s. The first sample is exactly 11 s in:
// at the threshold half a distance counts, (20 + 5) / 20 * 20 = 25.
TEST(RateTest, AtTheThresholdHalfADistanceCounts) {
  const Samples samples = Every10s(11'000, {100, 110, 120});
  EXPECT_THAT(Increase(samples, Window(31, 31'000)), Optional(DoubleEq(25)));
}

// One millisecond nearer all of it counts: (20 + 10.999 + 0.001) / 20 * 20
// = 31.
TEST(RateTest, JustBelowTheThresholdTheWholeDistanceCounts) {
  const Samples samples = Every10s(10'999, {100, 110, 120});
  EXPECT_THAT(Increase(samples, Window(31, 31'000)), Optional(DoubleEq(31)));
}

// The right edge has the same rule: the last sample is 11 s before the end, so
// 5 s count; the first is 10 s in: (20 + 10 + 5) / 20 * 20 = 35.
TEST(RateTest, TheRightEdgeHasTheSameThreshold) {
  const Samples samples = Every10s(10'000, {100, 110, 120});
  EXPECT_THAT(Increase(samples, Window(41, 41'000)), Optional(DoubleEq(35)));
}

// 2 -> 22 is +20 in 20 s: the counter was zero 2 s before its first sample,
// which is nearer than the window's start (10 s): (20 + 2) / 20 * 20 = 22.
TEST(RateTest, ACounterIsNotStretchedBelowZero) {
  const Samples samples = Every10s(10'000, {2, 12, 22});
  EXPECT_THAT(Increase(samples, Window(30, 30'000)), Optional(DoubleEq(22)));
  EXPECT_THAT(Delta(samples, Window(30, 30'000)), Optional(DoubleEq(30)));
}

// Zero at the first sample: not stretched to the left at all.
TEST(RateTest, ACounterThatBeginsAtZeroStartsThere) {
  EXPECT_THAT(Increase(Every10s(10'000, {0, 10, 20}), Window(30, 30'000)), Optional(DoubleEq(20)));
  EXPECT_THAT(Increase(Every10s(10'000, {-0.0, 10, 20}), Window(30, 30'000)),
              Optional(DoubleEq(20)));
}

// A negative counter is none; it is stretched as it stands: (20 + 10) / 20
// * 20.
TEST(RateTest, ANegativeFirstValueIsNotClamped) {
  EXPECT_THAT(Increase(Every10s(10'000, {-5, 5, 15}), Window(30, 30'000)), Optional(DoubleEq(30)));
}

// The first sample is 25 s in: half a distance, 5 s. Zero would be 20 * (8 /
// 20) = 8 s away, no nearer, so 5 s stay (Prometheus 2.42 takes 8): (20 + 5) /
// 20 * 20 = 25. Zero 4 s away is nearer: 24.
TEST(RateTest, TheZeroPointIsComparedWithTheHalvedDistance) {
  EXPECT_THAT(Increase(Every10s(25'000, {8, 18, 28}), Window(45, 45'000)), Optional(DoubleEq(25)));
  EXPECT_THAT(Increase(Every10s(25'000, {4, 14, 24}), Window(45, 45'000)), Optional(DoubleEq(24)));
}

// With two samples the distance is the whole interval: threshold 11 s, both
// edges 10 s: (10 + 10 + 10) / 10 * 7 = 21.
TEST(RateTest, TwoSamplesAreStretchedByTheirDistance) {
  EXPECT_THAT(Increase(Every10s(10'000, {100, 107}), Window(30, 30'000)), Optional(DoubleEq(21)));
}

// The correction for a restart counts before the zero point is looked for: the
// growth is (3 - 6) + 9 = 6 in 20 s, zero is 20 * (6 / 6) = 20 s away.
TEST(RateTest, ResetsCountBeforeTheClamp) {
  EXPECT_THAT(Increase(Every10s(10'000, {6, 9, 3}), Window(30, 30'000)), Optional(DoubleEq(9)));
}

TEST(RateTest, NotANumberHidesAResetAndMakesTheResultOne) {
  const Samples inside = Every10s(10'000, {10, kNan, 5});
  // 5 - 10 = -5, stretched from 20 s to 30 s; neither side of the NaN is a
  // reset.
  EXPECT_THAT(Increase(inside, Window(30, 30'000)), Optional(DoubleEq(-7.5)));
  EXPECT_THAT(Rate(Every10s(10'000, {kNan, 1, 2}), Window(30, 30'000)), Optional(IsNan()));
  EXPECT_THAT(Rate(Every10s(10'000, {kInf, kInf}), Window(30, 30'000)), Optional(IsNan()));
}

// 40 -> 55 in 10 s; after a restart to 5 the whole 5 counts.
TEST(RateTest, InstantRateComparesTheLastTwo) {
  EXPECT_THAT(InstantRate(Every10s(10'000, {1, 40, 55}), Window(60, 60'000)),
              Optional(DoubleEq(1.5)));
  EXPECT_THAT(InstantRate(Every10s(10'000, {1, 40, 5}), Window(60, 60'000)),
              Optional(DoubleEq(0.5)));
  EXPECT_THAT(InstantDelta(Every10s(10'000, {1, 40, 5}), Window(60, 60'000)),
              Optional(DoubleEq(-35)));
}

TEST(RangeWindowTest, IsCutTowardZeroToMilliseconds) {
  const Timestamp t = Timestamp::FromUnixMillis(100'000);
  // 1.0009 s is 1000 ms; an offset of -0.0009 s is none.
  const RangeWindow window = RangeWindow::At(t, 1'000'900'000, -900'000);
  EXPECT_EQ(window.until_ms, 100'000);
  EXPECT_EQ(window.after_ms, 99'000);
  EXPECT_DOUBLE_EQ(window.seconds, 1.0009);
}

// 0.6 ms of range and 0.6 ms of offset are nothing each, but 1 ms together.
TEST(RangeWindowTest, RangeAndOffsetAreAddedBeforeTheyAreCut) {
  const RangeWindow window = RangeWindow::At(Timestamp::FromUnixMillis(1000), 600'000, 600'000);
  EXPECT_EQ(window.until_ms, 1000);
  EXPECT_EQ(window.after_ms, 1000);
  EXPECT_EQ(window.start_ms, 999);
}

TEST(RangeWindowTest, ANegativeOffsetLooksAhead) {
  const RangeWindow window =
      RangeWindow::At(Timestamp::FromUnixMillis(1000), 10 * kSecond, -5 * kSecond);
  EXPECT_EQ(window.until_ms, 6000);
  EXPECT_EQ(window.after_ms, -4000);
}

TEST(RangeWindowTest, SaturatesAtTheEndsOfTime) {
  const RangeWindow window = RangeWindow::At(Timestamp::Min(), kSecond, kSecond);
  EXPECT_EQ(window.until_ms, std::numeric_limits<int64_t>::min());
  EXPECT_EQ(window.after_ms, std::numeric_limits<int64_t>::min());
}

// Whole seconds and the rest are converted apart, which rounds otherwise than
// ms / 1000 for 788 of the whole milliseconds below an hour.
TEST(RangeWindowTest, SecondsAreRoundedAsInGo) {
  int differing = 0;
  for (int64_t ms = 1; ms < 3'600'000; ++ms) {
    const double seconds = RangeWindow::At(Timestamp::FromUnixMillis(0), ms * 1'000'000, 0).seconds;
    differing += seconds != static_cast<double>(ms) / 1000 ? 1 : 0;
  }
  EXPECT_EQ(differing, 788);
}

}  // namespace
}  // namespace tacho::engine
