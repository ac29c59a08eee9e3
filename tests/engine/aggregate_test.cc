#include "engine/aggregate.h"

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::engine {
namespace {

using parser::Op;
using ::testing::IsNan;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kMost = std::numeric_limits<double>::max();

double Aggregate(Op op, std::initializer_list<double> values) {
  SerialAggregate aggregate(op);
  for (const double value : values) aggregate.Add(value);
  return aggregate.Result();
}

// Plainly added, 1 + 1e100 + 1 - 1e100 is 0.
TEST(SerialAggregateTest, SumIsCompensated) {
  EXPECT_EQ(Aggregate(Op::kSum, {1, 1e100, 1, -1e100}), 2);
}

TEST(SerialAggregateTest, SumOfInfinitiesFollowsThem) {
  EXPECT_EQ(Aggregate(Op::kSum, {1, kInf, 2}), kInf);
  EXPECT_EQ(Aggregate(Op::kSum, {-kInf, 2}), -kInf);
  EXPECT_THAT(Aggregate(Op::kSum, {kInf, -kInf}), IsNan());
  EXPECT_THAT(Aggregate(Op::kSum, {1, kNan, 2}), IsNan());
}

// Once it has overflowed, a sum stays infinite.
TEST(SerialAggregateTest, SumThatOverflowsIsInfinite) {
  EXPECT_EQ(Aggregate(Op::kSum, {kMost, kMost, -kMost}), kInf);
}

TEST(SerialAggregateTest, AverageOfIntegersIsExact) {
  EXPECT_EQ(Aggregate(Op::kAvg, {1, 2, 6}), 3);
  EXPECT_EQ(Aggregate(Op::kAvg, {1, 1e100, 1, -1e100}), 0.5);
}

// The sum overflows, the mean does not: from there on it grows by shares.
TEST(SerialAggregateTest, AverageSurvivesASumThatOverflows) {
  EXPECT_DOUBLE_EQ(Aggregate(Op::kAvg, {kMost, kMost}), kMost);
  EXPECT_DOUBLE_EQ(Aggregate(Op::kAvg, {kMost, kMost, kMost, kMost / 2}), kMost / 8 * 7);
  EXPECT_EQ(Aggregate(Op::kAvg, {kInf, 1}), kInf);
  EXPECT_THAT(Aggregate(Op::kAvg, {kInf, -kInf}), IsNan());
}

TEST(SerialAggregateTest, ExtremesPassOverNotANumber) {
  EXPECT_EQ(Aggregate(Op::kMin, {kNan, 2, 1, kNan}), 1);
  EXPECT_EQ(Aggregate(Op::kMax, {kNan, 2, 1, kNan}), 2);
  EXPECT_THAT(Aggregate(Op::kMin, {kNan, kNan}), IsNan());
  EXPECT_THAT(Aggregate(Op::kMax, {kNan}), IsNan());
}

// Zeros are equal, so the first one stays.
TEST(SerialAggregateTest, ExtremesKeepTheFirstOfEqualZeros) {
  EXPECT_EQ(std::bit_cast<uint64_t>(Aggregate(Op::kMin, {0.0, -0.0})), 0u);
  EXPECT_NE(std::bit_cast<uint64_t>(Aggregate(Op::kMax, {-0.0, 0.0})), 0u);
}

TEST(SerialAggregateTest, CountAndGroupIgnoreTheValues) {
  EXPECT_EQ(Aggregate(Op::kCount, {kNan, 2, 7}), 3);
  EXPECT_EQ(Aggregate(Op::kGroup, {kNan, 2, 7}), 1);
}

TEST(SerialAggregateTest, OthersAreNotFused) {
  EXPECT_TRUE(IsFusedAggregation(Op::kGroup));
  EXPECT_FALSE(IsFusedAggregation(Op::kStddev));
  EXPECT_FALSE(IsFusedAggregation(Op::kTopk));
  EXPECT_FALSE(IsFusedAggregation(Op::kAdd));
}

}  // namespace
}  // namespace tacho::engine
