#include "adapter/core/prom_values.h"

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(PromValuesTest, SampleValues) {
  const std::pair<double, std::string> cases[] = {
      {1.5, "1.5"},
      {0.000001, "0.000001"},
      {1e-7, "1e-07"},
      {1e20, "100000000000000000000"},
      {0x1p60, "1152921504606847000"},  // 1152921504606846976
      {-0x1p69, "-590295810358705700000"},
      {1e21, "1e+21"},
      {1e22, "1e+22"},
      {1e23, "1e+23"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {-0.0, "-0"},
      {0, "0"},
      {kInf, "+Inf"},
      {-kInf, "-Inf"},
      {std::nan(""), "NaN"},
      {5e-324, "5e-324"},
      {-123456.789, "-123456.789"},
      {0.1, "0.1"},
      {-1e-7, "-1e-07"},
      {1e100, "1e+100"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(FormatSampleValue(value), text);
}

TEST(PromValuesTest, ScalarValuesHaveNoExponent) {
  EXPECT_EQ(FormatScalarValue(42), "42");
  EXPECT_EQ(FormatScalarValue(1e-7), "0.0000001");
  EXPECT_EQ(FormatScalarValue(1e21), "1000000000000000000000");
  EXPECT_EQ(FormatScalarValue(-0.0), "-0");
  EXPECT_EQ(FormatScalarValue(0x1p60), "1152921504606847000");  // 1152921504606846976
  EXPECT_EQ(FormatScalarValue(1e23), "1" + std::string(23, '0'));
  EXPECT_EQ(FormatScalarValue(1.7976931348623157e308), "17976931348623157" + std::string(292, '0'));
  EXPECT_EQ(FormatScalarValue(5e-324).size(), 2u + 324u);  // 0., 323 zeros, 5
  EXPECT_EQ(FormatScalarValue(kInf), "+Inf");
}

std::string SampleTime(int64_t ms) {
  std::string out;
  AppendSampleTime(Timestamp::FromUnixMillis(ms), &out);
  return out;
}

std::string ScalarTime(int64_t ms) {
  std::string out = "[";  // what stands before must stay
  AppendScalarTime(Timestamp::FromUnixMillis(ms), &out);
  return out.substr(1);
}

TEST(PromValuesTest, TimesOfSamplesHaveThreeDigitsOrNone) {
  EXPECT_EQ(SampleTime(1000), "1");
  EXPECT_EQ(SampleTime(1001), "1.001");
  EXPECT_EQ(SampleTime(1010), "1.010");
  EXPECT_EQ(SampleTime(0), "0");
  EXPECT_EQ(SampleTime(-1500), "-1.500");
  EXPECT_EQ(SampleTime(-1), "-0.001");
  EXPECT_EQ(SampleTime(std::numeric_limits<int64_t>::min()), "-9223372036854775.808");
}

TEST(PromValuesTest, TimesOfScalarsLoseTheirZeros) {
  EXPECT_EQ(ScalarTime(1'795'448'511'370), "1795448511.37");
  EXPECT_EQ(ScalarTime(1'795'448'511'300), "1795448511.3");
  EXPECT_EQ(ScalarTime(1'795'448'510'000), "1795448510");
  EXPECT_EQ(ScalarTime(-1), "-0.001");
  EXPECT_EQ(ScalarTime(0), "0");
}

TEST(PromValuesTest, JsonNumbersHaveGosExponents) {
  const auto number = [](double value) {
    std::string out;
    AppendJsonNumber(value, &out);
    return out;
  };
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(0.25), "0.25");
  EXPECT_EQ(number(1e-7), "1e-7");
  EXPECT_EQ(number(1e-10), "1e-10");
  EXPECT_EQ(number(1e21), "1e+21");
  EXPECT_EQ(number(0x1p60), "1152921504606847000");
}

TEST(PromValuesTest, LabelsAreAnObject) {
  std::string out;
  AppendLabelsJson({}, &out);
  EXPECT_EQ(out, "{}");
  out.clear();
  AppendLabelsJson({{"path", "<x>"}, {"__name__", "m"}, {"q", "a\"b"}}, &out);
  EXPECT_EQ(out, R"({"__name__":"m","path":"\u003cx\u003e","q":"a\"b"})");
}

}  // namespace
}  // namespace tacho::adapter
