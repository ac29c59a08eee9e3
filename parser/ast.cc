#include "parser/ast.h"

#include <array>

#include "parser/text.h"

namespace tacho::parser {
namespace {

// In the order of enum Op.
constexpr std::array<std::string_view, 33> kOpNames = {"",
                                                       "or",
                                                       "and",
                                                       "unless",
                                                       "==",
                                                       "!=",
                                                       "<",
                                                       "<=",
                                                       ">",
                                                       ">=",
                                                       "</",
                                                       ">/",
                                                       "+",
                                                       "-",
                                                       "*",
                                                       "/",
                                                       "%",
                                                       "atan2",
                                                       "^",
                                                       "sum",
                                                       "avg",
                                                       "min",
                                                       "max",
                                                       "count",
                                                       "group",
                                                       "stddev",
                                                       "stdvar",
                                                       "topk",
                                                       "bottomk",
                                                       "quantile",
                                                       "count_values",
                                                       "limitk",
                                                       "limit_ratio"};
static_assert(kOpNames[static_cast<size_t>(Op::kPow)] == "^");
static_assert(kOpNames[static_cast<size_t>(Op::kLimitRatio)] == "limit_ratio");

}  // namespace

std::string_view ValueTypeName(ValueType type) {
  switch (type) {
    case ValueType::kScalar:
      return "scalar";
    case ValueType::kString:
      return "string";
    case ValueType::kVector:
      return "instant vector";
    case ValueType::kMatrix:
      return "range vector";
  }
  return "none";
}

std::string_view OpName(Op op) { return kOpNames[static_cast<size_t>(op)]; }

std::string_view Ast::TextOf(NodeId id) const {
  const Span span = nodes_[id].span;
  return std::string_view(text_).substr(span.begin, span.end - span.begin);
}

std::string Ast::Position(uint32_t offset) const { return PositionIn(text_, offset); }

std::string PositionIn(std::string_view text, uint32_t offset) {
  return text.empty() ? "unknown position" : LineColumn(text, offset);
}

}  // namespace tacho::parser
