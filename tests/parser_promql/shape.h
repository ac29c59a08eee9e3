// Shape: a tree written out with a parenthesis for every node, so that a test can say
// in one line what a query must mean.
//
//   -a + b{c="d"} * 2    (+ (neg sel(__name__=a)) (* sel(__name__=b,c=d) 2))
#ifndef TACHO_TESTS_PARSER_PROMQL_SHAPE_H_
#define TACHO_TESTS_PARSER_PROMQL_SHAPE_H_

#include <string>
#include <string_view>
#include <vector>

#include "parser/ast.h"
#include "parser/promql.h"
#include "parser/promql_literal.h"

namespace tacho::testing {

inline std::string JoinTexts(const std::vector<std::string>& texts) {
  std::string out;
  for (size_t i = 0; i < texts.size(); ++i) out += (i == 0 ? "" : ",") + texts[i];
  return out;
}

inline std::string ShapeOfSelector(const parser::Node& node) {
  std::vector<std::string> matchers;
  for (const parser::Matcher& m : node.matchers) {
    constexpr std::string_view kOps[] = {"=", "!=", "=~", "!~"};
    matchers.push_back(m.label + std::string(kOps[static_cast<int>(m.op)]) + m.value);
  }
  return "sel(" + JoinTexts(matchers) + ")";
}

inline std::string ShapeOf(const parser::Ast& ast, parser::NodeId id);

inline std::string ShapeOfModifiers(const parser::Ast& ast, const parser::Node& node) {
  std::string out;
  if (node.at == parser::AtKind::kTimestamp) out += "@" + std::to_string(node.at_ms);
  if (node.at == parser::AtKind::kStart) out += "@start";
  if (node.at == parser::AtKind::kEnd) out += "@end";
  if (node.edges == parser::RangeEdges::kAnchored) out += " anchored";
  if (node.edges == parser::RangeEdges::kSmoothed) out += " smoothed";
  if (node.offset_expr != parser::kNoNode) {
    out += "-" + ShapeOf(ast, node.offset_expr);
  } else if (node.offset_ns != 0) {
    out += "-" + std::to_string(node.offset_ns / 1'000'000) + "ms";
  }
  return out;
}

// Milliseconds, or the shape of an expression.
inline std::string ShapeOfDuration(const parser::Ast& ast, int64_t ns, parser::NodeId expr) {
  return expr == parser::kNoNode ? std::to_string(ns / 1'000'000) : ShapeOf(ast, expr);
}

inline std::string ShapeOfBinaryHead(const parser::Node& node) {
  std::string out(parser::OpName(node.op));
  if (node.return_bool) out += " bool";
  const parser::VectorMatching& m = node.matching;
  if (m.on || !m.labels.empty()) out += (m.on ? " on[" : " ignoring[") + JoinTexts(m.labels) + "]";
  if (m.cardinality == parser::Cardinality::kManyToOne)
    out += " left[" + JoinTexts(m.include) + "]";
  if (m.cardinality == parser::Cardinality::kOneToMany) {
    out += " right[" + JoinTexts(m.include) + "]";
  }
  if (m.fill_left) out += " fill_left " + parser::FormatNumberLiteral(*m.fill_left);
  if (m.fill_right) out += " fill_right " + parser::FormatNumberLiteral(*m.fill_right);
  return out;
}

inline std::string ShapeOfAggregateHead(const parser::Node& node) {
  std::string out(parser::OpName(node.op));
  if (node.without) return out + " without[" + JoinTexts(node.grouping) + "]";
  return node.grouping.empty() ? out : out + " by[" + JoinTexts(node.grouping) + "]";
}

inline std::string ShapeOf(const parser::Ast& ast, parser::NodeId id) {
  using parser::NodeKind;
  const parser::Node& node = ast[id];
  std::string children;
  for (const parser::NodeId child : node.children) children += " " + ShapeOf(ast, child);
  switch (node.kind) {
    case NodeKind::kNumber:
      return parser::FormatNumberLiteral(node.number);
    case NodeKind::kString:
      return "'" + node.text + "'";
    case NodeKind::kVectorSelector:
      return ShapeOfSelector(node) + ShapeOfModifiers(ast, node);
    case NodeKind::kMatrixSelector:
      return "(range " + ShapeOfDuration(ast, node.range_ns, node.range_expr) + children + ")";
    case NodeKind::kSubquery:
      return "(subquery " + ShapeOfDuration(ast, node.range_ns, node.range_expr) + ":" +
             ShapeOfDuration(ast, node.step_ns, node.step_expr) + ShapeOfModifiers(ast, node) +
             children + ")";
    case NodeKind::kCall:
      return "(" + node.function + children + ")";
    case NodeKind::kAggregate:
      return "(" + ShapeOfAggregateHead(node) + children + ")";
    case NodeKind::kBinary:
      return "(" + ShapeOfBinaryHead(node) + children + ")";
    case NodeKind::kUnary:
      return std::string("(") + (node.op == parser::Op::kSub ? "neg" : "pos") + children + ")";
    case NodeKind::kParen:
      return "(paren" + children + ")";
  }
  return "?";
}

// The shape of a query, or its error.
inline std::string Shape(std::string_view query, const parser::ParseLimits& limits = {}) {
  const auto ast = parser::ParsePromql(query, limits);
  return ast.ok() ? ShapeOf(*ast, ast->root()) : std::string(ast.status().message());
}

}  // namespace tacho::testing

#endif  // TACHO_TESTS_PARSER_PROMQL_SHAPE_H_
