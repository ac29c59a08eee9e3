// How an expression is printed: as Prometheus prints it.
#include <gtest/gtest.h>

#include <string>

#include "parser/promql.h"

namespace tacho::parser {
namespace {

constexpr ParseLimits kAll{.features = {.experimental_functions = true,
                                        .extended_range_selectors = true,
                                        .fill_modifiers = true}};

std::string Print(std::string_view query) {
  const auto ast = ParsePromql(query, kAll);
  return ast.ok() ? PrintPromql(*ast) : std::string(ast.status().message());
}

TEST(PrintTest, AggregationsHaveTheirGroupingFirst) {
  EXPECT_EQ(Print("sum(rate(x{a='b'}[2m]))by(a,b,)"), "sum by (a, b) (rate(x{a=\"b\"}[2m]))");
  EXPECT_EQ(Print("SUM(x) without()"), "sum without () (x)");
  EXPECT_EQ(Print("sum by () (x)"), "sum(x)");
  EXPECT_EQ(Print("topk by(a)(5,x)"), "topk by (a) (5, x)");
  EXPECT_EQ(Print("sum by ('a.b', c) (x)"), "sum by (\"a.b\", c) (x)");
}

TEST(PrintTest, SelectorsHaveTheirMatchersSorted) {
  EXPECT_EQ(Print("x{ b!='1' , a=~'2', }"), "x{a=~\"2\",b!=\"1\"}");
  EXPECT_EQ(Print("x{}"), "x");
  EXPECT_EQ(Print("{'my.metric', 'l.x'='y'}"), "{\"l.x\"=\"y\",__name__=\"my.metric\"}");
  EXPECT_EQ(Print("{__name__='x',a='b'}"), "{__name__=\"x\",a=\"b\"}");
}

TEST(PrintTest, ModifiersComeAsAtAndThenOffset) {
  EXPECT_EQ(Print("x offset 60s"), "x offset 1m");
  EXPECT_EQ(Print("x offset -90"), "x offset -1m30s");
  EXPECT_EQ(Print("x offset 1m @ 1"), "x @ 1.000 offset 1m");
  EXPECT_EQ(Print("x[300] offset 1m @ end()"), "x[5m] @ end() offset 1m");
  EXPECT_EQ(Print("x[1h:60] @ start()"), "x[1h:1m] @ start()");
  EXPECT_EQ(Print("x[1h:]"), "x[1h:]");
  EXPECT_EQ(Print("x @ -1.5"), "x @ -1.500");
  EXPECT_EQ(Print("x offset 0"), "x");
}

TEST(PrintTest, NumbersAndDurations) {
  EXPECT_EQ(Print("1e3"), "1000");
  EXPECT_EQ(Print("+Inf"), "+Inf");
  EXPECT_EQ(Print("Inf ^ Inf"), "Inf ^ +Inf");  // +Inf ^ 2 would be +(Inf ^ 2)
  EXPECT_EQ(Print("-nan"), "NaN");
  EXPECT_EQ(Print("90m"), "1h30m");
  EXPECT_EQ(Print("-5m"), "-5m");
  EXPECT_EQ(Print("010"), "8");
  EXPECT_EQ(Print("x[0.0001]"), "x[0.0001]");
}

TEST(PrintTest, OperatorsAndMatching) {
  EXPECT_EQ(Print("a+b*-c"), "a + b * -c");
  EXPECT_EQ(Print("(a+b)*c"), "(a + b) * c");
  EXPECT_EQ(Print("a ==bool b"), "a == bool b");
  EXPECT_EQ(Print("a+on()b"), "a + on () b");
  EXPECT_EQ(Print("a+ignoring()b"), "a + b");
  EXPECT_EQ(Print("a/on(x,y)group_left b"), "a / on (x, y) group_left () b");
  EXPECT_EQ(Print("a/ignoring()group_right(z)b"), "a / ignoring () group_right (z) b");
  EXPECT_EQ(Print("a AND b"), "a and b");
  EXPECT_EQ(Print("1 + on() a"), "1 + a");
}

TEST(PrintTest, StringsAreQuotedAsGoDoes) {
  EXPECT_EQ(Print("'it\\'s \"so\"'"), "\"it's \\\"so\\\"\"");
  EXPECT_EQ(Print("`\\d`"), "\"\\\\d\"");
  EXPECT_EQ(Print("label_replace(x,'a','$1','b','(.*)')"),
            "label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\")");
}

TEST(PrintTest, DurationExpressionsStayExpressions) {
  EXPECT_EQ(Print("x[1m+2*30s]"), "x[1m + 2 * 30s]");
  EXPECT_EQ(Print("x[-(10s-5s)+20s]"), "x[-(10s - 5s) + 20s]");
  EXPECT_EQ(Print("x[STEP()]"), "x[step()]");
  EXPECT_EQ(Print("x[300:2*STEP( )]@5 offset -min_of(10s,+max_of(step()^2,2))"),
            "x[5m:2 * step()] @ 5.000 offset -min_of(10s, max_of(step() ^ 2, 2))");
  EXPECT_EQ(Print("x offset +range()"), "x offset range()");
  EXPECT_EQ(Print("x offset (5m)"), "x offset (5m)");
  EXPECT_EQ(Print("x offset 5s-8"), "x offset 5s - 8");
}

TEST(PrintTest, EdgesStandBehindTheRange) {
  EXPECT_EQ(Print("x[5m] offset 1m smoothed @ 5"), "x[5m] smoothed @ 5.000 offset 1m");
  EXPECT_EQ(Print("x offset 1m anchored @ 5"), "x @ 5.000 anchored offset 1m");
}

TEST(PrintTest, FillStandsBehindTheMatching) {
  EXPECT_EQ(Print("a+fill(-23)b"), "a + fill (-23) b");
  EXPECT_EQ(Print("a+fill_right(1e6)fill_left(5)b"), "a + fill_left (5) fill_right (1e+06) b");
  EXPECT_EQ(Print("a+fill_left(5)fill_right(5)b"), "a + fill_left (5) fill_right (5) b");
  EXPECT_EQ(Print("a+on(x)group_left fill(NaN)b"), "a + on (x) group_left () fill (NaN) b");
}

TEST(PrintTest, CommentsAndSpaceAreGone) { EXPECT_EQ(Print(" sum ( # all\n x ) "), "sum(x)"); }

}  // namespace
}  // namespace tacho::parser
