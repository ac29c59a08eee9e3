// The Ast itself: names of operators and types, places in the text, order of nodes.
#include "parser/ast.h"

#include <gtest/gtest.h>

#include <set>

#include "parser/promql.h"

namespace tacho::parser {
namespace {

TEST(OpNameTest, EveryOperatorHasItsOwn) {
  std::set<std::string_view> names;
  for (int op = 0; op <= static_cast<int>(Op::kLimitRatio); ++op) {
    names.insert(OpName(static_cast<Op>(op)));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(Op::kLimitRatio) + 1);
  EXPECT_EQ(OpName(Op::kAdd), "+");
  EXPECT_EQ(OpName(Op::kUnless), "unless");
  EXPECT_EQ(OpName(Op::kTrimLower), ">/");
  EXPECT_EQ(OpName(Op::kCountValues), "count_values");
}

TEST(OpNameTest, ClassesHoldTheirOperators) {
  EXPECT_TRUE(IsComparison(Op::kGte));
  EXPECT_FALSE(IsComparison(Op::kTrimUpper));
  EXPECT_TRUE(IsSetOperator(Op::kOr));
  EXPECT_FALSE(IsSetOperator(Op::kEql));
}

TEST(ValueTypeNameTest, SpeaksAsPrometheusDoes) {
  EXPECT_EQ(ValueTypeName(ValueType::kScalar), "scalar");
  EXPECT_EQ(ValueTypeName(ValueType::kString), "string");
  EXPECT_EQ(ValueTypeName(ValueType::kVector), "instant vector");
  EXPECT_EQ(ValueTypeName(ValueType::kMatrix), "range vector");
}

TEST(PositionTest, CountsLinesAndBytesFromOne) {
  const Ast ast("ab\nc\xC3\xA4x\n");
  EXPECT_EQ(ast.Position(0), "1:1");
  EXPECT_EQ(ast.Position(2), "1:3");  // the line feed belongs to its line
  EXPECT_EQ(ast.Position(3), "2:1");
  EXPECT_EQ(ast.Position(6), "2:4");   // behind the two bytes of one letter
  EXPECT_EQ(ast.Position(8), "3:1");   // the end
  EXPECT_EQ(ast.Position(99), "3:1");  // never beyond it
}

TEST(AstTest, ChildrenComeBeforeTheirParents) {
  const auto ast = ParsePromql("sum(rate(x[5m])) by (a) + -topk(2, y) ^ (3 * z)");
  ASSERT_TRUE(ast.ok()) << ast.status();
  for (NodeId id = 0; id < ast->size(); ++id) {
    for (const NodeId child : (*ast)[id].children) EXPECT_LT(child, id);
  }
  EXPECT_EQ(ast->root(), ast->size() - 1);
}

TEST(AstTest, EveryNodeButTheRootHasOneParent) {
  const auto ast =
      ParsePromql("sum(rate(x[5m])) by (a) / ignoring(b) max_over_time(y[1h:5m]) + -z");
  ASSERT_TRUE(ast.ok()) << ast.status();
  std::multiset<NodeId> children;
  for (NodeId id = 0; id < ast->size(); ++id) {
    children.insert((*ast)[id].children.begin(), (*ast)[id].children.end());
  }
  EXPECT_EQ(children.size(), ast->size() - 1);
  for (NodeId id = 0; id < ast->size(); ++id) {
    EXPECT_EQ(children.count(id), id == ast->root() ? 0U : 1U) << id;
  }
}

TEST(AstTest, TypesAreKnownAtEveryNode) {
  const auto type = [](std::string_view query) {
    const auto ast = ParsePromql(query);
    EXPECT_TRUE(ast.ok()) << query;
    return (*ast)[ast->root()].type;
  };
  EXPECT_EQ(type("1"), ValueType::kScalar);
  EXPECT_EQ(type("'a'"), ValueType::kString);
  EXPECT_EQ(type("x"), ValueType::kVector);
  EXPECT_EQ(type("x[5m]"), ValueType::kMatrix);
  EXPECT_EQ(type("x[5m:]"), ValueType::kMatrix);
  EXPECT_EQ(type("(x[5m])"), ValueType::kMatrix);
  EXPECT_EQ(type("-(1)"), ValueType::kScalar);
  EXPECT_EQ(type("1 + 2"), ValueType::kScalar);
  EXPECT_EQ(type("1 < bool 2"), ValueType::kScalar);
  EXPECT_EQ(type("1 + x"), ValueType::kVector);
  EXPECT_EQ(type("scalar(x) * time()"), ValueType::kScalar);
  EXPECT_EQ(type("sum(x)"), ValueType::kVector);
}

}  // namespace
}  // namespace tacho::parser
