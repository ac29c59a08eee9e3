// What the grammar makes of a query: precedence, modifiers, names, spelling.
#include <gtest/gtest.h>

#include <string>

#include "parser/promql.h"
#include "tests/parser_promql/shape.h"

namespace tacho::parser {
namespace {

using ::tacho::testing::Shape;

TEST(PrecedenceTest, PowerBindsTighterThanSign) {
  EXPECT_EQ(Shape("-2^2"), "(neg (^ 2 2))");
  EXPECT_EQ(Shape("-1^0.5"), "(neg (^ 1 0.5))");
  EXPECT_EQ(Shape("2^-3^2"), "(^ 2 (neg (^ 3 2)))");
  EXPECT_EQ(Shape("2^-3*4"), "(* (^ 2 -3) 4)");
}

TEST(PrecedenceTest, SignBindsAsMultiplication) {
  EXPECT_EQ(Shape("2*-3"), "(* 2 -3)");
  EXPECT_EQ(Shape("-x * y"), "(* (neg sel(__name__=x)) sel(__name__=y))");
  EXPECT_EQ(Shape("-x + y"), "(+ (neg sel(__name__=x)) sel(__name__=y))");
  EXPECT_EQ(Shape("+-x"), "(pos (neg sel(__name__=x)))");
}

TEST(PrecedenceTest, PowerIsRightAssociative) { EXPECT_EQ(Shape("2^3^2"), "(^ 2 (^ 3 2))"); }

TEST(PrecedenceTest, AllOtherOperatorsAreLeftAssociative) {
  EXPECT_EQ(Shape("1-2-3"), "(- (- 1 2) 3)");
  EXPECT_EQ(Shape("1/2*3%4 atan2 5"), "(atan2 (% (* (/ 1 2) 3) 4) 5)");
  EXPECT_EQ(Shape("a == 1 == 2"), "(== (== sel(__name__=a) 1) 2)");
  EXPECT_EQ(Shape("a and b unless c"),
            "(unless (and sel(__name__=a) sel(__name__=b)) sel(__name__=c))");
  EXPECT_EQ(Shape("a or b or c"), "(or (or sel(__name__=a) sel(__name__=b)) sel(__name__=c))");
}

// Each level stands once on either side of the next: or, and, ==, +, *, ^.
TEST(PrecedenceTest, LevelsRiseFromOrToPower) {
  EXPECT_EQ(Shape("1 + 2 * 3 ^ 4"), "(+ 1 (* 2 (^ 3 4)))");
  EXPECT_EQ(Shape("1 ^ 2 * 3 + 4"), "(+ (* (^ 1 2) 3) 4)");
  EXPECT_EQ(
      Shape("a or b and c == d + 1"),
      "(or sel(__name__=a) (and sel(__name__=b) (== sel(__name__=c) (+ sel(__name__=d) 1))))");
  EXPECT_EQ(
      Shape("1 + a == b and c or d"),
      "(or (and (== (+ 1 sel(__name__=a)) sel(__name__=b)) sel(__name__=c)) sel(__name__=d))");
}

TEST(PrecedenceTest, TrimOperatorsCompareAsTheOthers) {
  EXPECT_EQ(Shape("a </ 1 + 2"), "(</ sel(__name__=a) (+ 1 2))");
  EXPECT_EQ(Shape("a >/ 1 and b"), "(and (>/ sel(__name__=a) 1) sel(__name__=b))");
}

TEST(PrecedenceTest, ModifiersBindTighterThanAnyOperator) {
  EXPECT_EQ(Shape("-x offset 5m"), "(neg sel(__name__=x)-300000ms)");
  EXPECT_EQ(Shape("x ^ y @ 1"), "(^ sel(__name__=x) sel(__name__=y)@1000)");
  EXPECT_EQ(Shape("x offset 1m + 2"), "(+ sel(__name__=x)-60000ms 2)");
  EXPECT_EQ(Shape("x offset -2 ^ 2"), "(^ sel(__name__=x)--2000ms 2)");
}

TEST(PrecedenceTest, ParenthesesAreKept) {
  EXPECT_EQ(Shape("(1+2)*3"), "(* (paren (+ 1 2)) 3)");
  EXPECT_EQ(Shape("-(2)"), "(neg (paren 2))");
}

TEST(SignTest, FoldsIntoANumber) {
  EXPECT_EQ(Shape("-5"), "-5");
  EXPECT_EQ(Shape("--5"), "5");
  EXPECT_EQ(Shape("-Inf"), "-Inf");
  EXPECT_EQ(Shape("-NaN"), "NaN");
  EXPECT_EQ(Shape("-0"), "-0");
  EXPECT_EQ(Shape("-5m"), "-300");
}

TEST(SelectorTest, TakesAllFourMatchersAndATrailingComma) {
  EXPECT_EQ(Shape(R"(a{b="x",})"), "sel(__name__=a,b=x)");
  EXPECT_EQ(Shape(R"(a{b="1",c!="2",d=~"3",e!~"4"})"), "sel(__name__=a,b=1,c!=2,d=~3,e!~4)");
  EXPECT_EQ(Shape("a{}"), "sel(__name__=a)");
  EXPECT_EQ(Shape("a:b:c"), "sel(__name__=a:b:c)");
}

TEST(SelectorTest, NamesMayBeQuoted) {
  EXPECT_EQ(Shape(R"({"my.metric", "a.b"="c", d='e'})"), "sel(__name__=my.metric,a.b=c,d=e)");
  EXPECT_EQ(Shape(R"({"a.b"="c", `my.metric`})"), "sel(a.b=c,__name__=my.metric)");
}

TEST(SelectorTest, NameIsKnownHoweverItIsWritten) {
  for (const char* query : {"up", "{\"up\"}", "{__name__=\"up\"}"}) {
    const auto ast = ParsePromql(query);
    ASSERT_TRUE(ast.ok()) << query;
    EXPECT_EQ((*ast)[ast->root()].name, "up") << query;
  }
  const auto by_regex = ParsePromql("{__name__=~\"up\"}");
  ASSERT_TRUE(by_regex.ok());
  EXPECT_EQ((*by_regex)[by_regex->root()].name, "");
}

TEST(SelectorTest, WordsInBracesAreLabels) {
  EXPECT_EQ(Shape(R"(x{sum="1",by="2",inf="3",bool="4"})"),
            "sel(__name__=x,sum=1,by=2,inf=3,bool=4)");
}

TEST(KeywordTest, MostMayNameAMetric) {
  for (const char* word :
       {"sum", "by", "without", "and", "or", "unless", "offset", "start", "end", "step", "range",
        "topk", "anchored", "smoothed", "fill", "fill_left", "min_of", "limitk"}) {
    EXPECT_EQ(Shape(word), "sel(__name__=" + std::string(word) + ")") << word;
    EXPECT_EQ(Shape("1 + " + std::string(word)), "(+ 1 sel(__name__=" + std::string(word) + "))");
  }
}

TEST(KeywordTest, SomeMayNot) {
  for (const char* word : {"bool", "on", "ignoring", "group_left", "group_right"}) {
    EXPECT_EQ(Shape(word), "1:1: parse error: unexpected <" + std::string(word) + ">");
  }
  EXPECT_EQ(Shape("atan2"), "1:1: parse error: unexpected <op:atan2>");
}

TEST(KeywordTest, CaseDoesNotMatter) {
  EXPECT_EQ(Shape("SUM(x) By (a)"), "(sum by[a] sel(__name__=x))");
  EXPECT_EQ(Shape("a AND On(b) c"), "(and on[b] sel(__name__=a) sel(__name__=c))");
  EXPECT_EQ(Shape("a OFFSET 1m"), "sel(__name__=a)-60000ms");
  EXPECT_EQ(Shape("iNf"), "+Inf");
}

TEST(KeywordTest, FunctionNamesAreNoKeywords) {
  EXPECT_EQ(Shape("rate"), "sel(__name__=rate)");
  EXPECT_EQ(Shape("RATE(x[1m])"), "1:1: parse error: unknown function with name \"RATE\"");
}

TEST(AggregationTest, GroupingStandsBeforeOrBehind) {
  EXPECT_EQ(Shape("sum by (a, b) (x)"), "(sum by[a,b] sel(__name__=x))");
  EXPECT_EQ(Shape("sum(x) by (a, b)"), "(sum by[a,b] sel(__name__=x))");
  EXPECT_EQ(Shape("sum(x) without (a)"), "(sum without[a] sel(__name__=x))");
  EXPECT_EQ(Shape("sum(x)"), "(sum sel(__name__=x))");
}

TEST(AggregationTest, GroupingMayBeEmptyOrEndInAComma) {
  EXPECT_EQ(Shape("sum by () (x)"), "(sum sel(__name__=x))");
  EXPECT_EQ(Shape("sum without () (x)"), "(sum without[] sel(__name__=x))");
  EXPECT_EQ(Shape("sum by (le,) (x)"), "(sum by[le] sel(__name__=x))");
  EXPECT_EQ(Shape("sum by (,le) (x)"),
            "1:9: parse error: unexpected \",\" in grouping opts, expected label");
}

TEST(AggregationTest, GroupingTakesKeywordsAndQuotedNames) {
  EXPECT_EQ(Shape(R"(sum by (sum, on, bool, group_left, atan2, "a.b", 'c', a:b) (x))"),
            "(sum by[sum,on,bool,group_left,atan2,a.b,c,a:b] sel(__name__=x))");
}

TEST(AggregationTest, ParameterComesFirst) {
  EXPECT_EQ(Shape("topk(5, x)"), "(topk 5 sel(__name__=x))");
  EXPECT_EQ(Shape("quantile by (a) (0.9, x)"), "(quantile by[a] 0.9 sel(__name__=x))");
  EXPECT_EQ(Shape("count_values('v', x)"), "(count_values 'v' sel(__name__=x))");
}

TEST(AggregationTest, HasGroupingTellsAnEmptyListFromNone) {
  EXPECT_TRUE((*ParsePromql("sum by () (x)"))[1].has_grouping);
  EXPECT_FALSE((*ParsePromql("sum(x)"))[1].has_grouping);
}

TEST(MatchingTest, TakesOnIgnoringAndGroups) {
  EXPECT_EQ(Shape("a + on(x) b"), "(+ on[x] sel(__name__=a) sel(__name__=b))");
  EXPECT_EQ(Shape("a / ignoring(x, y,) group_left b"),
            "(/ ignoring[x,y] left[] sel(__name__=a) sel(__name__=b))");
  EXPECT_EQ(Shape("a == bool on() group_right(z) b"),
            "(== bool on[] right[z] sel(__name__=a) sel(__name__=b))");
}

TEST(MatchingTest, SetOperatorsAreManyToMany) {
  const auto ast = ParsePromql("a and b");
  ASSERT_TRUE(ast.ok());
  EXPECT_EQ((*ast)[ast->root()].matching.cardinality, Cardinality::kManyToMany);
  EXPECT_FALSE((*ast)[ast->root()].matching.written);
}

TEST(MatchingTest, EmptyMatchingBesideAScalarIsDropped) {
  EXPECT_EQ(Shape("1 + on() x"), "(+ 1 sel(__name__=x))");
}

TEST(RangeTest, WrapsTheSelectorWhichHoldsTheModifiers) {
  EXPECT_EQ(Shape("x[5m]"), "(range 300000 sel(__name__=x))");
  EXPECT_EQ(Shape("x[5m] offset 1h @ 10"), "(range 300000 sel(__name__=x)@10000-3600000ms)");
  EXPECT_EQ(Shape("x{a='b'}[1h30m]"), "(range 5400000 sel(__name__=x,a=b))");
}

TEST(RangeTest, NumbersAreSeconds) {
  EXPECT_EQ(Shape("x[300]"), "(range 300000 sel(__name__=x))");
  EXPECT_EQ(Shape("x[1.5]"), "(range 1500 sel(__name__=x))");
  EXPECT_EQ(Shape("x[0x10]"), "(range 16000 sel(__name__=x))");
  EXPECT_EQ(Shape("x offset 60"), "sel(__name__=x)-60000ms");
}

TEST(SubqueryTest, StepMayBeLeftOut) {
  EXPECT_EQ(Shape("x[1h:5m]"), "(subquery 3600000:300000 sel(__name__=x))");
  EXPECT_EQ(Shape("x[1h:]"), "(subquery 3600000:0 sel(__name__=x))");
  EXPECT_EQ(Shape("rate(x[1m])[1h:5m] @ start() offset -1m"),
            "(subquery 3600000:300000@start--60000ms (rate (range 60000 sel(__name__=x))))");
}

TEST(ModifierTest, OffsetAndAtComeInAnyOrder) {
  EXPECT_EQ(Shape("x offset 1m @ 5"), "sel(__name__=x)@5000-60000ms");
  EXPECT_EQ(Shape("x @ 5 offset 1m"), "sel(__name__=x)@5000-60000ms");
}

TEST(ModifierTest, AtTakesSignsDurationsAndBoundaries) {
  EXPECT_EQ(Shape("x @ -5"), "sel(__name__=x)@-5000");
  EXPECT_EQ(Shape("x @ +1.2345"), "sel(__name__=x)@1235");
  EXPECT_EQ(Shape("x @ 2m"), "sel(__name__=x)@120000");
  EXPECT_EQ(Shape("x @ start()"), "sel(__name__=x)@start");
  EXPECT_EQ(Shape("x @ END ( )"), "sel(__name__=x)@end");
}

TEST(CommentTest, StandsWhereSpaceMay) {
  EXPECT_EQ(Shape("sum( # first\n x{ # second\n a='b' } # third\r\n)"),
            "(sum sel(__name__=x,a=b))");
  EXPECT_EQ(Shape("x[ # in brackets\n 5m]"), "(range 300000 sel(__name__=x))");
}

}  // namespace
}  // namespace tacho::parser
