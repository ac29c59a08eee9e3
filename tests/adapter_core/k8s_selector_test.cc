#include "adapter/core/k8s_selector.h"

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Canonical(std::string_view text) {
  const auto selector = Selector::Parse(text);
  return selector.ok() ? selector->ToString() : "refused";
}

std::string ErrorOf(std::string_view text) {
  return std::string(Selector::Parse(text).status().message());
}

bool Matches(std::string_view text, const std::map<std::string, std::string>& labels) {
  return Selector::Parse(text)->Matches(
      [&](std::string_view key) -> std::optional<std::string_view> {
        const auto it = labels.find(std::string(key));
        if (it == labels.end()) return std::nullopt;
        return it->second;
      });
}

TEST(SelectorTest, EveryOperatorHasItsCanonicalForm) {
  EXPECT_EQ(Canonical("a=b"), "a=b");
  EXPECT_EQ(Canonical(" a == b "), "a==b");
  EXPECT_EQ(Canonical("a!=b"), "a!=b");
  EXPECT_EQ(Canonical("a in (c, b,c)"), "a in (b,c)");
  EXPECT_EQ(Canonical("a notin(b)"), "a notin (b)");
  EXPECT_EQ(Canonical("a"), "a");
  EXPECT_EQ(Canonical("! a"), "!a");
  EXPECT_EQ(Canonical("a>5"), "a>5");
  EXPECT_EQ(Canonical("a < +7"), "refused");  // + is not allowed in a label's value
  EXPECT_EQ(Canonical(""), "");
  EXPECT_EQ(Canonical(" \t\n"), "");
}

TEST(SelectorTest, RequirementsAreSortedByKeyAndKeepTheirOrderWithinIt) {
  EXPECT_EQ(Canonical("z=1,a in (x),m,a=2"), "a in (x),a=2,m,z=1");
}

TEST(SelectorTest, EmptyValuesAreValues) {
  EXPECT_EQ(Canonical("a="), "a=");
  EXPECT_EQ(Canonical("a=,b"), "a=,b");
  EXPECT_EQ(Canonical("a!="), "a!=");
  EXPECT_EQ(Canonical("a in (,)"), "a in ()");
  EXPECT_EQ(Canonical("a in (,b)"), "a in (,b)");
  EXPECT_EQ(Canonical("a in (b,)"), "a in (,b)");
  EXPECT_EQ(Canonical("a in (b,,c)"), "a in (,b,c)");
}

// What Kubernetes' reader makes of several commas depends on their number.
TEST(SelectorTest, RunsOfCommasAreReadAsKubernetesDoes) {
  EXPECT_EQ(Canonical("a in (,,)"), "refused");
  EXPECT_EQ(Canonical("a in (b,,)"), "refused");
  EXPECT_EQ(Canonical("a in (b,,,)"), "a in (,b)");
  EXPECT_EQ(Canonical("a in (b,,,c)"), "a in (,b,c)");
}

TEST(SelectorTest, InAndNotinAreAlsoNames) {
  EXPECT_EQ(Canonical("in in (in,notin)"), "in in (in,notin)");
  EXPECT_EQ(Canonical("notin"), "notin");
  EXPECT_EQ(Canonical("a=in"), "a=in");
}

TEST(SelectorTest, ErrorsSayWhatWasFoundAndWhatWasExpected) {
  EXPECT_EQ(ErrorOf("a=b c"), "found 'c', expected: ',' or 'end of string'");
  EXPECT_EQ(ErrorOf("a,"), "found '', expected: identifier after ','");
  EXPECT_EQ(ErrorOf("=a"), "found '=', expected: !, identifier, or 'end of string'");
  EXPECT_EQ(ErrorOf("!=a"), "found '!=', expected: !, identifier, or 'end of string'");
  EXPECT_EQ(ErrorOf("a b"),
            "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt");
  EXPECT_EQ(ErrorOf("a in b"), "unable to parse requirement: found 'b' expected: '('");
  EXPECT_EQ(ErrorOf("a in (b"), "unable to parse requirement: found '', expected: ',' or ')'");
  EXPECT_EQ(ErrorOf("a in ("),
            "unable to parse requirement: found '', expected: ',', ')' or identifier");
  EXPECT_EQ(ErrorOf("a=(b"), "unable to parse requirement: found '(', expected: identifier");
  EXPECT_EQ(ErrorOf("!a=b"), "found '=', expected: ',' or 'end of string'");
  EXPECT_THAT(ErrorOf("a in ()"), HasSubstr("for 'in', 'notin' operators, values set can't be"));
  EXPECT_THAT(ErrorOf("a>x"), HasSubstr("for 'Gt', 'Lt' operators, the value must be an integer"));
  EXPECT_THAT(ErrorOf("a>"), HasSubstr("must be an integer"));
  EXPECT_THAT(ErrorOf(std::string_view("a\0b", 3)), HasSubstr("NUL"));
}

