// How a long expression is broken into lines: as promtool promql format shows it.
#include <gtest/gtest.h>

#include <string>

#include "parser/promql.h"

namespace tacho::parser {
namespace {

std::string Pretty(std::string_view query) {
  const auto ast = ParsePromql(query);
  if (!ast.ok()) return std::string(ast.status().message());
  std::string pretty = PrettyPromql(*ast);
  const auto again = ParsePromql(pretty);
  if (!again.ok()) return pretty + "\n" + std::string(again.status().message());
  return SameExpression(*ast, *again) ? pretty : pretty + "\nis another expression";
}

// 60 bytes, so that two of them are too long for a line.
const std::string kSixty = "a_metric_of_sixty_bytes{label=\"a_value_that_is_long_enough\"}";

TEST(PrettyTest, WhatFitsStaysOnOneLine) {
  ASSERT_EQ(kSixty.size(), 60);
  EXPECT_EQ(Pretty("sum(rate(x[5m]))by(a)"), "sum by (a) (rate(x[5m]))");
  // 62 bytes for two parentheses and 38 for the rest: exactly 100.
  const std::string fits = kSixty + " + " + std::string(37, 'y');
  EXPECT_EQ(Pretty(fits), fits);
  EXPECT_EQ(Pretty(fits + "y"), "  " + kSixty + "\n+\n  " + std::string(38, 'y'));
}

TEST(PrettyTest, CallsAndAggregationsHaveAnArgumentALine) {
  EXPECT_EQ(Pretty("label_replace(" + kSixty + ",'destination','$1','source','(.*)')"),
            "label_replace(\n  " + kSixty +
                ",\n  \"destination\",\n  \"$1\",\n  \"source\",\n  \"(.*)\"\n)");
  EXPECT_EQ(Pretty("topk(5,rate(" + kSixty + "[5m]))by(the,labels,of,this,one)"),
            "topk by (the, labels, of, this, one) (\n  5,\n  rate(" + kSixty + "[5m])\n)");
}

TEST(PrettyTest, OperatorsStandAloneWithTheirMatching) {
  EXPECT_EQ(Pretty("(" + kSixty + "/on(a)group_left(b)" + kSixty + ")>bool 0.5"),
            "  (\n      " + kSixty + "\n    / on (a) group_left (b)\n      " + kSixty +
                "\n  )\n> bool\n  0.5");
}

TEST(PrettyTest, SignsStayWithTheirOperand) {
  EXPECT_EQ(Pretty("-sum(" + kSixty + "+x_of_forty_bytes_0123456789012345678901)"),
            "-sum(\n    " + kSixty + "\n  +\n    x_of_forty_bytes_0123456789012345678901\n)");
  EXPECT_EQ(Pretty("-" + kSixty + "^" + kSixty), "-" + kSixty + "\n^\n  " + kSixty);
}

// Prometheus forgets the indent of a subquery that fits.
TEST(PrettyTest, SubqueriesAreBrokenInside) {
  EXPECT_EQ(Pretty("max_over_time((" + kSixty + "-" + kSixty + ")[1h:5m] offset 1m)"),
            "max_over_time(\n  (\n      " + kSixty + "\n    -\n      " + kSixty +
                "\n  )[1h:5m] offset 1m\n)");
  EXPECT_EQ(Pretty("max_over_time(rate(" + kSixty + "[5m])[1h:5m] @ 123456)"),
            "max_over_time(\nrate(" + kSixty + "[5m])[1h:5m] @ 123456.000\n)");
}

TEST(PrettyTest, DeepTreesAreIndentedSoFarOnly) {
  std::string chain = "x";
  for (int i = 0; i < 30'000; ++i) chain += "+x";
  const auto ast = ParsePromql(chain, {.max_bytes = 1 << 20, .max_nodes = 1 << 20});
  ASSERT_TRUE(ast.ok());
  const std::string pretty = PrettyPromql(*ast);
  EXPECT_LT(pretty.size(), 30'000 * 2 * 210);
  EXPECT_GT(pretty.size(), 30'000 * 2 * 200 / 2);
}

}  // namespace
}  // namespace tacho::parser
