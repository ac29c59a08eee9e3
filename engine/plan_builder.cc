#include "engine/plan_builder.h"

#include <algorithm>
#include <memory>
#include <ranges>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/aggregate.h"
#include "engine/executor_operators.h"
#include "engine/executor_selector.h"
#include "engine/functions.h"
#include "engine/fused.h"
#include "engine/selector.h"

namespace tacho::engine {
namespace {

using parser::Ast;
using parser::Node;
using parser::NodeId;
using parser::NodeKind;
using parser::Op;
using parser::ValueType;

// An instant selector's newest sample as if it were a range function.
constexpr RangeFunction kLatestSample = {.kernel = RowKernel::kLatest, .keeps_name = true};

// What a node becomes: an operator over the values of these nodes.
struct Lowered {
  std::unique_ptr<Operator> op;
  std::vector<NodeId> operands;
};

class Builder {
 public:
  Builder(const Ast& ast, const Options& options) : ast_(ast), options_(options) {}

  // A walk with a stack of its own: parents are lowered first and put behind their
  // operands by reversing the order at the end.
  absl::StatusOr<BuiltPlan> Build() {
    std::vector<NodeId> pending = {ast_.root()};
    while (!pending.empty()) {
      const NodeId id = Inner(pending.back());
      pending.pop_back();
      absl::StatusOr<Lowered> lowered = Lower(id);
      if (!lowered.ok()) return lowered.status();
      const auto operands = static_cast<uint32_t>(lowered->operands.size());
      plan_.steps.push_back({std::move(lowered->op), operands});
      pending.insert(pending.end(), lowered->operands.begin(), lowered->operands.end());
    }
    std::ranges::reverse(plan_.steps);
    return std::move(plan_);
  }

 private:
  // The node without parentheses and unary plus, which do nothing.
  NodeId Inner(NodeId id) const {
    while (ast_[id].kind == NodeKind::kParen ||
           (ast_[id].kind == NodeKind::kUnary && ast_[id].op == Op::kAdd)) {
      id = ast_[id].children[0];
    }
    return id;
  }

  absl::Status Unsupported(const Node& node, std::string_view what) const {
    return ErrorAt(
        absl::StatusCode::kUnimplemented, ast_, node,
        absl::StrCat(absl::string_view(what.data(), what.size()), " is not supported yet"));
  }

  absl::StatusOr<Selector> MakeSelector(NodeId id) {
    absl::StatusOr<Selector> selector = Selector::Create(ast_, id, options_);
    if (selector.ok()) {
      plan_.reach = std::max(plan_.reach, selector->reach());
      plan_.window = std::max(plan_.window, selector->window());
    }
    return selector;
  }

  absl::StatusOr<Lowered> Lower(NodeId id) {
    const Node& node = ast_[id];
    switch (node.kind) {
      case NodeKind::kNumber:
        return Lowered{NumberLiteral(node.number), {}};
      case NodeKind::kString:
        return Lowered{StringLiteral(node.text), {}};
      case NodeKind::kVectorSelector:
        return LowerSeries(id, kLatestSample);
      case NodeKind::kMatrixSelector:
        return Unsupported(node, "a range vector as a result");
      case NodeKind::kSubquery:
        return Unsupported(node, "a subquery");
      case NodeKind::kCall:
        return LowerCall(node);
      case NodeKind::kAggregate:
        return LowerAggregate(node);
      case NodeKind::kBinary:
        return LowerBinary(node);
      case NodeKind::kUnary:
        return Lowered{Negation(), node.children};
      case NodeKind::kParen:
        break;  // Inner took it off
    }
    return Unsupported(node, "this expression");
  }

  absl::StatusOr<Lowered> LowerSeries(NodeId selector_id, const RangeFunction& function) {
    absl::StatusOr<Selector> selector = MakeSelector(selector_id);
    if (!selector.ok()) return selector.status();
    return Lowered{std::make_unique<SelectorOperator>(
                       std::make_shared<const Selector>(*std::move(selector)), function),
                   {}};
  }

  absl::StatusOr<Lowered> LowerCall(const Node& node) {
    const FunctionEntry* function = FindFunction(node.function);
    if (function == nullptr) return Unsupported(node, absl::StrCat(node.function, "()"));
    if (function->range.plain == nullptr) return Lowered{FunctionCall(*function), node.children};
    const NodeId range = Inner(node.children[0]);
    if (ast_[range].kind != NodeKind::kMatrixSelector)
      return Unsupported(ast_[range], "a subquery");
    return LowerSeries(range, function->range);
  }

  absl::StatusOr<Lowered> LowerAggregate(const Node& node) {
    if (!IsSupportedAggregation(node.op)) {
      return Unsupported(node, absl::StrCat("aggregation ", std::string(OpName(node.op))));
    }
    const NodeId operand = Inner(node.children.back());
    if (ast_[operand].kind == NodeKind::kVectorSelector) {
      return LowerFused(node, operand, kLatestSample);
    }
    if (const FunctionEntry* function = RangeFunctionOf(operand); function != nullptr) {
      const NodeId range = Inner(ast_[operand].children[0]);
      if (OneMetric(range)) return LowerFused(node, range, function->range);
    }
    return Lowered{Aggregation(node.op, Grouping(node, /*drop_name=*/false)), {operand}};
  }

  // The range function that the node applies to a range selector; null if it does not.
  const FunctionEntry* RangeFunctionOf(NodeId id) const {
    const Node& node = ast_[id];
    if (node.kind != NodeKind::kCall) return nullptr;
    const FunctionEntry* function = FindFunction(node.function);
    const bool fits = function != nullptr && function->range.plain != nullptr &&
                      ast_[Inner(node.children[0])].kind == NodeKind::kMatrixSelector;
    return fits ? function : nullptr;
  }

  // Whether a range selector names its metric. If not, dropping names may leave series
  // that cannot be told apart, which only the general operators notice.
  bool OneMetric(NodeId range) const { return !ast_[ast_[range].children[0]].name.empty(); }

  absl::StatusOr<Lowered> LowerFused(const Node& node, NodeId selector_id,
                                     const RangeFunction& function) {
    absl::StatusOr<Selector> selector = MakeSelector(selector_id);
    if (!selector.ok()) return selector.status();
    return Lowered{std::make_unique<FusedAggregate>(
                       node.op, std::make_shared<const Selector>(*std::move(selector)),
                       Grouping(node, /*drop_name=*/!function.keeps_name), function),
                   {}};
  }

  static LabelFilter Grouping(const Node& node, bool drop_name) {
    return node.without ? LabelFilter::Without(node.grouping, drop_name)
                        : LabelFilter::By(node.grouping, drop_name);
  }

  absl::StatusOr<Lowered> LowerBinary(const Node& node) {
    const bool vectors = ast_[node.children[0]].type == ValueType::kVector &&
                         ast_[node.children[1]].type == ValueType::kVector;
    if (vectors) {
      return Unsupported(
          node, absl::StrCat("operator ", std::string(OpName(node.op)), " between two vectors"));
    }
    return Lowered{ScalarBinary(node.op, node.return_bool), node.children};
  }

  const Ast& ast_;
  const Options& options_;
  BuiltPlan plan_;
};

}  // namespace

absl::StatusOr<BuiltPlan> BuildPlan(const Ast& ast, const Options& options) {
  return Builder(ast, options).Build();
}

}  // namespace tacho::engine
