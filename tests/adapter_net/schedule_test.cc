#include "adapter/net/schedule.h"

#include <map>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

TEST(ScheduleTest, HashIsFnv1a) {
  // The published test vectors: what replicas of other versions compute, too.
  EXPECT_EQ(StableHash(""), 0xcbf29ce484222325U);
  EXPECT_EQ(StableHash("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(StableHash("foobar"), 0x85944171f73967e8U);
}

// Ticks at 3, 13, 23, ...: whole multiples of 10 plus 3.
TEST(ScheduleTest, NextTickIsTheFirstOneAfterNow) {
  const Cadence cadence{10, 3};
  EXPECT_EQ(NextTick(cadence, 0), 3);
  EXPECT_EQ(NextTick(cadence, 2), 3);
  EXPECT_EQ(NextTick(cadence, 3), 13);  // not the one that is now
  EXPECT_EQ(NextTick(cadence, 12), 13);
  EXPECT_EQ(NextTick(cadence, 22), 23);
}

TEST(ScheduleTest, BeforeTheEpochTicksGoOn) {
  const Cadence cadence{10, 3};
  EXPECT_EQ(NextTick(cadence, -1), 3);
  EXPECT_EQ(NextTick(cadence, -7), 3);
  EXPECT_EQ(NextTick(cadence, -8), -7);
}

TEST(ScheduleTest, NextTickIsWithinOneIntervalAndOnTheGrid) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 rng(seed);
  for (int i = 0; i < 10'000; ++i) {
    const int64_t interval = 1 + static_cast<int64_t>(rng() % 120'000);
    const Cadence cadence = CadenceOf(interval, absl::StrCat("target", rng()));
    const int64_t now = static_cast<int64_t>(rng() % 4'000'000'000'000) - 1'000'000'000'000;
    const int64_t tick = NextTick(cadence, now);
    ASSERT_GT(tick, now);
    ASSERT_LE(tick, now + interval);
    ASSERT_EQ((tick - cadence.offset_ms) % interval, 0);
  }
}

TEST(ScheduleTest, ASuspendMissesTicksAndCatchesUpOnNone) {
  const Cadence cadence{15'000, 100};
  const int64_t before = NextTick(cadence, 1'000'000);
  const int64_t woken = before + 600'000 + 42;  // ten minutes late
  EXPECT_EQ(NextTick(cadence, woken), before + 600'000 + 15'000);
}

// 1,000 targets into 15 buckets of a second: 66.7 each, with a standard deviation of
// 7.9; five of those are 40.
TEST(ScheduleTest, TargetsSpreadOverTheInterval) {
  std::map<int64_t, int> buckets;
  for (int i = 0; i < 1000; ++i) {
    ++buckets[CadenceOf(15'000, absl::StrCat("{instance=\"10.0.0.", i, ":80\"}")).offset_ms / 1000];
  }
  ASSERT_EQ(buckets.size(), 15U);
  for (const auto& [second, n] : buckets) EXPECT_NEAR(n, 66.7, 40) << second;
}

TEST(ScheduleTest, ASmallDelayIsSnappedToTheTick) {
  const Cadence cadence{15'000, 0};  // 2 ms is less than 1 %
  EXPECT_EQ(ScrapeTime(cadence, 30'000, 30'002), 30'000);
  EXPECT_EQ(ScrapeTime(cadence, 30'000, 30'003), 30'003);
  EXPECT_EQ(ScrapeTime(cadence, 30'000, 29'999), 30'000);
}

TEST(ScheduleTest, ShortIntervalsSnapWithinOnePercent) {
  const Cadence cadence{100, 0};
  EXPECT_EQ(ScrapeTime(cadence, 1'000, 1'001), 1'000);
  EXPECT_EQ(ScrapeTime(cadence, 1'000, 1'002), 1'002);
}

int64_t wall_ns = 0;
int64_t steady_ns = 0;

TEST(ClockTest, AStepOfTheWallClockChangesNothing) {
  wall_ns = 1'700'000'000'000'000'000;
  steady_ns = 5'000'000'000;
  const Clock clock([] { return wall_ns; }, [] { return steady_ns; });
  EXPECT_EQ(clock.NowMillis(), 1'700'000'000'000);
  wall_ns -= int64_t{12} * 3600 * 1'000'000'000;
  steady_ns += 1'500'000'000;
  EXPECT_EQ(clock.NowMillis(), 1'700'000'001'500);
  EXPECT_EQ(clock.Now(), Timestamp::FromUnixMillis(1'700'000'001'500));
}

TEST(ClockTest, TheRealOneAgreesWithTheWallClockAtFirst) {
  const Clock clock;
  const int64_t wall_ms = absl::ToUnixMillis(absl::Now());
  EXPECT_NEAR(static_cast<double>(clock.NowMillis()), static_cast<double>(wall_ms), 60'000);
}

}  // namespace
}  // namespace tacho::adapter