TEST(SelectorTest, KeysAreQualifiedNames) {
  const std::string longest(63, 'a');
  for (const std::string& good :
       {std::string("a"), std::string("a.b-c_d"), std::string("A9"),
        std::string("example.com/name"), std::string("x-1.y/a"), longest}) {
    EXPECT_EQ(Canonical(good), good);
  }
  for (const std::string& bad :
       {std::string("_a"), std::string("a_"), std::string("/a"), std::string("a/"),
        std::string("A.com/a"), std::string("-x/a"), std::string("x-/a"), std::string("a..b/c"),
        std::string("a.-b/c"), std::string(".a/b"), std::string("a/b/c"), std::string("\xc3\xa9"),
        std::string(64, 'a'), std::string(254, 'a') + "/b", std::string("a\"b"),
        std::string("a{b")}) {
    EXPECT_EQ(Canonical(bad), "refused") << bad;
  }
  EXPECT_THAT(ErrorOf("_a"),
              HasSubstr("<nil>: Invalid value: \"_a\": name part must consist of alphanumeric"));
}

TEST(SelectorTest, ValuesAreAtMost63BytesOfTheSameAlphabet) {
  EXPECT_EQ(Canonical("a=" + std::string(63, 'v')), "a=" + std::string(63, 'v'));
  EXPECT_THAT(ErrorOf("a=" + std::string(64, 'v')), HasSubstr("must be no more than 63"));
  EXPECT_THAT(ErrorOf("a=.*"), HasSubstr("values[0][a]: Invalid value: \".*\": a valid label"));
  EXPECT_THAT(ErrorOf("a in (b,c/d)"), HasSubstr("values[1][a]: Invalid value: \"c/d\""));
}

TEST(SelectorTest, MatchesAsKubernetesDoes) {
  const std::map<std::string, std::string> labels = {{"app", "x"}, {"n", "7"}, {"empty", ""}};
  EXPECT_TRUE(Matches("", labels));
  EXPECT_TRUE(Matches("app=x,n", labels));
  EXPECT_FALSE(Matches("app=y", labels));
  EXPECT_TRUE(Matches("app in (x,y)", labels));
  EXPECT_FALSE(Matches("app notin (x,y)", labels));
  EXPECT_TRUE(Matches("none notin (x)", labels));
  EXPECT_TRUE(Matches("none!=x", labels));
  EXPECT_FALSE(Matches("none=", labels));  // absent is not empty
  EXPECT_TRUE(Matches("empty=", labels));
  EXPECT_TRUE(Matches("empty", labels));
  EXPECT_FALSE(Matches("!empty", labels));
  EXPECT_TRUE(Matches("!none", labels));
  EXPECT_TRUE(Matches("n>6,n<8", labels));
  EXPECT_FALSE(Matches("n>7", labels));
  EXPECT_FALSE(Matches("n<7", labels));
  EXPECT_FALSE(Matches("app>1", labels));
  EXPECT_FALSE(Matches("none<1", labels));
}

TEST(SelectorTest, BecomesMatchers) {
  const auto matchers = Selector::Parse("a=1,b==2,c!=3,d in (y,x),e notin (z),f,!g")->ToMatchers();
  ASSERT_TRUE(matchers.ok());
  std::string text;
  constexpr const char* kOps[] = {"=", "!=", "=~", "!~"};
  for (const TemplateMatcher& m : *matchers) {
    text += m.label + kOps[static_cast<int>(m.op)];
    for (const std::string& v : m.values) text += "'" + v + "'";
    text += " ";
  }
  EXPECT_EQ(text, "a='1' b='2' c!='3' d=~'x''y' e!~'z' f!='' g='' ");
  EXPECT_THAT(Selector::Parse("a>1")->ToMatchers(),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("operator >")));
}

TEST(SelectorTest, BecomesTheLabelSelectorOfAReply) {
  const auto json = [](std::string_view text) {
    const auto out = Selector::Parse(text)->ToLabelSelectorJson();
    return out.ok() ? *out : std::string(out.status().message());
  };
  EXPECT_EQ(json(""), "null");
  EXPECT_EQ(json("verb=GET,code notin (500)"),
            R"({"matchLabels":{"verb":"GET"},"matchExpressions":[{"key":"code",)"
            R"("operator":"NotIn","values":["500"]}]})");
  EXPECT_EQ(json("b==2,a=1"), R"({"matchLabels":{"a":"1","b":"2"}})");
  EXPECT_EQ(json("a,!b"), R"({"matchExpressions":[{"key":"a","operator":"Exists"},)"
                          R"({"key":"b","operator":"DoesNotExist"}]})");
  EXPECT_EQ(json("verb!=GET"), "\"!=\" is not a valid label selector operator");
  EXPECT_EQ(json("a>1"), "\"gt\" isn't supported in label selectors");
}

}  // namespace
}  // namespace tacho::adapter
