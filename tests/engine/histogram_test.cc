// Quantiles and fractions of classic histograms.
#include "engine/histogram.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gtest/gtest.h"

namespace tacho::engine {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double QuantileOf(double q, std::vector<Bucket> buckets) {
  MonotonicityFix fix;
  return BucketQuantile(q, &buckets, &fix);
}
double FractionOf(double lower, double upper, std::vector<Bucket> buckets) {
  return BucketFraction(lower, upper, &buckets);
}

// Ten up to 1, thirty more up to 2, ten beyond.
const std::vector<Bucket> kBuckets = {{1, 10}, {2, 40}, {kInf, 50}};

TEST(BucketQuantileTest, IsInterpolatedInItsBucket) {
  EXPECT_DOUBLE_EQ(QuantileOf(0.1, kBuckets), 0.5);
  EXPECT_DOUBLE_EQ(QuantileOf(0.5, kBuckets), 1.5);
  EXPECT_DOUBLE_EQ(QuantileOf(0.8, kBuckets), 2);
}

TEST(BucketQuantileTest, BeyondTheLastBoundIsTheLastBound) {
  EXPECT_EQ(QuantileOf(0.99, kBuckets), 2);
  EXPECT_EQ(QuantileOf(1, kBuckets), 2);
}

TEST(BucketQuantileTest, OutsideOfZeroToOneIsInfinite) {
  EXPECT_EQ(QuantileOf(-0.1, kBuckets), -kInf);
  EXPECT_EQ(QuantileOf(1.1, kBuckets), kInf);
  EXPECT_TRUE(std::isnan(QuantileOf(kNan, kBuckets)));
}

TEST(BucketQuantileTest, NeedsABucketThatHoldsEverything) {
  EXPECT_TRUE(std::isnan(QuantileOf(0.5, {{1, 10}, {2, 40}})));
  EXPECT_TRUE(std::isnan(QuantileOf(0.5, {{kInf, 10}})));
  EXPECT_TRUE(std::isnan(QuantileOf(0.5, {{1, 0}, {kInf, 0}})));
}

TEST(BucketQuantileTest, AFirstBucketBelowZeroIsNotInterpolated) {
  EXPECT_EQ(QuantileOf(0.1, {{-1, 10}, {2, 40}, {kInf, 50}}), -1);
}

TEST(BucketQuantileTest, EqualBoundsAreOneBucket) {
  EXPECT_DOUBLE_EQ(QuantileOf(0.5, {{kInf, 50}, {1, 4}, {2, 40}, {1, 6}}), 1.5);
}

TEST(BucketQuantileTest, CountsThatFallAreLiftedAndTold) {
  std::vector<Bucket> buckets = {{1, 10}, {2, 40}, {3, 30}, {kInf, 50}};
  MonotonicityFix fix;
  EXPECT_DOUBLE_EQ(BucketQuantile(0.5, &buckets, &fix), 1.5);
  EXPECT_TRUE(fix.forced);
  EXPECT_EQ(fix.min_bucket, 3);
  EXPECT_EQ(fix.max_bucket, 3);
  EXPECT_EQ(fix.max_diff, 10);
}

TEST(BucketQuantileTest, WhatRoundingLeavesIsNoFall) {
  std::vector<Bucket> buckets = {{1, 10}, {2, 10 - 1e-13}, {kInf, 50}};
  MonotonicityFix fix;
  BucketQuantile(0.5, &buckets, &fix);
  EXPECT_FALSE(fix.forced);
  EXPECT_EQ(buckets[1].count, 10);
}

TEST(BucketQuantileTest, ATotalThatIsNoNumberGivesTheLastBound) {
  EXPECT_EQ(QuantileOf(0.5, {{1, 10}, {2, 40}, {kInf, kNan}}), 2);
}

TEST(BucketFractionTest, IsTheShareBetweenTheBounds) {
  EXPECT_DOUBLE_EQ(FractionOf(0, 1, kBuckets), 0.2);
  EXPECT_DOUBLE_EQ(FractionOf(1, 2, kBuckets), 0.6);
  EXPECT_DOUBLE_EQ(FractionOf(0.5, 1.5, kBuckets), 0.4);
  EXPECT_DOUBLE_EQ(FractionOf(-kInf, kInf, kBuckets), 1);
  EXPECT_DOUBLE_EQ(FractionOf(-5, 1, kBuckets), 0.2);
}

TEST(BucketFractionTest, EdgeCases) {
  EXPECT_EQ(FractionOf(2, 1, kBuckets), 0);
  EXPECT_EQ(FractionOf(1, 1, kBuckets), 0);
  EXPECT_TRUE(std::isnan(FractionOf(kNan, 1, kBuckets)));
  EXPECT_TRUE(std::isnan(FractionOf(0, 1, {{1, 0}, {kInf, 0}})));
  EXPECT_TRUE(std::isnan(FractionOf(0, 1, {{1, 10}})));
}

}  // namespace
}  // namespace tacho::engine
