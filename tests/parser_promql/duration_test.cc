// Duration expressions: what they parse to, what they come to, and what has no value.
#include "parser/promql_duration.h"

#include <gtest/gtest.h>

#include <string>

#include "parser/promql.h"
#include "tests/parser_promql/shape.h"

namespace tacho::parser {
namespace {

using ::tacho::testing::Shape;

constexpr int64_t kMs = 1'000'000;

std::string Refusal(std::string_view query) {
  return std::string(ParsePromql(query).status().message());
}

// The range of x[...], in milliseconds, or why it has none.
std::string Range(const std::string& expression, const DurationEnvironment& environment = {}) {
  const auto ast = ParsePromql("x[" + expression + "]");
  if (!ast.ok()) return std::string(ast.status().message());
  const NodeId root = (*ast)[ast->root()].range_expr;
  if (root == kNoNode) return "no expression";
  const auto ns = EvaluateDuration(*ast, root, environment, /*is_offset=*/false);
  return ns.ok() ? std::to_string(*ns / kMs) : std::string(ns.status().message());
}

TEST(DurationTest, BindsAsArithmeticDoes) {
  EXPECT_EQ(Shape("x[1m + 2 * 30s]"), "(range (+ 60 (* 2 30)) sel(__name__=x))");
  EXPECT_EQ(Shape("x[(1m + 2) * 3]"), "(range (* (paren (+ 60 2)) 3) sel(__name__=x))");
  EXPECT_EQ(Shape("x[2 ^ 3 ^ 2]"), "(range (^ 2 (^ 3 2)) sel(__name__=x))");
  EXPECT_EQ(Shape("x[10 + -2^2]"), "(range (+ 10 (neg (^ 2 2))) sel(__name__=x))");
  EXPECT_EQ(Shape("x[-5m + 35m]"), "(range (+ -300 2100) sel(__name__=x))");
  EXPECT_EQ(Shape("x[1h - +(2m)]"), "(range (- 3600 (paren 120)) sel(__name__=x))");
}

TEST(DurationTest, StandsInSubqueriesAndOffsetsToo) {
  EXPECT_EQ(Shape("x[1m + 1m:step() * 2] offset -min_of(step(), 5s)"),
            "(subquery (+ 60 60):(* (step) 2)-(neg (min_of (step) 5)) sel(__name__=x))");
  EXPECT_EQ(Shape("x[range():step()]"), "(subquery (range):(step) sel(__name__=x))");
  EXPECT_EQ(Shape("x[STEP()]"), "(range (step) sel(__name__=x))");
  EXPECT_EQ(Shape("x[Max_Of(range(), 1m)] offset (1m - 2m)"),
            "(range (max_of (range) 60) sel(__name__=x)-(paren (- 60 120)))");
}

TEST(DurationTest, AnOperatorBehindAnOffsetBelongsToTheExpression) {
  EXPECT_EQ(Shape("x offset 1m + 2"), "(+ sel(__name__=x)-60000ms 2)");
  EXPECT_EQ(Shape("x offset -1 ^ 2"), "(^ sel(__name__=x)--1000ms 2)");
  EXPECT_EQ(Shape("x offset step() * 0"), "(* sel(__name__=x)-(step) 0)");
  EXPECT_EQ(Shape("x offset -(5m) * 2"), "(* sel(__name__=x)-(neg (paren 300)) 2)");
  EXPECT_EQ(Shape("x offset +(5m) * 2"), "(* sel(__name__=x)-(paren 300) 2)");
  EXPECT_EQ(Shape("x offset - -5 + y"), "(+ sel(__name__=x)-5000ms sel(__name__=y))");
  EXPECT_EQ(Shape("x offset (5m * 2)"), "sel(__name__=x)-(paren (* 300 2))");
}

TEST(DurationTest, ConstantsAreFolded) {
  const auto ast = ParsePromql("x[1m * 1.5:10s / 4] offset (1m - 2m)");
  ASSERT_TRUE(ast.ok()) << ast.status();
  const Node& subquery = (*ast)[ast->root()];
  EXPECT_EQ(subquery.range_ns, 90'000 * kMs);
  EXPECT_EQ(subquery.step_ns, 2'500 * kMs);
  EXPECT_EQ(subquery.offset_ns, -60'000 * kMs);
  EXPECT_FALSE(DependsOnTimes(*ast, subquery.range_expr));
}

TEST(DurationTest, WhatDependsOnTheQuerysTimesIsLeftOpen) {
  const auto ast = ParsePromql("x[max_of(1m, 2 * step())]");
  ASSERT_TRUE(ast.ok()) << ast.status();
  const Node& matrix = (*ast)[ast->root()];
  EXPECT_EQ(matrix.range_ns, 0);
  EXPECT_TRUE(DependsOnTimes(*ast, matrix.range_expr));
  // 2 * 15 s is less than a minute, 2 * 45 s is more.
  EXPECT_EQ(*EvaluateDuration(*ast, matrix.range_expr, {.step_ms = 15'000}, false), 60'000 * kMs);
  EXPECT_EQ(*EvaluateDuration(*ast, matrix.range_expr, {.step_ms = 45'000}, false), 90'000 * kMs);
}

TEST(DurationTest, HasTheValueOfItsArithmetic) {
  const DurationEnvironment environment{.step_ms = 4'035, .range_ms = 3'600'000};
  EXPECT_EQ(Range("step()", environment), "4035");
  EXPECT_EQ(Range("range() / 7", environment), "514285");  // 514.2857...: cut, not rounded
  EXPECT_EQ(Range("1h30m % 1h"), "1800000");
  EXPECT_EQ(Range("min_of(10s, max_of(2, 3))"), "3000");
  EXPECT_EQ(Range("-(-(1m))"), "60000");
  EXPECT_EQ(Range("((((8 - 2) / 3) * 7s) % 4) + 8000ms"), "10000");
}

// Places are bytes of the text, without the parentheses around an operand.
TEST(DurationTest, SomeHaveNoValue) {
  EXPECT_EQ(Range("1m - 1m"), "2:9: duration must be greater than 0");
  EXPECT_EQ(Range("(1m - 2m) * (3)"), "3:16: duration must be greater than 0");
  EXPECT_EQ(Range("step()"), "2:8: duration must be greater than 0");
  EXPECT_EQ(Range("5m + 1 / (1 - 1)"), "7:17: division by zero");
  EXPECT_EQ(Range("5m % step()"), "2:13: modulo by zero");
  EXPECT_EQ(Range("(0 - 8) ^ 0.5"), "3:15: duration is NaN or infinite");
  EXPECT_EQ(Range("10 ^ 400"), "2:10: duration is NaN or infinite");
  EXPECT_EQ(Range("10 ^ 10"), "2:9: duration is out of range");
}

TEST(DurationTest, ATreeWithoutAValueParsesButDoesNotFold) {
  auto ast = ParsePromql("sum_over_time(x[1m:1m - 1m])");
  ASSERT_TRUE(ast.ok()) << ast.status();
  EXPECT_EQ(FoldDurations(&*ast).message(), "19:26: duration must be greater than 0");
}

TEST(DurationTest, LiteralsAreCheckedWhereTheyStand) {
  EXPECT_EQ(Refusal("x[5s / 0d]"), "1:6: parse error: division by zero");
  EXPECT_EQ(Refusal("x[5s % 0]"), "1:6: parse error: modulo by zero");
  EXPECT_EQ(Refusal("x[1m + 1e10]"), "1:8: parse error: duration out of range");
}

TEST(DurationTest, ErrorsSayWhereTheDurationStands) {
  constexpr std::string_view kExpected = ", expected number, duration, step(), or range()";
  const auto start = [&](std::string_view at, std::string_view what, std::string_view where) {
    return std::string(at) + ": parse error: unexpected " + std::string(what) + " in " +
           std::string(where) + std::string(kExpected);
  };
  EXPECT_EQ(Refusal("x[step]"), start("1:7", "\"]\"", "subquery or range selector"));
  EXPECT_EQ(Refusal("x[5m + ]"), start("1:8", "\"]\"", "subquery or range selector"));
  EXPECT_EQ(Refusal("x[(5m]"), start("1:6", "\"]\"", "subquery or range selector"));
  EXPECT_EQ(Refusal("x[min_of(5m)]"), start("1:12", "\")\"", "subquery or range selector"));
  EXPECT_EQ(Refusal("x offset (y)"), start("1:11", "identifier \"y\"", "offset"));
  EXPECT_EQ(Refusal("x offset (1 < 2)"), start("1:13", "<op:<>", "offset"));
  EXPECT_EQ(Refusal("x[5m < 3]"),
            "1:6: parse error: unexpected <op:<> in subquery or range, expected \":\" or \"]\"");
}

TEST(DurationTest, CanBeOff) {
  const ParseLimits off{.features = {.duration_expressions = false}};
  const std::string refused =
      "parse error: duration expressions are experimental and must be enabled with "
      "--enable-feature=promql-duration-expr";
  EXPECT_EQ(Shape("x[5m / 2]", off), "1:3: " + refused);
  EXPECT_EQ(Shape("x[(5m)]", off), "1:4: " + refused);
  EXPECT_EQ(Shape("x[1m:step()]", off), "1:6: " + refused);
  EXPECT_EQ(Shape("x offset max_of(1m, 2m)", off), "1:10: " + refused);
  EXPECT_EQ(Shape("x[5m] offset -5", off), "(range 300000 sel(__name__=x)--5000ms)");
}

TEST(DurationTest, LongChainsNeedNoStack) {
  std::string chain = "1";
  for (int i = 0; i < 100'000; ++i) chain += "+1";
  const auto ast = ParsePromql("x[" + chain + "]", {.max_bytes = 1 << 20, .max_nodes = 1 << 20});
  ASSERT_TRUE(ast.ok()) << ast.status();
  EXPECT_EQ((*ast)[ast->root()].range_ns, 100'001'000 * kMs);
  EXPECT_TRUE(SameExpression(*ast, *ast));
}

}  // namespace
}  // namespace tacho::parser
