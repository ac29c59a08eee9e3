#include "storage/regex.h"

#include <re2/re2.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::storage {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;

bool Matches(std::string_view pattern, std::string_view text) {
  auto regex = Regex::Compile(pattern, 1 << 20);
  EXPECT_THAT(regex, IsOk());
  return regex.ok() && (*regex)->Matches(text);
}

TEST(RegexTest, IsAnchoredAtBothEnds) {
  EXPECT_TRUE(Matches("fo+", "foo"));
  EXPECT_FALSE(Matches("fo+", "xfoo"));
  EXPECT_FALSE(Matches("fo+", "foox"));
  EXPECT_FALSE(Matches("a|b", "ab"));  // and so is each alternative
  EXPECT_TRUE(Matches("", ""));
  EXPECT_FALSE(Matches("", "x"));
}

TEST(RegexTest, ADotMatchesANewline) {
  EXPECT_TRUE(Matches("a.b", "a\nb"));
  EXPECT_TRUE(Matches(".*", "\n"));
}

TEST(RegexTest, KnowsPerlClassesAndFlags) {
  EXPECT_TRUE(Matches("\\d+", "2024"));
  EXPECT_TRUE(Matches("(?i)FOO", "foo"));
  EXPECT_TRUE(Matches("\xc3\xa9+", "\xc3\xa9\xc3\xa9"));
}

TEST(RegexTest, APatternThatIsNoneIsRefusedWithItsReason) {
  EXPECT_THAT(Regex::Compile("a(", 1 << 20),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("error parsing regexp"), HasSubstr("a("))));
  EXPECT_THAT(Regex::Compile("a**", 1 << 20),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("**")));
  EXPECT_THAT(Regex::Compile("\\8", 1 << 20), StatusIs(absl::StatusCode::kInvalidArgument, ""
                                                       "error parsing regexp: invalid escape "
                                                       "sequence: \\8"));
}

TEST(RegexTest, APatternThatGrowsTooLargeIsRefused) {
  const std::string pattern = "((a{100}){100}){10}";
  EXPECT_FALSE(Regex::Compile(pattern, 1 << 20).ok());
  EXPECT_THAT(Regex::Compile("(a{100}){9}", 4 << 10),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("max_regex_bytes (4096)")));
  EXPECT_THAT(Regex::Compile("(a{100}){9}", 1 << 20), IsOk());
}

TEST(PlainAlternativesTest, AreTheTextsOfAnAlternation) {
  EXPECT_THAT(PlainAlternatives("a"), Optional(ElementsAre("a")));
  EXPECT_THAT(PlainAlternatives("a|bc"), Optional(ElementsAre("a", "bc")));
  EXPECT_THAT(PlainAlternatives("(a|b)"), Optional(ElementsAre("a", "b")));
  EXPECT_THAT(PlainAlternatives("(?:a|b)"), Optional(ElementsAre("a", "b")));
  EXPECT_THAT(PlainAlternatives("a\\.b|c\\-d|\\/"), Optional(ElementsAre("a.b", "c-d", "/")));
  EXPECT_THAT(PlainAlternatives(""), Optional(ElementsAre("")));
  EXPECT_THAT(PlainAlternatives("a||b|"), Optional(ElementsAre("a", "", "b", "")));
  EXPECT_THAT(PlainAlternatives("()"), Optional(ElementsAre("")));
  EXPECT_THAT(PlainAlternatives("a\nb \xc3\xa9"), Optional(ElementsAre("a\nb \xc3\xa9")));
}

TEST(PlainAlternativesTest, AnythingMoreIsLeftToTheRegex) {
  for (const char* pattern : {"a.b", "a*", "a+", "a?", "^a", "a$", "[ab]", "a{2}", "\\d", "\\n",
                              "a\\", "(a)(b)", "(a)|(b)", "a(b|c)", "((a))", "(a|b", "a|b)",
                              "(?i)a", "(?i:a)", "(?P<x>a)", "(a\\)", "\\Qa\\E", "\\x41"}) {
    EXPECT_EQ(PlainAlternatives(pattern), std::nullopt) << pattern;
  }
}

// Random patterns over the characters that matter: where the short cut says what a pattern
// matches, RE2 must agree on every short text; and it must refuse what RE2 refuses.
TEST(PlainAlternativesTest, AgreeWithRe2OnRandomPatterns) {
  constexpr std::string_view kPattern = "ab|().\\*?:-/\n";
  constexpr std::string_view kText = "ab.-/\n|";
  std::vector<std::string> texts = {""};
  for (size_t i = 0; i < 1 + kText.size() + kText.size() * kText.size(); ++i) {
    if (texts[i].size() < 3) {
      for (const char c : kText) texts.push_back(texts[i] + c);
    }
  }
  const uint32_t seed = 20'240'601;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  int plain = 0;
  RE2::Options quiet;
  quiet.set_log_errors(false);
  quiet.set_dot_nl(true);
  for (int i = 0; i < 20'000; ++i) {
    std::string pattern;
    for (uint32_t n = random() % 8; n > 0; --n) pattern += kPattern[random() % kPattern.size()];
    const auto alternatives = PlainAlternatives(pattern);
    if (!alternatives.has_value()) continue;
    ++plain;
    const RE2 re(pattern, quiet);
    ASSERT_TRUE(re.ok()) << pattern;
    for (const std::string& text : texts) {
      const bool listed = std::ranges::find(*alternatives, text) != alternatives->end();
      ASSERT_EQ(RE2::FullMatch(text, re), listed) << pattern << " on " << text;
    }
  }
  EXPECT_GT(plain, 1000);
}

}  // namespace
}  // namespace tacho::storage
