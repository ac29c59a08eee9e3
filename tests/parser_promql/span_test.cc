// Spans: each node's text, from its first token to its last.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "parser/promql.h"

namespace tacho::parser {
namespace {

// The texts of all nodes, children first.
std::vector<std::string> Texts(std::string_view query) {
  const auto ast = ParsePromql(query);
  EXPECT_TRUE(ast.ok()) << ast.status();
  std::vector<std::string> texts;
  for (NodeId id = 0; id < ast->size(); ++id) texts.emplace_back(ast->TextOf(id));
  return texts;
}

using Expected = std::vector<std::string>;

TEST(SpanTest, SelectorsReachToTheirLastModifier) {
  EXPECT_EQ(Texts(" x "), Expected({"x"}));
  EXPECT_EQ(Texts(" x { a = 'b' , } "), Expected({"x { a = 'b' , }"}));
  EXPECT_EQ(Texts("x offset 5m @ start ( ) "), Expected({"x offset 5m @ start ( )"}));
  EXPECT_EQ(Texts("x @ 5 "), Expected({"x @ 5"}));
}

TEST(SpanTest, RangesHoldTheirSelector) {
  EXPECT_EQ(Texts(" x [ 5m ] offset 1h "), Expected({"x", "x [ 5m ] offset 1h"}));
  EXPECT_EQ(Texts("x[1h:5m] @ 3 "), Expected({"x", "x[1h:5m] @ 3"}));
}

TEST(SpanTest, OperatorsReachFromOperandToOperand) {
  EXPECT_EQ(Texts(" a + on ( c ) b "), Expected({"a", "b", "a + on ( c ) b"}));
  EXPECT_EQ(Texts("1 + 2 * 3"), Expected({"1", "2", "3", "2 * 3", "1 + 2 * 3"}));
  EXPECT_EQ(Texts(" - x"), Expected({"x", "- x"}));
  EXPECT_EQ(Texts(" - 5"), Expected({"- 5"}));
  EXPECT_EQ(Texts("-2 ^ 2"), Expected({"2", "2", "2 ^ 2", "-2 ^ 2"}));
}

TEST(SpanTest, CallsAndAggregationsReachToTheirLastParenthesis) {
  EXPECT_EQ(Texts("sum ( x ) by ( a ) "), Expected({"x", "sum ( x ) by ( a )"}));
  EXPECT_EQ(Texts("sum by (a) (x) + 1"),
            Expected({"x", "sum by (a) (x)", "1", "sum by (a) (x) + 1"}));
  EXPECT_EQ(Texts("(sum(x))"), Expected({"x", "sum(x)", "(sum(x))"}));
  EXPECT_EQ(Texts(" time( ) "), Expected({"time( )"}));
  EXPECT_EQ(Texts("count_values('v', x)"), Expected({"'v'", "x", "count_values('v', x)"}));
}

}  // namespace
}  // namespace tacho::parser
