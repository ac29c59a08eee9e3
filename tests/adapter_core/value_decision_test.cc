#include "adapter/core/value_decision.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

constexpr Timestamp kNow = Timestamp::FromUnixMillis(1'700'000'000'000);

class DecisionTest : public ::testing::Test {
 protected:
  ResultSample Row(double value, Duration age = absl::Seconds(1)) const {
    Evidence evidence;
    evidence.newest = kNow - age;
    return {&labels_, value, evidence};
  }

  static Decision Of(const std::vector<const ResultSample*>& rows, uint32_t targets = 0,
                     Duration max_age = absl::Seconds(60)) {
    return Decide(rows, targets, kNow, {max_age});
  }

  const Labels labels_ = {};
};

TEST_F(DecisionTest, OneFreshFiniteRowIsAValue) {
  const ResultSample row = Row(1.5);
  const Decision decision = Of({&row});
  EXPECT_EQ(decision.unknown, Unknown::kNone);
  EXPECT_EQ(decision.quantity, "1500m");
}

TEST_F(DecisionTest, NoRowIsMissingOrWarming) {
  EXPECT_EQ(Of({}, 0).unknown, Unknown::kMissing);
  EXPECT_EQ(Of({}, 1).unknown, Unknown::kWarming);
}

// F11: the later row does not win; neither does.
TEST_F(DecisionTest, TwoRowsAreAmbiguousEvenIfTheyAgree) {
  const ResultSample row = Row(1);
  EXPECT_EQ(Of({&row, &row}).unknown, Unknown::kAmbiguous);
}

TEST_F(DecisionTest, StaleIsOlderThanMaxAgeToTheMillisecond) {
  const ResultSample at_limit = Row(1, absl::Seconds(60));
  const ResultSample over = Row(1, absl::Milliseconds(60'001));
  EXPECT_EQ(Of({&at_limit}).unknown, Unknown::kNone);
  EXPECT_EQ(Of({&over}).unknown, Unknown::kStale);
  EXPECT_EQ(Of({&over}, 0, absl::InfiniteDuration()).unknown, Unknown::kNone);
}

TEST_F(DecisionTest, ASampleFromTheFutureIsNotStale) {
  const ResultSample row = Row(1, -absl::Seconds(5));
  EXPECT_EQ(Of({&row}).unknown, Unknown::kNone);
}

TEST_F(DecisionTest, AValueThatRestsOnNoSampleIsNotStale) {
  const ResultSample row(&labels_, 3, Evidence());
  EXPECT_EQ(Of({&row}).unknown, Unknown::kNone);
}

TEST_F(DecisionTest, NanAndOverflowAreReasons) {
  const ResultSample nan = Row(std::nan(""));
  const ResultSample inf = Row(std::numeric_limits<double>::infinity());
  const ResultSample huge = Row(-1e17);
  EXPECT_EQ(Of({&nan}).unknown, Unknown::kNan);
  EXPECT_EQ(Of({&inf}).unknown, Unknown::kOverflow);
  EXPECT_EQ(Of({&huge}).unknown, Unknown::kOverflow);
}

TEST_F(DecisionTest, StaleIsSaidBeforeNan) {
  const ResultSample row = Row(std::nan(""), absl::Minutes(5));
  EXPECT_EQ(Of({&row}).unknown, Unknown::kStale);
}

TEST(UnknownTest, HasAWordForEachReason) {
  EXPECT_EQ(ToString(Unknown::kNone), "");
  EXPECT_EQ(ToString(Unknown::kMissing), "missing");
  EXPECT_EQ(ToString(Unknown::kWarming), "warming");
  EXPECT_EQ(ToString(Unknown::kAmbiguous), "ambiguous");
  EXPECT_EQ(ToString(Unknown::kStale), "stale");
  EXPECT_EQ(ToString(Unknown::kNan), "nan");
  EXPECT_EQ(ToString(Unknown::kOverflow), "overflow");
}

// 2 x 15 + 10 is 40; 2 x 30 + 10 is 70, cut to 60; 60 would be less than 60 + 10.
TEST(DefaultMaxAgeTest, IsTwoScrapesAtMostAMinuteAtLeastOneScrape) {
  EXPECT_EQ(DefaultMaxAge(absl::Seconds(15), absl::Seconds(10)), absl::Seconds(40));
  EXPECT_EQ(DefaultMaxAge(absl::Seconds(30), absl::Seconds(10)), absl::Seconds(60));
  EXPECT_EQ(DefaultMaxAge(absl::Seconds(60), absl::Seconds(10)), absl::Seconds(70));
}

}  // namespace
}  // namespace tacho::adapter
