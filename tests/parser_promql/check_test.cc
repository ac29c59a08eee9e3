// What the type rules allow; what they refuse is in error_test.cc.
#include <gtest/gtest.h>

#include "parser/promql.h"
#include "parser/promql_regex.h"
#include "tests/support/status_matchers.h"

namespace tacho::parser {
namespace {

using ::tacho::testing::IsOk;

TEST(CheckTest, OneMatcherThatIsNotEmptyIsEnough) {
  for (const char* query :
       {"x{a=''}", "x{a=~'.*'}", "{a='b',c=''}", "{a=~'.+'}", "{a!=''}", "{a!~'.*'}", "{a!~'b|'}",
        "{a=~'b|c'}", "{'x'}", "{__name__=~'x.*'}", "x{}"}) {
    EXPECT_THAT(ParsePromql(query), IsOk()) << query;
  }
}

TEST(CheckTest, ScalarsAreComparedWithBoolOnly) {
  EXPECT_THAT(ParsePromql("1 < bool 2"), IsOk());
  EXPECT_THAT(ParsePromql("1 < x"), IsOk());
  EXPECT_THAT(ParsePromql("x == bool on(a) y"), IsOk());
}

TEST(CheckTest, IncludedLabelsMayBeIgnoredOnes) {
  EXPECT_THAT(ParsePromql("x * ignoring(a) group_left(a) y"), IsOk());
}

TEST(CheckTest, MetricNameMayBeMatchedTwiceInBraces) {
  EXPECT_THAT(ParsePromql("{__name__=~'a.*',__name__!='ab'}"), IsOk());
}

TEST(CheckRegexTest, FindsWhetherTheEmptyTextMatches) {
  const auto matches = [](std::string_view pattern) {
    const auto result = CheckRegex(pattern);
    EXPECT_TRUE(result.ok()) << pattern << ": " << result.status();
    return result.value_or(false);
  };
  EXPECT_TRUE(matches(""));
  EXPECT_TRUE(matches("|a"));
  EXPECT_TRUE(matches("a||b"));
  EXPECT_TRUE(matches("a|"));
  EXPECT_TRUE(matches("a*"));
  EXPECT_TRUE(matches("(a|b)?"));
  EXPECT_FALSE(matches("a|b"));
  EXPECT_FALSE(matches("a\\.b"));
  EXPECT_FALSE(matches("a+"));
  EXPECT_FALSE(matches("\\|"));    // a bar as such
  EXPECT_FALSE(matches("a|\\|"));  // not an empty alternative
  EXPECT_FALSE(matches("\xC3\xA4"));
}

// Both ways must agree: (?:...) changes nothing but sends the pattern to RE2.
TEST(CheckRegexTest, PlainAlternationsMeanWhatRe2Says) {
  for (const std::string pattern : {"", "a", "a|b", "a|", "|a", "a||b", "a-b|c.d", "a\\.b|c\\+",
                                    "a b|c/d", "\\\\|x", "x|\\$"}) {
    const auto plain = CheckRegex(pattern);
    const auto compiled = CheckRegex("(?:" + pattern + ")");
    ASSERT_TRUE(plain.ok() && compiled.ok()) << pattern;
    EXPECT_EQ(*plain, *compiled) << pattern;
  }
}

TEST(CheckRegexTest, RefusesWhatIsNoRegex) {
  for (const char* pattern : {"(", ")", "[", "a{2,1}", "*", "a**", "\\", "\\8", "(?P<n", "a|\\"}) {
    const auto result = CheckRegex(pattern);
    EXPECT_FALSE(result.ok()) << pattern;
    EXPECT_EQ(result.status().message().substr(0, 22), "error parsing regexp: ") << pattern;
  }
}

}  // namespace
}  // namespace tacho::parser
