// Numbers, durations and strings.
#include "parser/promql_literal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "parser/promql.h"
#include "tests/parser_promql/shape.h"

namespace tacho::parser {
namespace {

using ::tacho::testing::Shape;

double Number(std::string_view text) {
  const auto value = ParseNumberLiteral(text);
  EXPECT_TRUE(value.ok()) << text << ": " << value.status();
  return value.value_or(std::nan(""));
}

TEST(NumberTest, ReadsDecimals) {
  EXPECT_EQ(Number("0"), 0);
  EXPECT_EQ(Number("5."), 5);
  EXPECT_EQ(Number(".5"), 0.5);
  EXPECT_EQ(Number("1e3"), 1000);
  EXPECT_EQ(Number("5E-3"), 0.005);
  EXPECT_EQ(Number("9223372036854775807"), 9223372036854775807.0);
  EXPECT_EQ(Number("99999999999999999999"), 1e20);
}

// Go reads integers with base 0: a leading zero means octal, unless a digit is none.
TEST(NumberTest, LeadingZeroMeansOctal) {
  EXPECT_EQ(Number("010"), 8);
  EXPECT_EQ(Number("0777"), 511);
  EXPECT_EQ(Number("08"), 8);
  EXPECT_EQ(Number("018"), 18);
  EXPECT_EQ(Number("010.0"), 10);
  EXPECT_EQ(Number("00"), 0);
}

TEST(NumberTest, ReadsHexadecimalsUpTo63Bits) {
  EXPECT_EQ(Number("0x1F"), 31);
  EXPECT_EQ(Number("0Xbeef"), 48879);
  EXPECT_EQ(Number("0x7fffffffffffffff"), 9223372036854775807.0);
  EXPECT_FALSE(ParseNumberLiteral("0x8000000000000000").ok());
}

TEST(NumberTest, UnderscoresSeparateDigits) {
  EXPECT_EQ(Number("1_000"), 1000);
  EXPECT_EQ(Number("0x_1_F"), 31);
  EXPECT_EQ(Number("1_0.2_5"), 10.25);
  EXPECT_EQ(Shape("1_000_000"), "1000000");
}

TEST(NumberTest, UnderflowIsZeroAndOverflowAnError) {
  EXPECT_EQ(Number("1e-400"), 0);
  EXPECT_EQ(ParseNumberLiteral("1e400").status().message(),
            "error parsing number: strconv.ParseFloat: parsing \"1e400\": value out of range");
  EXPECT_EQ(ParseNumberLiteral("1e+").status().message(),
            "error parsing number: strconv.ParseFloat: parsing \"1e+\": invalid syntax");
}

TEST(NumberTest, InfAndNanInAnyCase) {
  EXPECT_TRUE(std::isinf(Number("Inf")));
  EXPECT_TRUE(std::isinf(Number("iNF")));
  EXPECT_TRUE(std::isnan(Number("nan")));
}

TEST(NumberTest, NamesThatBeginAsNumbersAreNames) {
  EXPECT_EQ(Shape("nan_total"), "sel(__name__=nan_total)");
  EXPECT_EQ(Shape("information"), "sel(__name__=information)");
  EXPECT_EQ(Shape("e5"), "sel(__name__=e5)");
}

int64_t Nanos(std::string_view text) {
  const auto value = ParseDurationLiteral(text);
  EXPECT_TRUE(value.ok()) << text << ": " << value.status();
  return value.value_or(-1);
}

TEST(DurationTest, ReadsEveryUnit) {
  EXPECT_EQ(Nanos("7ms"), 7'000'000);
  EXPECT_EQ(Nanos("1s"), 1'000'000'000);
  EXPECT_EQ(Nanos("2m"), 120'000'000'000);
  EXPECT_EQ(Nanos("1h30m"), 5'400'000'000'000);
  EXPECT_EQ(Nanos("1d"), 86'400'000'000'000);
  EXPECT_EQ(Nanos("1w"), 7 * Nanos("1d"));
  EXPECT_EQ(Nanos("1y"), 365 * Nanos("1d"));
  EXPECT_EQ(Nanos("1y1w1d1h1m1s1ms"), Nanos("1y") + Nanos("1w") + Nanos("1d") + 3'661'001'000'000);
}

TEST(DurationTest, RefusesDisorderAndOverflow) {
  for (const char* text : {"1m1h", "1s1s", "1ms1s", "292y9999w"}) {
    EXPECT_FALSE(ParseDurationLiteral(text).ok()) << text;
  }
  EXPECT_EQ(Nanos("292y"), 292 * Nanos("1y"));
  EXPECT_EQ(ParseDurationLiteral("293y").status().message(), "duration out of range");
  EXPECT_EQ(ParseDurationLiteral("99999999999999999999s").status().message(),
            "not a valid duration string: \"99999999999999999999s\"");
  EXPECT_EQ(ParseDurationLiteral("1.5h").status().message(),
            "unknown unit \".\" in duration \"1.5h\"");
}

TEST(DurationTest, StandsWhereverANumberMay) {
  EXPECT_EQ(Shape("5m > bool 200"), "(> bool 300 200)");
  EXPECT_EQ(Shape("1500ms"), "1.5");
}

TEST(SecondsTest, RoundsAndBoundsWhatGoesIn) {
  int64_t out = 0;
  EXPECT_TRUE(SecondsToNanos(1.0000000005, &out));
  EXPECT_EQ(out, 1'000'000'001);  // half away from zero
  EXPECT_TRUE(SecondsToMillis(-1.2345, &out));
  EXPECT_EQ(out, -1235);
  EXPECT_TRUE(SecondsToNanos(9.2e9, &out));
  EXPECT_FALSE(SecondsToNanos(9.3e9, &out));
  EXPECT_FALSE(SecondsToNanos(-9.3e9, &out));
  EXPECT_FALSE(SecondsToNanos(std::nan(""), &out));
  EXPECT_FALSE(SecondsToMillis(std::numeric_limits<double>::infinity(), &out));
}

TEST(FormatTest, NumbersHaveNoExponent) {
  EXPECT_EQ(FormatNumberLiteral(1e21), "1000000000000000000000");
  EXPECT_EQ(FormatNumberLiteral(1e-7), "0.0000001");
  EXPECT_EQ(FormatNumberLiteral(-0.0), "-0");
  EXPECT_EQ(FormatNumberLiteral(-std::numeric_limits<double>::infinity()), "-Inf");
  EXPECT_EQ(FormatNumberLiteral(std::numeric_limits<double>::max()).size(), 309U);
}

TEST(FormatTest, DurationsUseTheLargestUnits) {
  EXPECT_EQ(FormatDurationMillis(0), "0s");
  EXPECT_EQ(FormatDurationMillis(5'400'000), "1h30m");
  EXPECT_EQ(FormatDurationMillis(90'061'001), "1d1h1m1s1ms");
  EXPECT_EQ(FormatDurationMillis(14 * 86'400'000), "2w");
  EXPECT_EQ(FormatDurationMillis(90LL * 86'400'000), "90d");  // not 12w6d
  EXPECT_EQ(FormatDurationMillis(365LL * 86'400'000), "1y");
}

TEST(FormatTest, PartsOfAMillisecondAreNotLost) {
  for (const int64_t ns : {int64_t{1}, int64_t{100'000}, int64_t{1'500'001},
                           int64_t{123'456'789'012'345'679}, int64_t{9'200'000'000'000'000'512}}) {
    int64_t back = 0;
    const std::string text = FormatDurationNanos(ns);
    const auto seconds = ParseNumberLiteral(text);
    ASSERT_TRUE(seconds.ok()) << text;
    EXPECT_TRUE(SecondsToNanos(*seconds, &back));
    // Above 2^53 ns a number of seconds is coarser than a nanosecond.
    const int64_t spacing = ns < (int64_t{1} << 53) ? 0 : ns >> 52;
    EXPECT_LE(std::abs(back - ns), spacing) << text;
  }
}

TEST(FormatTest, TimestampsHaveThreeDecimals) {
  EXPECT_EQ(FormatTimestamp(1000), "1.000");
  EXPECT_EQ(FormatTimestamp(-1), "-0.001");
  EXPECT_EQ(FormatTimestamp(1'795'448'511'370), "1795448511.370");
}

TEST(StringTest, EscapesGiveBytesOrCodePoints) {
  EXPECT_EQ(UnquoteLiteral(R"("a\tb\n\\\"")"), "a\tb\n\\\"");
  EXPECT_EQ(UnquoteLiteral(R"('\a\b\f\r\v\'')"), "\a\b\f\r\v'");
  EXPECT_EQ(UnquoteLiteral(R"("\xff\101")"),
            "\xFF"
            "A");
  EXPECT_EQ(UnquoteLiteral(R"("\u00e4\U0001F600")"), "\xC3\xA4\xF0\x9F\x98\x80");
  EXPECT_EQ(UnquoteLiteral("`a\\n'\"`"), "a\\n'\"");
}

TEST(StringTest, AnyQuotesWillDo) {
  EXPECT_EQ(Shape(R"("it's")"), "'it's'");
  EXPECT_EQ(Shape("`raw\ntext`"), "'raw\ntext'");
  EXPECT_EQ(Shape("''"), "''");
}

}  // namespace
}  // namespace tacho::parser
