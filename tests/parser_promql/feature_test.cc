// Parts of the language behind flags of their own: fill, anchored and smoothed.
#include <gtest/gtest.h>

#include <string>

#include "parser/promql.h"
#include "tests/parser_promql/shape.h"

namespace tacho::parser {
namespace {

using ::tacho::testing::Shape;

constexpr ParseLimits kFill{.features = {.fill_modifiers = true}};
constexpr ParseLimits kEdges{.features = {.extended_range_selectors = true}};

TEST(FillTest, FillsEitherSideOrBoth) {
  EXPECT_EQ(Shape("a + fill(-23) b", kFill),
            "(+ fill_left -23 fill_right -23 sel(__name__=a) sel(__name__=b))");
  EXPECT_EQ(Shape("a + fill_left(+5) b", kFill), "(+ fill_left 5 sel(__name__=a) sel(__name__=b))");
  EXPECT_EQ(Shape("a == bool on(x) group_left(y) FILL_RIGHT(1m) fill_left(-Inf) b", kFill),
            "(== bool on[x] left[y] fill_left -Inf fill_right 60 sel(__name__=a) "
            "sel(__name__=b))");
}

TEST(FillTest, AreNamesWhereNoParenthesisFollows) {
  EXPECT_EQ(Shape("a + fill_left(0) fill_left", kFill),
            "(+ fill_left 0 sel(__name__=a) sel(__name__=fill_left))");
  EXPECT_EQ(Shape("sum by (fill) (fill{fill_right='1'})"),
            "(sum by[fill] sel(__name__=fill,fill_right=1))");
}

TEST(FillTest, IsForArithmeticBetweenVectors) {
  EXPECT_EQ(Shape("a and fill(0) b", kFill),
            "1:1: parse error: filling in missing series not allowed for set operators");
  EXPECT_EQ(Shape("a + fill(0) 1", kFill),
            "1:1: parse error: filling in missing series only allowed between instant vectors");
  EXPECT_EQ(Shape("a + fill(b) c", kFill), "1:10: parse error: unexpected identifier \"b\"");
  EXPECT_EQ(Shape("a + fill(0) fill_left(0) b", kFill), "1:22: parse error: unexpected \"(\"");
}

TEST(FillTest, IsRefusedWithTheFlagsName) {
  EXPECT_EQ(Shape("1 * (a + on(x) fill_left (0) b)"),
            "1:6: parse error: fill modifiers are experimental and must be enabled with "
            "--enable-feature=promql-binop-fill-modifiers");
}

TEST(EdgesTest, BelongToTheSelector) {
  EXPECT_EQ(Shape("a smoothed", kEdges), "sel(__name__=a) smoothed");
  EXPECT_EQ(Shape("a[5m] anchored offset 1m", kEdges),
            "(range 300000 sel(__name__=a) anchored-60000ms)");
  EXPECT_EQ(Shape("a @ 100 SMOOTHED + 0", kEdges), "(+ sel(__name__=a)@100000 smoothed 0)");
  EXPECT_EQ(Shape("a anchored[5m]", kEdges), "(range 300000 sel(__name__=a) anchored)");
  EXPECT_EQ(Shape("anchored + smoothed"), "(+ sel(__name__=anchored) sel(__name__=smoothed))");
}

TEST(EdgesTest, AreForSelectorsAndNotForBoth) {
  EXPECT_EQ(Shape("a anchored smoothed", kEdges),
            "1:1: parse error: anchored and smoothed modifiers cannot be used together");
  EXPECT_EQ(Shape("a[5m:] smoothed", kEdges),
            "1:1: parse error: smoothed modifier is not supported for subqueries");
  EXPECT_EQ(Shape("rate(a[5m]) anchored", kEdges),
            "1:1: parse error: anchored modifier not implemented");
}

TEST(EdgesTest, AreRefusedWithTheFlagsName) {
  EXPECT_EQ(Shape("rate(x[5m] smoothed)"),
            "1:6: parse error: smoothed modifier is experimental and must be enabled with "
            "--enable-feature=promql-extended-range-selectors");
}

}  // namespace
}  // namespace tacho::parser
