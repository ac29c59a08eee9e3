#include "adapter/core/quantity.h"

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::StatusIs;
using ::testing::_;

constexpr double kInf = std::numeric_limits<double>::infinity();

// The table of the contract, 1.8.
TEST(QuantityTest, IsCutToThousandthsAndWrittenCanonically) {
  const std::pair<double, std::string> cases[] = {
      {0.066, "66m"},    {0.0669, "66m"},  {0.0009, "0"},       {-5.5, "-5500m"},
      {1.005, "1004m"},  {4.35, "4350m"},  {0.5, "500m"},       {1, "1"},
      {1.5, "1500m"},    {10, "10"},       {66.6666, "66666m"}, {999.9999, "999999m"},
      {1000, "1k"},      {1500, "1500"},   {10000, "10k"},      {123456789, "123456789"},
      {1e6, "1M"},       {2.5e6, "2500k"}, {1e9, "1G"},         {1e15, "1P"},
      {9.2e15, "9200T"}, {0, "0"},         {-0.0, "0"},         {-1000, "-1k"},
      {1e12, "1T"},      {-0.0009, "0"},   {5e-324, "0"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(*FormatQuantity(value), text) << value;
}

TEST(QuantityTest, UnknownIsNeverANumber) {
  EXPECT_THAT(FormatQuantity(std::nan("")), StatusIs(absl::StatusCode::kInvalidArgument, _));
  EXPECT_THAT(FormatQuantity(-std::nan("")), StatusIs(absl::StatusCode::kInvalidArgument, _));
  for (const double value : {kInf, -kInf, 9.223372036854776e15, -9.223372036854776e15, 1e300,
                             std::numeric_limits<double>::max()}) {
    EXPECT_THAT(FormatQuantity(value), StatusIs(absl::StatusCode::kOutOfRange, _)) << value;
  }
}

// The largest double whose thousandths are below 2^63 is the one before 2^63 / 1000.
TEST(QuantityTest, TheLastValueBeforeTheLimitIsWritten) {
  double last = 9.223372036854776e15;
  while (!(last * 1000 < 0x1p63)) last = std::nextafter(last, 0);
  const double first_refused = std::nextafter(last, kInf);
  EXPECT_TRUE(FormatQuantity(last).ok());
  EXPECT_TRUE(FormatQuantity(-last).ok());
  EXPECT_FALSE(FormatQuantity(first_refused).ok());
  EXPECT_FALSE(FormatQuantity(-first_refused).ok());
}

TEST(QuantityTest, ThousandthsAtTheEdgesOfInt64) {
  EXPECT_EQ(FormatMilliQuantity(std::numeric_limits<int64_t>::max()), "9223372036854775807m");
  EXPECT_EQ(FormatMilliQuantity(std::numeric_limits<int64_t>::min()), "-9223372036854775808m");
  EXPECT_EQ(FormatMilliQuantity(int64_t{1'000'000'000'000'000'000}), "1P");
  EXPECT_EQ(FormatMilliQuantity(int64_t{9'000'000'000'000'000'000}), "9P");
}

// Reads a quantity back to thousandths, as Kubernetes' MilliValue.
std::optional<int64_t> ReadBack(const std::string& text) {
  static const std::string kSuffixes = "kMGTPE";
  int64_t scale = 1000;
  std::string digits = text;
  if (digits.back() == 'm') {
    scale = 1;
    digits.pop_back();
  } else if (const size_t i = kSuffixes.find(digits.back()); i != std::string::npos) {
    for (size_t k = 0; k <= i; ++k) scale *= 1000;
    digits.pop_back();
  }
  int64_t out = 0;
  if (__builtin_mul_overflow(std::stoll(digits), scale, &out)) return std::nullopt;
  return out;
}

void CheckBits(uint64_t bits) {
  const double value = std::bit_cast<double>(bits);
  const auto text = FormatQuantity(value);
  const double thousandths = value * 1000;
  const bool fits = std::fabs(thousandths) < 0x1p63;  // false for NaN
  ASSERT_EQ(text.ok(), fits) << value;
  if (!fits) return;
  ASSERT_EQ(ReadBack(*text), static_cast<int64_t>(std::trunc(thousandths))) << *text;
  // No shorter suffix would do: three zeros are left only below the largest one.
  const bool zeros = text->size() > 3 && text->find("000", text->size() - 3) != std::string::npos;
  ASSERT_FALSE(zeros) << *text;
}

TEST(QuantityTest, EveryExponentReadsBack) {
  for (uint64_t exponent = 0; exponent < 2048; ++exponent) {
    for (const uint64_t mantissa : {uint64_t{0}, uint64_t{1}, uint64_t{0x8000000000000},
                                    uint64_t{0xfffffffffffff}, uint64_t{0x123456789abcd}}) {
      CheckBits(exponent << 52 | mantissa);
      CheckBits(uint64_t{1} << 63 | exponent << 52 | mantissa);
    }
  }
}

TEST(QuantityTest, RandomBitsReadBack) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 300'000; ++i) CheckBits(random());
  // Whole numbers and round ones, which random bits hardly ever are.
  for (int i = 0; i < 100'000; ++i) {
    const auto whole = static_cast<double>(static_cast<int64_t>(random() >> (random() % 60)));
    CheckBits(std::bit_cast<uint64_t>(whole * std::pow(10.0, static_cast<int>(random() % 9))));
  }
}

}  // namespace
}  // namespace tacho::adapter
