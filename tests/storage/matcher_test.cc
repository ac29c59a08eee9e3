#include "storage/matcher.h"

#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/regex.h"
#include "tests/support/status_matchers.h"

namespace tacho::storage {
namespace {

using ::tacho::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsNull;
using ::testing::Pointee;

LabelMatcher Make(MatchOp op, std::string_view value) {
  return *LabelMatcher::Create("pod", op, value, 1 << 20);
}

TEST(LabelMatcherTest, EqualAndNotEqual) {
  const LabelMatcher equal = Make(MatchOp::kEqual, "a");
  EXPECT_EQ(equal.label(), "pod");
  EXPECT_TRUE(equal.Matches("a"));
  EXPECT_FALSE(equal.Matches("ab"));
  EXPECT_FALSE(equal.MatchesEmpty());
  const LabelMatcher unequal = Make(MatchOp::kNotEqual, "a");
  EXPECT_FALSE(unequal.Matches("a"));
  EXPECT_TRUE(unequal.Matches("b"));
  EXPECT_TRUE(unequal.MatchesEmpty());
}

// = takes its text as it is, whatever it would mean in a regex.
TEST(LabelMatcherTest, EqualKnowsNoRegex) {
  EXPECT_FALSE(Make(MatchOp::kEqual, "a|b").Matches("a"));
  EXPECT_TRUE(Make(MatchOp::kEqual, "a|b").Matches("a|b"));
  EXPECT_TRUE(Make(MatchOp::kEqual, "(").Matches("("));
}

TEST(LabelMatcherTest, AMissingLabelIsAnEmptyOne) {
  EXPECT_TRUE(Make(MatchOp::kEqual, "").MatchesEmpty());
  EXPECT_FALSE(Make(MatchOp::kNotEqual, "").MatchesEmpty());
  EXPECT_TRUE(Make(MatchOp::kRegex, ".*").MatchesEmpty());
  EXPECT_FALSE(Make(MatchOp::kRegex, ".+").MatchesEmpty());
  EXPECT_TRUE(Make(MatchOp::kRegex, "a|").MatchesEmpty());
  EXPECT_FALSE(Make(MatchOp::kNotRegex, ".*").MatchesEmpty());
  EXPECT_TRUE(Make(MatchOp::kNotRegex, "a|b").MatchesEmpty());
}

TEST(LabelMatcherTest, RegexAndItsNegation) {
  EXPECT_TRUE(Make(MatchOp::kRegex, "a.*").Matches("ab"));
  EXPECT_FALSE(Make(MatchOp::kRegex, "a.*").Matches("ba"));
  EXPECT_FALSE(Make(MatchOp::kNotRegex, "a.*").Matches("ab"));
  EXPECT_TRUE(Make(MatchOp::kNotRegex, "a.*").Matches("ba"));
  EXPECT_FALSE(Make(MatchOp::kNotRegex, "a|b").Matches("b"));
  EXPECT_TRUE(Make(MatchOp::kNotRegex, "a|b").Matches("c"));
}

TEST(LabelMatcherTest, ValuesAreAllThatCanMatchWhereTheyAreFew) {
  EXPECT_THAT(Make(MatchOp::kEqual, "a").values(), Pointee(ElementsAre("a")));
  EXPECT_THAT(Make(MatchOp::kRegex, "b|a|b").values(), Pointee(ElementsAre("a", "b")));
  EXPECT_THAT(Make(MatchOp::kEqual, "").values(), IsNull());
  EXPECT_THAT(Make(MatchOp::kRegex, "a|").values(), IsNull());
  EXPECT_THAT(Make(MatchOp::kRegex, "a.").values(), IsNull());
  EXPECT_THAT(Make(MatchOp::kNotEqual, "a").values(), IsNull());
  EXPECT_THAT(Make(MatchOp::kNotRegex, "a|b").values(), IsNull());
}

TEST(LabelMatcherTest, AMovedMatcherStillMatches) {
  LabelMatcher from = Make(MatchOp::kRegex, "a.+");
  const LabelMatcher to(std::move(from));
  EXPECT_TRUE(to.Matches("ab"));
  LabelMatcher assigned = Make(MatchOp::kEqual, "x");
  assigned = Make(MatchOp::kRegex, "b.+");
  EXPECT_TRUE(assigned.Matches("bc"));
}

TEST(LabelMatcherTest, ABadPatternIsRefusedUnderBothOperators) {
  for (const MatchOp op : {MatchOp::kRegex, MatchOp::kNotRegex}) {
    EXPECT_THAT(LabelMatcher::Create("pod", op, "a(", 1 << 20),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("regexp")));
    EXPECT_THAT(LabelMatcher::Create("pod", op, "(a{100}){9}", 4096),
                StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("max_regex_bytes")));
  }
}

// The adapter asks for hundreds of pods by name: a set, not a regex.
TEST(LabelMatcherTest, ASetOfNamesAnswersAsItsRegexWould) {
  std::string pattern;
  for (int i = 0; i < 300; ++i)
    pattern += (i == 0 ? "" : "|") + std::string("pod-") + std::to_string(i);
  const LabelMatcher set = Make(MatchOp::kRegex, pattern);
  ASSERT_NE(set.values(), nullptr);
  const auto regex = Regex::Compile(pattern, 1 << 22);
  ASSERT_TRUE(regex.ok());
  const uint32_t seed = 7;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int i = 0; i < 2000; ++i) {
    const std::string text = "pod-" + std::to_string(random() % 1000);
    ASSERT_EQ(set.Matches(text), (*regex)->Matches(text)) << text;
  }
}

}  // namespace
}  // namespace tacho::storage
