#include "adapter/core/go_regexp.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::StatusIs;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Expand(std::string_view pattern, std::string_view as, std::string_view text) {
  const auto regexp = GoRegexp::Compile(pattern);
  return regexp.ok() ? regexp->Expand(text, as).value_or("no match") : "no regexp";
}

// The measured cases of the contract, 1.3.
TEST(GoRegexpTest, ExpandsAsGoDoes) {
  constexpr std::string_view kName = "http_requests_total";
  EXPECT_EQ(Expand("^(.*)_total$", "${1}_per_second", kName), "http_requests_per_second");
  EXPECT_EQ(Expand("^(.*)_total$", "$1_per_second", kName), "");
  EXPECT_EQ(Expand("^(.*)_total$", "$1-per-second", kName), "http_requests-per-second");
  EXPECT_EQ(Expand("^(.*)_total$", "$$1", kName), "$1");
  EXPECT_EQ(Expand("^(.*)_total$", "$2", kName), "");
  EXPECT_EQ(Expand("^(.*)_total$", "${1", kName), "${1");
  EXPECT_EQ(Expand("^(.*)_total$", "a$", kName), "a$");
  EXPECT_EQ(Expand("^(?P<n>.*)_total$", "${n}_x", kName), "http_requests_x");
  EXPECT_EQ(Expand("^(?P<n>.*)_total$", "$n-x", kName), "http_requests-x");
}

TEST(GoRegexpTest, OnlyTheMatchIsExpanded) {
  EXPECT_EQ(Expand("http_(.*)_total", "$1", "my_http_requests_total_x"), "requests");
  EXPECT_EQ(Expand("^(.*)_total", "${1}", "foo_total_bar"), "foo");
  EXPECT_EQ(Expand("a|ab", "$0", "ab"), "a");  // leftmost first, not longest
}

TEST(GoRegexpTest, OddDollarsStandForThemselves) {
  EXPECT_EQ(Expand("(.*)", "$", "x"), "$");
  EXPECT_EQ(Expand("(.*)", "$-${}", "x"), "$-${}");
  EXPECT_EQ(Expand("(.*)", "${1 }", "x"), "${1 }");
  EXPECT_EQ(Expand("(.*)", "$01", "x"), "");  // not a number for Go, and no such name
  EXPECT_EQ(Expand("(.*)", "${99999999999}", "x"), "");
  EXPECT_EQ(Expand("(.*)", "$1\xc3\xa9", "x"), "");  // the name goes on beyond ASCII
}

TEST(GoRegexpTest, AGroupThatTookNoPartIsEmpty) {
  EXPECT_EQ(Expand("(a)|(b)", "[$1][$2]", "b"), "[][b]");
}

TEST(GoRegexpTest, NoMatchIsToldFromAnEmptyExpansion) {
  EXPECT_EQ(Expand("^x$", "y", "z"), "no match");
  EXPECT_EQ(Expand("z", "", "z"), "");
}

TEST(GoRegexpTest, MatchesAreUnanchoredAndADotIsNoNewline) {
  EXPECT_TRUE(GoRegexp::Compile("total")->MatchString("x_total_y"));
  EXPECT_TRUE(GoRegexp::Compile("my_.*")->MatchString("my_label"));
  EXPECT_FALSE(GoRegexp::Compile("my_.*")->MatchString("your_label"));
  EXPECT_FALSE(GoRegexp::Compile("a.b")->MatchString("a\nb"));
}

TEST(GoRegexpTest, GroupsAreCounted) {
  EXPECT_EQ(GoRegexp::Compile("a")->groups(), 0);
  EXPECT_EQ(GoRegexp::Compile("(a)(?:b)(?P<c>c)")->groups(), 2);
}

TEST(GoRegexpTest, BadPatternsAreRefusedWithTheReason) {
  EXPECT_THAT(GoRegexp::Compile("(a"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("regular expression \"(a\": missing ): (a")));
  EXPECT_THAT(GoRegexp::Compile("a**"), StatusIs(absl::StatusCode::kInvalidArgument, _));
}

// T10: bombs are refused, not compiled.
TEST(GoRegexpTest, LargePatternsAreRefused) {
  EXPECT_THAT(GoRegexp::Compile(std::string(10'000, '(') + std::string(10'000, ')')),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("at most 1024")));
  EXPECT_FALSE(GoRegexp::Compile("((a{100}){100}){100}").ok());
  EXPECT_THAT(GoRegexp::Compile("((\\pL{30}){30})"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("too large")));
  EXPECT_TRUE(GoRegexp::Compile(std::string(1024, 'a')).ok());
  EXPECT_FALSE(GoRegexp::Compile(std::string(1025, 'a')).ok());
}

TEST(GoRegexpTest, TellsTheGroupsThatThereAreNot) {
  const GoRegexp regexp = *GoRegexp::Compile("(a)(?P<n>b)");
  EXPECT_THAT(regexp.UnknownGroups("$0 $1 ${2} ${n} $$3 $"), IsEmpty());
  EXPECT_THAT(regexp.UnknownGroups("$1_x${3}${m}$01"), ElementsAre("1_x", "3", "m", "01"));
}

TEST(LiteralExpansionTest, IsWhatNoGroupCanChange) {
  EXPECT_EQ(LiteralExpansion("requests"), "requests");
  EXPECT_EQ(LiteralExpansion("a$$b$"), "a$b$");
  EXPECT_EQ(LiteralExpansion(""), "");
  EXPECT_EQ(LiteralExpansion("${1}_x"), std::nullopt);
  EXPECT_EQ(LiteralExpansion("$nope"), std::nullopt);
}

}  // namespace
}  // namespace tacho::adapter
