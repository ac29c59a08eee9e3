#include "adapter/core/prom_params.h"

#include <cmath>
#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::StatusIs;

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(PromParamsTest, FloatsAreReadAsGoReadsThem) {
  EXPECT_EQ(ParseGoFloat("1"), 1);
  EXPECT_EQ(ParseGoFloat("+1.5e3"), 1500);
  EXPECT_EQ(ParseGoFloat("-.5"), -0.5);
  EXPECT_EQ(ParseGoFloat("5."), 5);
  EXPECT_EQ(ParseGoFloat("1_000.5"), 1000.5);
  EXPECT_EQ(ParseGoFloat("0x1p3"), 8);
  EXPECT_EQ(ParseGoFloat("-0X1.8P1"), -3);
  EXPECT_EQ(ParseGoFloat("0x_1p0"), 1);
  EXPECT_EQ(ParseGoFloat("Inf"), kInf);
  EXPECT_EQ(ParseGoFloat("-infinity"), -kInf);
  EXPECT_TRUE(std::isnan(*ParseGoFloat("NaN")));
  EXPECT_EQ(ParseGoFloat("1e-400"), 0);
  EXPECT_EQ(ParseGoFloat("1e308"), 1e308);
  for (const std::string bad : {"", "-", "+", "1x", " 1", "1 ", "1e400", "0x1", "0x", "1__0", "_1",
                                "1_", "--1", "+-1", "abc", "e5", ".", "in"}) {
    EXPECT_FALSE(ParseGoFloat(bad).has_value()) << bad;
  }
}

TEST(PromParamsTest, TimesAreSecondsOrRfc3339) {
  const auto ms = [](std::string_view text) { return ParseApiTime(text)->unix_millis(); };
  EXPECT_EQ(ms("1"), 1000);
  EXPECT_EQ(ms("1.0005"), 1000);  // the double is a little less
  EXPECT_EQ(ms("1.0006"), 1001);
  EXPECT_EQ(ms("-1.5"), -1500);
  EXPECT_EQ(ms("1e3"), 1'000'000);
  EXPECT_EQ(ms("1795448511.37"), 1'795'448'511'370);
  EXPECT_EQ(ms("2023-11-14T22:13:20Z"), 1'700'000'000'000);
  EXPECT_EQ(ms("2023-11-14T23:13:20.25+01:00"), 1'700'000'000'250);
  for (const std::string bad : {"", "abc", "1x", "nan", "inf", "1e300", "2023-11-14", " 1",
                                "infinite-future", "2023-11-14T22:13:20"}) {
    EXPECT_FALSE(ParseApiTime(bad).ok()) << bad;
  }
  EXPECT_THAT(ParseApiTime("abc"), StatusIs(absl::StatusCode::kInvalidArgument,
                                            "cannot parse \"abc\" to a valid timestamp"));
}

TEST(PromParamsTest, DurationsAreSecondsOrUnits) {
  EXPECT_EQ(*ParseApiDuration("15"), absl::Seconds(15));
  EXPECT_EQ(*ParseApiDuration("0.5"), absl::Milliseconds(500));
  EXPECT_EQ(*ParseApiDuration("-1"), absl::Seconds(-1));
  EXPECT_EQ(*ParseApiDuration("1h30m"), absl::Minutes(90));
  EXPECT_EQ(*ParseApiDuration("1d"), absl::Hours(24));
  EXPECT_EQ(*ParseApiDuration("100ms"), absl::Milliseconds(100));
  for (const std::string bad : {"", "1xx", "m5", "5m1h", "nan", "1.5m", "-5m"}) {
    EXPECT_THAT(ParseApiDuration(bad),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "cannot parse \"" + bad + "\" to a valid duration"));
  }
  EXPECT_THAT(ParseApiDuration("1e10"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "cannot parse \"1e10\" to a valid duration. It overflows int64"));
}

TEST(PromParamsTest, LimitsAreWholeNumbers) {
  EXPECT_EQ(*ParseApiLimit(""), 0U);
  EXPECT_EQ(*ParseApiLimit("7"), 7U);
  EXPECT_THAT(ParseApiLimit("x"), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "strconv.Atoi: parsing \"x\": invalid syntax"));
  EXPECT_THAT(ParseApiLimit("-1"),
              StatusIs(absl::StatusCode::kInvalidArgument, "limit must be non-negative"));
}

}  // namespace
}  // namespace tacho::adapter
