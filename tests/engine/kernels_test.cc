// Every kernel against its plain twin: bit for bit per position, and to the
// last digits where the order of a sum may differ.
#include "engine/kernels.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <limits>
#include <random>
#include <vector>

#include "engine/aggregate.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/seed.h"

namespace tacho::engine {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeast = std::numeric_limits<double>::denorm_min();

uint64_t Bits(double v) { return std::bit_cast<uint64_t>(v); }

class KernelsTest : public ::testing::Test {
 protected:
  double OneOf(const std::vector<double>& values) {
    return values[std::uniform_int_distribution<size_t>(0, values.size() - 1)(random_)];
  }
  int64_t Between(int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(random_);
  }

  // A counter's first value and growth: mostly ordinary, often around the
  // clamp, now and then absurd.
  void Counter(double* first, double* last) {
    switch (Between(0, 9)) {
      case 0:
        *first = OneOf({0, -0.0, kLeast, 1e-300, 1e308, kInf, kNan, -1});
        *last = *first + OneOf({0, kLeast, 3 * kLeast, 1e-310, 1, 1e308, kInf, kNan});
        break;
      case 1:
      case 2:
        *last = static_cast<double>(Between(0, 1'000));
        *first = std::floor(*last * 0.3);
        break;
      case 3:
        *first = *last = static_cast<double>(Between(0, 3));
        break;
      default:
        *first = std::uniform_real_distribution<double>(0, 1e6)(random_);
        *last = *first + std::uniform_real_distribution<double>(0, 1e6)(random_);
    }
    if (*last < *first) *last = *first;
  }

  // Two rows of counters, and the samples' common times.
  void Rows(size_t count) {
    first_.resize(count);
    last_.resize(count);
    for (size_t i = 0; i < count; ++i) Counter(&first_[i], &last_[i]);
    samples_ = static_cast<size_t>(Between(2, 9));
    range_ms_ = Between(1'000, 300'000);
    window_ = RangeWindow::At(Timestamp::FromUnixMillis(1'000'000), range_ms_ * 1'000'000, 0);
    first_ms_ = window_.after_ms + Between(1, range_ms_ / 2);
    last_ms_ = first_ms_ + Between(1, window_.until_ms - first_ms_);
  }

  // What the plain function makes of position i: the samples between do not
  // matter to a counter that does not fall, as long as they do not fall either.
  double Plain(SeriesValue (*function)(std::span<const SamplePoint>, const RangeWindow&),
               size_t i) const {
    std::vector<SamplePoint> samples(samples_, {first_ms_, first_[i]});
    samples.back() = {last_ms_, last_[i]};
    return *function(samples, window_);
  }

  std::mt19937_64 random_{testing::Seed()};
  std::vector<double> first_;
  std::vector<double> last_;
  size_t samples_ = 2;
  int64_t range_ms_ = 0;
  int64_t first_ms_ = 0;
  int64_t last_ms_ = 0;
  RangeWindow window_;
};

TEST_F(KernelsTest, CountersAreBitForBitRateAndIncrease) {
  for (int round = 0; round < 3'000; ++round) {
    const auto count = static_cast<size_t>(Between(0, 140));
    Rows(count);
    for (const bool per_second : {false, true}) {
      const auto e = Extrapolation::Of(first_ms_, last_ms_, samples_, window_, per_second);
      std::vector<double> out(count);
      ExtrapolateCounters(first_.data(), last_.data(), count, e, out.data());
      for (size_t i = 0; i < count; ++i) {
        ASSERT_EQ(Bits(out[i]), Bits(Plain(per_second ? Rate : Increase, i)))
            << first_[i] << " -> " << last_[i] << " of " << samples_ << " samples";
      }
    }
  }
}

TEST_F(KernelsTest, DifferencesAreBitForBitDeltaIrateAndIdelta) {
  for (int round = 0; round < 1'000; ++round) {
    const auto count = static_cast<size_t>(Between(0, 70));
    Rows(count);
    const auto e = Extrapolation::Of(first_ms_, last_ms_, samples_, window_, false);
    std::vector<double> delta(count);
    std::vector<double> idelta(count);
    std::vector<double> irate(count);
    ScaleDifferences(first_.data(), last_.data(), count, e.factor, delta.data());
    ScaleDifferences(first_.data(), last_.data(), count, 1, idelta.data());
    DivideDifferences(first_.data(), last_.data(), count,
                      static_cast<double>(last_ms_ - first_ms_) / 1000, irate.data());
    for (size_t i = 0; i < count; ++i) {
      ASSERT_EQ(Bits(delta[i]), Bits(Plain(Delta, i)));
      ASSERT_EQ(Bits(idelta[i]), Bits(Plain(InstantDelta, i)));
      ASSERT_EQ(Bits(irate[i]), Bits(Plain(InstantRate, i)));
    }
  }
}

// The growth is the smallest double there is and the clamp's bound rounds to
// nothing: a pre-test that multiplies must not miss that zero is at the first
// sample.
TEST_F(KernelsTest, TheClampIsFoundForTheSmallestOfCounters) {
  const std::vector<double> first(40, 0.0);
  const std::vector<double> last(40, kLeast);
  const RangeWindow window = RangeWindow::At(Timestamp::FromUnixMillis(60'000), 60'000'000'000, 0);
  const auto e = Extrapolation::Of(10'000, 50'000, 5, window, false);
  std::vector<double> out(40);
  ExtrapolateCounters(first.data(), last.data(), 40, e, out.data());
  const std::vector<SamplePoint> samples = {
      {10'000, 0}, {20'000, 0}, {30'000, 0}, {40'000, 0}, {50'000, kLeast}};
  EXPECT_EQ(Bits(out[39]), Bits(*Increase(samples, window)));
}

TEST_F(KernelsTest, SumOfCountersIsTheSumOfTheirRates) {
  for (int round = 0; round < 1'000; ++round) {
    const auto count = static_cast<size_t>(Between(0, 200));
    Rows(count);
    for (size_t i = 0; i < count; ++i) {
      first_[i] = std::isfinite(first_[i]) ? std::fabs(first_[i]) : 1;
      last_[i] =
          std::isfinite(last_[i]) && last_[i] < 1e300 ? std::max(last_[i], first_[i]) : first_[i];
    }
    const auto e = Extrapolation::Of(first_ms_, last_ms_, samples_, window_, true);
    std::vector<double> values(count);
    ExtrapolateCounters(first_.data(), last_.data(), count, e, values.data());
    long double exact = 0;
    for (const double value : values) exact += value;
    const double sum = SumOfCounters(first_.data(), last_.data(), count, e).Value();
    EXPECT_NEAR(sum, static_cast<double>(exact), 1e-15 * static_cast<double>(exact));
  }
}

// Serially compensated and lane by lane lose nothing where plain addition
// would: 1e16 swallows each 1, and what is left at the end is exactly their
// number.
TEST_F(KernelsTest, SumsKeepWhatPlainAdditionLoses) {
  std::vector<double> values;
  for (int i = 0; i < 50; ++i) values.insert(values.end(), {1e16, 1, -1e16});
  EXPECT_EQ(SumOf(values.data(), values.size()).Value(), 50);
}

TEST_F(KernelsTest, SumsAgreeWithSerialOnes) {
  for (int round = 0; round < 2'000; ++round) {
    std::vector<double> values(static_cast<size_t>(Between(0, 100)));
    SerialAggregate serial(parser::Op::kSum);
    double magnitude = 0;
    for (double& value : values) {
      value = std::ldexp(std::uniform_real_distribution<double>(-1, 1)(random_),
                         static_cast<int>(Between(-30, 30)));
      magnitude += std::fabs(value);
      serial.Add(value);
    }
    if (values.empty()) continue;
    EXPECT_NEAR(SumOf(values.data(), values.size()).Value(), serial.Result(),
                1e-25 * magnitude + 1e-15 * std::fabs(serial.Result()));
  }
}

TEST_F(KernelsTest, ASumThatMeetsInfinityIsNotFinite) {
  for (size_t at = 0; at < 20; ++at) {
    std::vector<double> values(20, 1.0);
    values[at] = kInf;
    EXPECT_FALSE(std::isfinite(SumOf(values.data(), values.size()).Value()));
    values[at] = kNan;
    EXPECT_FALSE(std::isfinite(SumOf(values.data(), values.size()).Value()));
  }
}

TEST_F(KernelsTest, ExtremesAgreeWithSerialOnes) {
  for (int round = 0; round < 2'000; ++round) {
    std::vector<double> values(static_cast<size_t>(Between(1, 40)));
    SerialAggregate least(parser::Op::kMin);
    SerialAggregate greatest(parser::Op::kMax);
    for (double& value : values) {
      value = Between(0, 3) == 0 ? OneOf({kNan, kInf, -kInf, 0})
                                 : static_cast<double>(Between(-100, 100));
      least.Add(value);
      greatest.Add(value);
    }
    const double min = MinOf(values.data(), values.size());
    const double max = MaxOf(values.data(), values.size());
    EXPECT_TRUE(min == least.Result() || (std::isnan(min) && std::isnan(least.Result())));
    EXPECT_TRUE(max == greatest.Result() || (std::isnan(max) && std::isnan(greatest.Result())));
  }
}

TEST_F(KernelsTest, ExtremesOfNothingAreNotANumber) {
  EXPECT_THAT(MinOf(nullptr, 0), ::testing::IsNan());
  EXPECT_THAT(MaxOf(nullptr, 0), ::testing::IsNan());
}

}  // namespace
}  // namespace tacho::engine
