#include "adapter/net/log.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class LogTest : public ::testing::Test {
 protected:
  int64_t now_ms_ = 1'700'000'000'123;
  std::vector<std::string> lines_;
  Logger log_{LogLevel::kInfo, [this](std::string_view line) { lines_.emplace_back(line); },
              [this] { return now_ms_; }};
};

TEST_F(LogTest, ALineIsLogfmt) {
  log_.Warn("scrape failed", {{"target", "10.0.0.7:80"}, {"err", "read: reset by peer"}});
  EXPECT_EQ(lines_.at(0),
            "ts=2023-11-14T22:13:20.123Z level=warn msg=\"scrape failed\" target=10.0.0.7:80 "
            "err=\"read: reset by peer\"\n");
}

TEST_F(LogTest, LinesBelowTheLevelAreNotWritten) {
  log_.Debug("detail");
  log_.Info("news");
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_THAT(lines_[0], HasSubstr("msg=news"));
}

TEST_F(LogTest, AValueCannotForgeALineOrAField) {
  log_.Info("m", {{"v", "a\nlevel=error msg=forged"}, {"q", "\" x=\"y\\"}, {"b", "\x01\xff"}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0].find('\n'), lines_[0].size() - 1);
  EXPECT_THAT(lines_[0], HasSubstr(R"(v="a\nlevel=error msg=forged")"));
  EXPECT_THAT(lines_[0], HasSubstr(R"(q="\" x=\"y\\")"));
  EXPECT_THAT(lines_[0], HasSubstr(R"(b="\x01\xff")"));
}

TEST_F(LogTest, AnEmptyValueIsQuoted) {
  log_.Info("m", {{"v", ""}});
  EXPECT_THAT(lines_.at(0), HasSubstr("v=\"\"\n"));
}

TEST_F(LogTest, LongValuesAndLinesAreCut) {
  const std::string value(10'000, 'x');
  log_.Info("m", {{"a", value}, {"b", value}, {"c", value}});
  EXPECT_LE(lines_.at(0).size(), 750U);
  EXPECT_THAT(lines_[0], HasSubstr("...\""));
  EXPECT_EQ(lines_[0].back(), '\n');
}

// 80 at once, then one each 50 ms.
TEST_F(LogTest, AFloodIsCountedInsteadOfWritten) {
  for (int i = 0; i < 10'000; ++i) log_.Error("flood");
  EXPECT_EQ(lines_.size(), 80U);
  EXPECT_EQ(log_.suppressed(), 9'920U);
  now_ms_ += 50;
  log_.Error("after");
  ASSERT_EQ(lines_.size(), 82U);
  EXPECT_THAT(lines_[80], HasSubstr("msg=\"log lines suppressed\" count=9920\n"));
  EXPECT_THAT(lines_[81], HasSubstr("msg=after"));
}

// T71: at 10,000 errors a second for a minute at most 100 lines a second and 1 MB.
TEST_F(LogTest, AStormOfAMinuteStaysWithinAMegabyte) {
  const std::string value(1'000, 'x');
  size_t bytes = 0;
  for (int second = 0; second < 60; ++second) {
    const size_t before = lines_.size();
    for (int i = 0; i < 10'000; ++i) {
      if (i % 10 == 0) ++now_ms_;
      log_.Error("storm", {{"a", value}, {"b", value}});
    }
    EXPECT_LE(lines_.size() - before, 2 * 100U) << second;  // with the counts of those missing
  }
  for (const std::string& line : lines_) bytes += line.size();
  EXPECT_LE(bytes, 1'100'000U);
}

TEST_F(LogTest, AClockThatIsSetBackEarnsNothingAndLosesNothing) {
  LineLimiter limiter;
  for (int i = 0; i < 80; ++i) EXPECT_TRUE(limiter.Allow(1'000'000));
  EXPECT_FALSE(limiter.Allow(1'000'000));
  EXPECT_FALSE(limiter.Allow(0));
  EXPECT_TRUE(limiter.Allow(50));
}

TEST(LogLevelTest, NamesAreReadAndOthersRefused) {
  EXPECT_EQ(ParseLogLevel("debug"), LogLevel::kDebug);
  EXPECT_EQ(ParseLogLevel("error"), LogLevel::kError);
  EXPECT_EQ(ParseLogLevel("INFO"), std::nullopt);
  EXPECT_EQ(ParseLogLevel(""), std::nullopt);
}

}  // namespace
}  // namespace tacho::adapter
