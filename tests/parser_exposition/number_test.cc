#include "parser/number.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include "gtest/gtest.h"
#include "parser/number_inline.h"
#include "tacho/sample.h"

namespace tacho::parser {
namespace {

uint64_t Bits(double v) { return std::bit_cast<uint64_t>(v); }

double Value(std::string_view token) {
  double v = -777;
  EXPECT_EQ(ParseSampleValue(token, &v), NumberError::kNone) << token;
  return v;
}

NumberError Error(std::string_view token) {
  double v = -777;
  const NumberError error = ParseSampleValue(token, &v);
  EXPECT_EQ(v, -777) << token << ": a refused token must leave the value alone";
  return error;
}

// The rows of the float table of docs/promql.md.
TEST(ParseSampleValueTest, FollowsTheFloatTable) {
  EXPECT_EQ(Bits(Value("nan")), kNormalNanBits);
  EXPECT_EQ(Bits(Value("NaN")), kNormalNanBits);
  EXPECT_EQ(Error("nan(2)"), NumberError::kSyntax);
  EXPECT_EQ(Error("-nan"), NumberError::kSyntax);
  EXPECT_EQ(Error("+nan"), NumberError::kSyntax);
  EXPECT_EQ(Value("+1"), 1);
  EXPECT_EQ(Error(" 1"), NumberError::kSyntax);
  EXPECT_EQ(Error("0x1p3"), NumberError::kUnsupported);
  EXPECT_EQ(Error("0x1P3"), NumberError::kUnsupported);
  EXPECT_EQ(Error("1_0"), NumberError::kUnsupported);
  EXPECT_EQ(Error("1e999"), NumberError::kRange);
  EXPECT_EQ(Error("-1e999"), NumberError::kRange);
  EXPECT_EQ(Bits(Value("1e-400")), Bits(0.0));
  EXPECT_EQ(Bits(Value("-1e-400")), Bits(-0.0));
}

TEST(ParseSampleValueTest, InfinityHasTwoSpellingsAndThreeSigns) {
  const double inf = std::numeric_limits<double>::infinity();
  for (const char* token : {"Inf", "+inf", "INF", "infinity", "+Infinity", "iNfInItY"}) {
    EXPECT_EQ(Value(token), inf) << token;
  }
  for (const char* token : {"-Inf", "-inf", "-infinity"}) EXPECT_EQ(Value(token), -inf) << token;
  for (const char* token : {"in", "infi", "infinit", "infinityy", "--inf", "+-inf", "inf inf"}) {
    EXPECT_EQ(Error(token), NumberError::kSyntax) << token;
  }
}

TEST(ParseSampleValueTest, RefusesWhatIsNotOneWholeDecimal) {
  for (const char* token :
       {"",    "-",   "+",     ".",   "-.",   "+.",    "e",   "e5",  ".e5", "1e",
        "1e+", "1e-", "1.5.2", "1x",  "x1",   "--1",   "++1", "+-1", "-+1", "0x10",
        "1,5", "1 ",  "\t1",   "1\n", "true", "1e5.5", "1d",  "1f"}) {
    EXPECT_EQ(Error(token), NumberError::kSyntax) << "'" << token << "'";
  }
  EXPECT_EQ(Error(std::string_view("1\0", 2)), NumberError::kSyntax);
  EXPECT_EQ(Error(std::string_view("\0", 1)), NumberError::kSyntax);
}

TEST(ParseSampleValueTest, ReadsDecimalsAsGoDoes) {
  EXPECT_EQ(Value("5."), 5);
  EXPECT_EQ(Value(".5"), 0.5);
  EXPECT_EQ(Value("-.5e1"), -5);
  EXPECT_EQ(Value("007"), 7);
  EXPECT_EQ(Value("0000000000000000000000000000000000000000001.2e-1"), 0.12);
  EXPECT_EQ(Value("1E5"), 100000);
  EXPECT_EQ(Value("1e05"), 100000);
  EXPECT_EQ(Value("1.345758e+06"), 1345758);
  EXPECT_EQ(Value("2.478268416e+09"), 2478268416);
  EXPECT_EQ(Bits(Value("-0")), Bits(-0.0));
  EXPECT_EQ(Value("9223372036854775808"), 9223372036854775808.0);
  EXPECT_EQ(Value("4.9406564584124654e-324"), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(Value("1.7976931348623157e308"), std::numeric_limits<double>::max());
  EXPECT_EQ(Value("0e999"), 0);
}

// 2^53 + 1 is halfway between two doubles: the tie goes to the even one, 2^53. With a
// digit below it, it is above the middle.
TEST(ParseSampleValueTest, RoundsToNearestEven) {
  EXPECT_EQ(Value("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(Value("9007199254740993.0000000000000000001"), 9007199254740994.0);
}

TEST(ParseSampleValueTest, CannotWriteAStaleMarker) {
  for (const char* token : {"nan", "NAN", "nAn", "NaN"}) {
    EXPECT_FALSE(IsStaleMarker(Value(token))) << token;
  }
}

// Reads with the fast way where it applies; the rest of the buffer is filled with what
// would be read if it looked further than the token.
bool ReadFast(const std::string& token, double* value) {
  std::string padded = token + "\n" + std::string(kShortDecimalSlack, '7');
  const char* end = ReadShortDecimal(padded.data(), value);
  return end == padded.data() + token.size();
}

// Every length and place of the point and exponent up to the fast way's bounds and
// beyond, against the C library.
TEST(ReadShortDecimalTest, AgreesWithItsPlainTwin) {
  const uint32_t seed = std::random_device{}();
  std::mt19937 random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  const auto digits = [&](size_t n) {
    std::string out;
    for (size_t i = 0; i < n; ++i) out += static_cast<char>('0' + random() % 10);
    return out;
  };
  int fast = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string token = random() % 4 == 0 ? "-" : "";
    token += digits(random() % 18);
    if (random() % 2 == 0) token += "." + digits(random() % 18);
    if (random() % 3 == 0) token += std::string(1, "eE"[random() % 2]);
    if (random() % 3 == 0) token += std::string(1, "+-"[random() % 2]);
    if (random() % 3 == 0) token += digits(random() % 4);
    double short_value;
    if (!ReadFast(token, &short_value)) continue;
    ++fast;
    char* end = nullptr;
    const double expected = std::strtod(token.c_str(), &end);
    ASSERT_EQ(*end, '\0') << token << " is no number";
    ASSERT_EQ(Bits(short_value), Bits(expected)) << token;
  }
  EXPECT_GT(fast, 20'000) << "the fast way was hardly taken: the test shows little";
}

TEST(ReadShortDecimalTest, TakesTheNumbersThatProgramsWrite) {
  double v;
  for (const char* token : {"0", "1", "7", "12345678", "123456789", "999999999999999", "0.25",
                            "12345.678", "1.234567e+06", "-4", "-0.5", "1e-05", "29323.4"}) {
    EXPECT_TRUE(ReadFast(token, &v)) << token;
  }
}

TEST(ReadShortDecimalTest, LeavesTheOthersToTheGeneralWay) {
  double v;
  for (const char* token : {"", "-", ".", "+1", "NaN", "1e", "1e+", "1e100", "e5", "--1",
                            "9007199254740993", "1234567890123456", "0x10", "1_0", "1e23"}) {
    EXPECT_FALSE(ReadFast(token, &v)) << token;
  }
}

TEST(ReadShortDecimalTest, StopsAtTheFirstByteThatIsNotOfTheNumber) {
  const std::string text = "12.5 1700000000000\n" + std::string(kShortDecimalSlack, ' ');
  double v;
  EXPECT_EQ(ReadShortDecimal(text.data(), &v), text.data() + 4);
  EXPECT_EQ(v, 12.5);
}

TEST(FormatFloatTest, WritesAsGosShortestG) {
  EXPECT_EQ(FormatFloat(0), "0");
  EXPECT_EQ(FormatFloat(-0.0), "-0");
  EXPECT_EQ(FormatFloat(1), "1");
  EXPECT_EQ(FormatFloat(-1.5), "-1.5");
  EXPECT_EQ(FormatFloat(100), "100");
  EXPECT_EQ(FormatFloat(123456), "123456");
  EXPECT_EQ(FormatFloat(1e5), "100000");
  EXPECT_EQ(FormatFloat(1e6), "1e+06");
  EXPECT_EQ(FormatFloat(1234567), "1.234567e+06");
  EXPECT_EQ(FormatFloat(1e21), "1e+21");
  EXPECT_EQ(FormatFloat(0.001), "0.001");
  EXPECT_EQ(FormatFloat(0.0001), "0.0001");
  EXPECT_EQ(FormatFloat(0.00001), "1e-05");
  EXPECT_EQ(FormatFloat(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(FormatFloat(5e-324), "5e-324");
  EXPECT_EQ(FormatFloat(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(FormatFloat(std::nan("")), "NaN");
  EXPECT_EQ(FormatFloat(HUGE_VAL), "+Inf");
  EXPECT_EQ(FormatFloat(-HUGE_VAL), "-Inf");
}

TEST(FormatFloatTest, OpenMetricsWantsAPointOrAnExponent) {
  EXPECT_EQ(FormatOpenMetricsFloat(0), "0.0");
  EXPECT_EQ(FormatOpenMetricsFloat(-0.0), "0.0");
  EXPECT_EQ(FormatOpenMetricsFloat(1), "1.0");
  EXPECT_EQ(FormatOpenMetricsFloat(-1), "-1.0");
  EXPECT_EQ(FormatOpenMetricsFloat(0.5), "0.5");
  EXPECT_EQ(FormatOpenMetricsFloat(10), "10.0");
  EXPECT_EQ(FormatOpenMetricsFloat(1e6), "1e+06");
  EXPECT_EQ(FormatOpenMetricsFloat(1e23), "1e+23");
  EXPECT_EQ(FormatOpenMetricsFloat(HUGE_VAL), "+Inf");
  EXPECT_EQ(FormatOpenMetricsFloat(-HUGE_VAL), "-Inf");
  EXPECT_EQ(FormatOpenMetricsFloat(std::nan("")), "NaN");
}

// From 2^53 on a double has more digits than it needs: Go writes zeros for those.
TEST(FormatDecimalTest, WritesTheShortestDigitsAndZeros) {
  EXPECT_EQ(FormatDecimal(0), "0");
  EXPECT_EQ(FormatDecimal(-0.0), "-0");
  EXPECT_EQ(FormatDecimal(-1.5), "-1.5");
  EXPECT_EQ(FormatDecimal(1e-7), "0.0000001");
  EXPECT_EQ(FormatDecimal(9007199254740991), "9007199254740991");  // 2^53 - 1
  EXPECT_EQ(FormatDecimal(9007199254740994), "9007199254740994");  // 2^53 + 2
  EXPECT_EQ(FormatDecimal(0x1p60), "1152921504606847000");         // 1152921504606846976
  EXPECT_EQ(FormatDecimal(-0x1p63), "-9223372036854776000");
  EXPECT_EQ(FormatDecimal(1e22), "1" + std::string(22, '0'));
  EXPECT_EQ(FormatDecimal(1e23), "1" + std::string(23, '0'));  // 99999999999999991611392
  EXPECT_EQ(FormatDecimal(-1.5e300), "-15" + std::string(299, '0'));
  EXPECT_EQ(FormatDecimal(1.7976931348623157e308), "17976931348623157" + std::string(292, '0'));
  EXPECT_EQ(FormatDecimal(5e-324), "0." + std::string(323, '0') + "5");
  EXPECT_EQ(FormatDecimal(-2.2250738585072014e-308),
            "-0." + std::string(307, '0') + "22250738585072014");
  EXPECT_EQ(FormatDecimal(std::nan("")), "NaN");
  EXPECT_EQ(FormatDecimal(HUGE_VAL), "+Inf");
  EXPECT_EQ(FormatDecimal(-HUGE_VAL), "-Inf");
}

// All digits but the zeros around them, as the exponent's form has them too.
std::string Digits(std::string text) {
  text.erase(std::min(text.find('e'), text.size()));
  std::erase_if(text, [](char c) { return c == '.' || c == '-'; });
  text.erase(0, text.find_first_not_of('0'));
  return text.erase(text.find_last_not_of('0') + 1);
}

TEST(FormatDecimalTest, HasTheDigitsOfTheShortestForm) {
  const uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (int i = 0; i < 100'000; ++i) {
    // Every other one is of the size of what is counted and measured.
    const double v = i % 2 == 0 ? std::bit_cast<double>(random())
                                : std::ldexp(static_cast<double>(random()), i % 160 - 110);
    if (!std::isfinite(v)) continue;
    char buffer[32];
    char* const end =
        std::to_chars(buffer, buffer + sizeof(buffer), v, std::chars_format::scientific).ptr;
    const std::string shortest(&buffer[0], end);
    ASSERT_EQ(Digits(FormatDecimal(v)), Digits(shortest));
    ASSERT_EQ(Bits(std::strtod(FormatDecimal(v).c_str(), nullptr)), Bits(v)) << FormatFloat(v);
  }
}

TEST(FormatFloatTest, ReadsBackToTheSameBits) {
  const uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (int i = 0; i < 100'000; ++i) {
    const double v = std::bit_cast<double>(random());
    if (!std::isfinite(v)) continue;
    ASSERT_EQ(Bits(Value(FormatFloat(v))), Bits(v)) << FormatFloat(v);
    if (v != 0) {
      ASSERT_EQ(Value(FormatOpenMetricsFloat(v)), v);
    }
  }
}

}  // namespace
}  // namespace tacho::parser
