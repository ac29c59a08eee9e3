// SameExpression: what counts as the same.
#include <gtest/gtest.h>

#include "parser/promql.h"

namespace tacho::parser {
namespace {

bool Same(std::string_view a, std::string_view b) {
  const auto left = ParsePromql(a);
  const auto right = ParsePromql(b);
  EXPECT_TRUE(left.ok()) << a;
  EXPECT_TRUE(right.ok()) << b;
  return SameExpression(*left, *right);
}

TEST(SameTest, SpellingDoesNotMatter) {
  EXPECT_TRUE(Same("sum(x)by(a)", "SUM by (a,) (x{})"));
  EXPECT_TRUE(Same("x{a='b',c='d'}", "{c=\"d\",__name__=`x`,a='b'}"));
  EXPECT_TRUE(Same("sum by () (x)", "sum(x)"));
  EXPECT_TRUE(Same("a + ignoring() b", "a+b"));
  EXPECT_TRUE(Same("x[5m]", "x[300]"));
  EXPECT_TRUE(Same("NaN", "-NaN"));
  EXPECT_TRUE(Same("5m", "300"));
}

TEST(SameTest, EveryPartOfTheTreeDoes) {
  constexpr std::string_view kDifferent[] = {"x",
                                             "y",
                                             "x{a='b'}",
                                             "x{a!='b'}",
                                             "x{a='c'}",
                                             "x{a='b',a='b'}",
                                             "x offset 1m",
                                             "x offset -1m",
                                             "x @ 1",
                                             "x @ start()",
                                             "x @ end()",
                                             "x[5m]",
                                             "x[6m]",
                                             "x[5m:]",
                                             "x[5m:1m]",
                                             "-x",
                                             "+x",
                                             "(x)",
                                             "((x))",
                                             "x + y",
                                             "x - y",
                                             "y + x",
                                             "x == y",
                                             "x == bool y",
                                             "x + on() y",
                                             "x + on(a) y",
                                             "x + ignoring(a) y",
                                             "x + on(a) group_left() y",
                                             "x + on(a) group_right() y",
                                             "x + on(a) group_left(b) y",
                                             "x and y",
                                             "x or y",
                                             "sum(x)",
                                             "avg(x)",
                                             "sum by (a) (x)",
                                             "sum by (b) (x)",
                                             "sum without (a) (x)",
                                             "sum without () (x)",
                                             "topk(1, x)",
                                             "topk(2, x)",
                                             "rate(x[5m])",
                                             "irate(x[5m])",
                                             "0",
                                             "-0",
                                             "1",
                                             "Inf",
                                             "-Inf",
                                             "NaN",
                                             "'a'",
                                             "'b'",
                                             "time()",
                                             "hour()",
                                             "hour(x)"};
  for (const std::string_view a : kDifferent) {
    for (const std::string_view b : kDifferent) EXPECT_EQ(Same(a, b), a == b) << a << "  " << b;
  }
}

}  // namespace
}  // namespace tacho::parser
