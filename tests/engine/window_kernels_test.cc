// Every window kernel against its plain twin, bit for bit; what is not finite need only be
// so in both, where a kernel says that it is not exact.
#include "engine/window_kernels.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/engine/seed.h"

namespace tacho::engine {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class WindowKernelsTest : public ::testing::Test {
 protected:
  int64_t Between(int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(random_);
  }

  double Value(int64_t kind) {
    switch (kind) {
      case 0: {
        const std::vector<double> odd = {0,      -0.0, 5e-324, -1e308, 1.7e308,
                                         1e-300, kInf, -kInf,  kNan};
        return odd[static_cast<size_t>(Between(0, 8))];
      }
      case 1:
        return static_cast<double>(Between(0, 3));
      case 2:
        return 1e16 + static_cast<double>(Between(0, 9));
      default:
        return std::uniform_real_distribution<double>(-1e6, 1e6)(random_);
    }
  }

  // Rows of a window. Most columns are of one kind; some never change.
  void Fill(size_t rows, size_t count) {
    rows_.assign(rows, std::vector<double>(count));
    times_ms_.clear();
    for (size_t row = 0; row < rows; ++row) {
      times_ms_.push_back(row == 0 ? 1'700'000'000'000 : times_ms_.back() + Between(1, 30'000));
    }
    for (size_t i = 0; i < count; ++i) {
      const int64_t kind = Between(0, 5);
      const bool constant = Between(0, 9) == 0;
      for (size_t row = 0; row < rows; ++row) {
        rows_[row][i] = constant && row > 0 ? rows_[0][i] : Value(Between(0, 7) == 0 ? 0 : kind);
      }
    }
  }

  std::vector<double> Compute(RowKernel kernel, size_t count) const {
    std::vector<const double*> values;
    std::vector<double> seconds;
    for (size_t row = 0; row < rows_.size(); ++row) {
      values.push_back(rows_[row].data());
      seconds.push_back(static_cast<double>(times_ms_[row] - times_ms_[0]) / 1e3);
    }
    std::vector<double> out(count);
    ComputeWindow(kernel, {values, seconds}, count, out.data());
    return out;
  }

  double Plain(WindowFunction function, size_t i) const {
    std::vector<SamplePoint> samples;
    for (size_t row = 0; row < rows_.size(); ++row) {
      samples.push_back({times_ms_[row], rows_[row][i]});
    }
    return *function({.samples = samples, .time_ms = times_ms_.back()});
  }

  void Compare(const FunctionEntry& function, size_t count) {
    const RowKernel kernel = function.range.kernel;
    const std::vector<double> values = Compute(kernel, count);
    for (size_t i = 0; i < count; ++i) {
      const double want = Plain(function.range.plain, i);
      const bool same = std::bit_cast<uint64_t>(values[i]) == std::bit_cast<uint64_t>(want) ||
                        (std::isnan(values[i]) && std::isnan(want));
      const bool may_be_asked_again = !IsExact(kernel) && !std::isfinite(values[i]);
      ASSERT_TRUE(same || may_be_asked_again)
          << function.name << ": " << absl::StrCat(values[i], " instead of ", want) << " at " << i
          << " of " << count << ", " << rows_.size() << " rows";
      if (same && std::isfinite(want)) finite_.insert(std::string(function.name));
    }
  }

  std::mt19937_64 random_{testing::Seed()};
  std::vector<std::vector<double>> rows_;
  std::vector<int64_t> times_ms_;
  std::set<std::string> finite_;
};

TEST_F(WindowKernelsTest, AreBitForBitThePlainFunctions) {
  size_t kernels = 0;
  for (const FunctionEntry& function : RangeFunctions()) {
    if (!IsWindowKernel(function.range.kernel)) continue;
    ++kernels;
    for (int n = 0; n < 400; ++n) {
      const auto count = static_cast<size_t>(Between(1, 100));
      Fill(static_cast<size_t>(Between(LeastRows(function.range.kernel), 25)), count);
      ASSERT_NO_FATAL_FAILURE(Compare(function, count));
    }
  }
  EXPECT_EQ(kernels, 11U);
  EXPECT_EQ(finite_.size(), kernels);
}

TEST_F(WindowKernelsTest, WriteNothingBeyondTheLastPosition) {
  for (const FunctionEntry& function : RangeFunctions()) {
    if (!IsWindowKernel(function.range.kernel)) continue;
    for (size_t count = 1; count <= 70; ++count) {
      Fill(3, count);
      std::vector<const double*> values;
      for (const std::vector<double>& row : rows_) values.push_back(row.data());
      const std::vector<double> seconds = {0, 1, 2};
      std::vector<double> out(count + 64, -7);
      ComputeWindow(function.range.kernel, {values, seconds}, count, out.data());
      for (size_t i = count; i < out.size(); ++i) ASSERT_EQ(out[i], -7) << function.name;
    }
  }
}

TEST_F(WindowKernelsTest, AnInfiniteFirstSampleHasNoVariance) {
  Fill(1, 40);
  for (double& value : rows_[0]) value = kInf;
  for (const double value : Compute(RowKernel::kStdvarOverTime, 40)) {
    EXPECT_TRUE(std::isnan(value));
  }
}

}  // namespace
}  // namespace tacho::engine
