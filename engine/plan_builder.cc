#include "engine/plan_builder.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/absent_labels.h"
#include "engine/aggregate.h"
#include "engine/executor_aggregate.h"
#include "engine/executor_operators.h"
#include "engine/executor_range.h"
#include "engine/executor_selector.h"
#include "engine/functions.h"
#include "engine/info_join.h"
#include "engine/invariant.h"
#include "engine/selector.h"
#include "engine/vector_matching.h"
#include "engine/window_source.h"

namespace tacho::engine {
namespace {

using parser::Ast;
using parser::Node;
using parser::NodeId;
using parser::NodeKind;
using parser::Op;
using parser::ValueType;

// The step of a subquery that gives none: Prometheus' default evaluation interval.
constexpr int64_t kDefaultStepMs = 60'000;
constexpr int64_t kNanosPerMilli = 1'000'000;

// An instant selector's newest sample as if it were a range function.
constexpr RangeFunction kLatestSample = {.kernel = RowKernel::kLatest, .keeps_name = true};

// What a node becomes: an operator over the values of these nodes.
struct Lowered {
  std::unique_ptr<Operator> op;
  std::vector<NodeId> operands;
};

class Builder {
 public:
  Builder(const Ast& ast, const Options& options)
      : ast_(ast), options_(options), invariant_(FindInvariant(ast)) {}

  absl::StatusOr<BuiltPlan> Build() {
    absl::StatusOr<Program> program = BuildProgram(ast_.root(), /*inside_invariant=*/false);
    if (!program.ok()) return program.status();
    plan_.program = *std::move(program);
    plan_.type = ast_[ast_.root()].type;
    if (plan_.program.size() == 1) {
      plan_.fused = dynamic_cast<FusedAggregate*>(plan_.program.front().op.get());
    }
    return std::move(plan_);
  }

 private:
  // A walk with a stack of its own: parents are lowered first and put behind their
  // operands by reversing the order at the end.
  absl::StatusOr<Program> BuildProgram(NodeId root, bool inside_invariant) {
    Program program;
    std::vector<NodeId> pending = {root};
    while (!pending.empty()) {
      const NodeId id = Inner(pending.back());
      pending.pop_back();
      const bool once = !inside_invariant && invariant_[id];
      absl::StatusOr<Lowered> lowered = once ? LowerInvariant(id) : Lower(id, inside_invariant);
      if (!lowered.ok()) return lowered.status();
      const auto operands = static_cast<uint32_t>(lowered->operands.size());
      program.push_back({std::move(lowered->op), operands});
      pending.insert(pending.end(), lowered->operands.begin(), lowered->operands.end());
    }
    std::ranges::reverse(program);
    return program;
  }

  // The node without parentheses.
  NodeId Bare(NodeId id) const {
    while (ast_[id].kind == NodeKind::kParen) id = ast_[id].children[0];
    return id;
  }

  // The node without parentheses and unary plus, which do nothing.
  NodeId Inner(NodeId id) const {
    while (ast_[id].kind == NodeKind::kParen ||
           (ast_[id].kind == NodeKind::kUnary && ast_[id].op == Op::kAdd)) {
      id = ast_[id].children[0];
    }
    return id;
  }

  [[nodiscard]] std::string PositionOf(NodeId id) const {
    return ast_.Position(ast_[id].span.begin);
  }

  absl::Status Unsupported(const Node& node, std::string_view what) const {
    return ErrorAt(absl::StatusCode::kUnimplemented, ast_, node,
                   absl::StrCat(absl::string_view(what.data(), what.size()), " is not supported"));
  }

  absl::StatusOr<std::shared_ptr<const Selector>> MakeSelector(NodeId id) {
    const auto known = selectors_.find(id);
    if (known != selectors_.end()) return known->second;
    absl::StatusOr<Selector> selector = Selector::Create(ast_, id, options_, outer_reach_);
    if (!selector.ok()) return selector.status();
    plan_.reach = std::max(plan_.reach, selector->reach() + outer_reach_);
    plan_.window = std::max(plan_.window, selector->window());
    return selectors_[id] = std::make_shared<const Selector>(*std::move(selector));
  }

  absl::StatusOr<Lowered> LowerInvariant(NodeId id) {
    absl::StatusOr<Program> program = BuildProgram(id, /*inside_invariant=*/true);
    if (!program.ok()) return program.status();
    return Lowered{Invariant(*std::move(program)), {}};
  }

  absl::StatusOr<Lowered> Lower(NodeId id, bool inside_invariant) {
    const Node& node = ast_[id];
    switch (node.kind) {
      case NodeKind::kNumber:
        return Lowered{NumberLiteral(node.number), {}};
      case NodeKind::kString:
        return Lowered{StringLiteral(node.text), {}};
      case NodeKind::kVectorSelector:
        return LowerSelector(id);
      case NodeKind::kMatrixSelector:
      case NodeKind::kSubquery: {
        absl::StatusOr<std::unique_ptr<WindowSource>> source = Windows(id, inside_invariant);
        if (!source.ok()) return source.status();
        return Lowered{WindowsResult(*std::move(source)), {}};
      }
      case NodeKind::kCall:
        return LowerCall(id, inside_invariant);
      case NodeKind::kAggregate:
        return LowerAggregate(node, inside_invariant);
      case NodeKind::kBinary:
        return LowerBinary(node);
      case NodeKind::kUnary:
        return Lowered{Negation(), node.children};
      case NodeKind::kParen:
        break;  // Inner took it off
    }
    return Unsupported(node, "this expression");
  }

  absl::StatusOr<Lowered> LowerSelector(NodeId id) {
    absl::StatusOr<std::shared_ptr<const Selector>> selector = MakeSelector(id);
    if (!selector.ok()) return selector.status();
    return Lowered{InstantSelector(*std::move(selector)), {}};
  }

  // --- Range vectors -----------------------------------------------------------------

  absl::StatusOr<std::unique_ptr<WindowSource>> Windows(NodeId id, bool inside_invariant) {
    id = Inner(id);
    const Node& node = ast_[id];
    if (node.kind == NodeKind::kSubquery) return Subquery(node, inside_invariant);
    absl::StatusOr<std::shared_ptr<const Selector>> selector = MakeSelector(id);
    if (!selector.ok()) return selector.status();
    return SelectorWindows(*std::move(selector), OneMetric(id));
  }

  absl::StatusOr<std::unique_ptr<WindowSource>> Subquery(const Node& node, bool inside_invariant) {
    SubquerySpec spec;
    spec.range_ns = node.range_ns;
    spec.step_ms = node.step_ns == 0 ? kDefaultStepMs : node.step_ns / kNanosPerMilli;
    spec.offset_ns = node.offset_ns;
    spec.at = node.at;
    spec.at_ms = node.at_ms;
    if (spec.step_ms < 1) {
      return ErrorAt(absl::StatusCode::kInvalidArgument, ast_, node,
                     "the step of a subquery must be at least 1ms");
    }
    // What is inside is asked about the past that the subquery reaches.
    const Duration reach = absl::Nanoseconds(spec.range_ns) + absl::Nanoseconds(spec.offset_ns);
    const Duration before = outer_reach_;
    if (spec.at == parser::AtKind::kNone) {
      outer_reach_ += std::max(reach, absl::ZeroDuration());
      plan_.reach = std::max(plan_.reach, outer_reach_);
    }
    plan_.window = std::max(plan_.window, absl::Nanoseconds(spec.range_ns));
    absl::StatusOr<Program> program = BuildProgram(node.children[0], inside_invariant);
    outer_reach_ = before;
    if (!program.ok()) return program.status();
    return SubqueryWindows(spec, *std::move(program));
  }

  // Whether a range selector names its metric. If not, dropping names may leave series
  // that cannot be told apart, which only the general operators notice.
  bool OneMetric(NodeId range) const { return !ast_[ast_[range].children[0]].name.empty(); }

  absl::StatusOr<Lowered> LowerRangeCall(const Node& node, const FunctionEntry& function,
                                         bool inside_invariant) {
    RangeCallSpec spec{.function = &function};
    Lowered lowered;
    NodeId window = 0;
    for (uint32_t i = 0; i < node.children.size(); ++i) {
      const NodeId argument = node.children[i];
      spec.positions.push_back(PositionOf(Bare(argument)));
      if (ast_[argument].type == ValueType::kMatrix) {
        spec.window_argument = i;
        window = argument;
      } else {
        lowered.operands.push_back(argument);
      }
    }
    absl::StatusOr<std::unique_ptr<WindowSource>> source = Windows(window, inside_invariant);
    if (!source.ok()) return source.status();
    lowered.op = RangeCall(std::move(spec), *std::move(source));
    return lowered;
  }

  // --- Calls ---------------------------------------------------------------------------

  absl::StatusOr<Lowered> LowerCall(NodeId id, bool inside_invariant) {
    const Node& node = ast_[id];
    if (node.function == "absent_over_time") return LowerAbsentOverTime(id, inside_invariant);
    if (node.function == "info") return LowerInfo(node);
    const bool times = node.function == "timestamp";
    if (times || node.function == "start_timestamp") {
      // Of a selector alone: what stands after a plus has the time of evaluation.
      const NodeId argument = Bare(node.children[0]);
      if (ast_[argument].kind == NodeKind::kVectorSelector) {
        absl::StatusOr<std::shared_ptr<const Selector>> selector = MakeSelector(argument);
        if (!selector.ok()) return selector.status();
        return Lowered{
            times ? SampleTimes(*std::move(selector)) : SampleStarts(*std::move(selector)), {}};
      }
    }
    const FunctionEntry* function = FindFunction(node.function);
    if (function == nullptr) return Unsupported(node, absl::StrCat(node.function, "()"));
    if (function->range.plain != nullptr) return LowerRangeCall(node, *function, inside_invariant);
    return Lowered{FunctionCall(*function, SiteOf(id)), node.children};
  }

  absl::StatusOr<Lowered> LowerInfo(const Node& node) {
    Selector selector = Selector::ByMatchers({});
    if (node.children.size() > 1) {
      absl::StatusOr<Selector> given =
          Selector::Create(ast_, Inner(node.children[1]), options_, outer_reach_);
      if (!given.ok()) return given.status();
      selector = *std::move(given);
    }
    selector.DefaultName(kTargetInfo);
    return Lowered{InfoJoin(std::make_shared<const Selector>(std::move(selector))),
                   {node.children[0]}};
  }

  [[nodiscard]] CallSite SiteOf(NodeId id) const {
    CallSite site;
    site.position = PositionOf(id);
    const Node& node = ast_[id];
    for (const NodeId argument : node.children) {
      site.positions.push_back(PositionOf(Bare(argument)));
    }
    if (node.function.starts_with("absent")) {
      site.labels = AbsentLabels(ast_, Bare(node.children[0]));
    }
    return site;
  }

  // absent(last_over_time(...)), with the labels of the selector: of the functions that say
  // whether there are samples, the one to which two metrics of equal labels are no error.
  absl::StatusOr<Lowered> LowerAbsentOverTime(NodeId id, bool inside_invariant) {
    absl::StatusOr<Lowered> present =
        LowerRangeCall(ast_[id], *FindFunction("last_over_time"), inside_invariant);
    if (!present.ok()) return present;
    Program program;
    program.push_back({std::move(present->op), 0});
    program.push_back({FunctionCall(*FindFunction("absent"), SiteOf(id)), 1});
    return Lowered{Inline(std::move(program)), {}};
  }

  // --- Aggregations ----------------------------------------------------------------------

  AggregationSpec SpecOf(const Node& node) const {
    AggregationSpec spec;
    spec.op = node.op;
    spec.grouping = Grouping(node, /*drop_name=*/false);
    spec.without = node.without;
    if (node.children.size() > 1) spec.parameter_position = PositionOf(Bare(node.children[0]));
    return spec;
  }

  absl::StatusOr<Lowered> LowerAggregate(const Node& node, bool inside_invariant) {
    switch (node.op) {
      case Op::kQuantile:
        return Lowered{QuantileAggregation(SpecOf(node)), node.children};
      case Op::kCountValues:
        return Lowered{CountValues(SpecOf(node)), node.children};
      case Op::kTopk:
      case Op::kBottomk:
      case Op::kLimitk:
      case Op::kLimitRatio:
        return Lowered{Selection(SpecOf(node)), node.children};
      default:
        break;
    }
    const NodeId operand = Inner(node.children.back());
    if (IsFusedAggregation(node.op)) {
      std::optional<Threshold> threshold;
      const NodeId compared = Compared(operand, &threshold);
      if (ast_[compared].kind == NodeKind::kVectorSelector && IsPlain(compared)) {
        return LowerFused(node, compared, kLatestSample, threshold, inside_invariant);
      }
      if (const FunctionEntry* function = RangeFunctionOf(compared); function != nullptr) {
        const NodeId range = Inner(ast_[compared].children[0]);
        if (OneMetric(range) && IsPlain(ast_[range].children[0])) {
          return LowerFused(node, range, function->range, threshold, inside_invariant);
        }
      }
    }
    return Lowered{Aggregation(SpecOf(node)), {operand}};
  }

  // What the node compares to a number, to keep what passes; the node itself if it does not.
  NodeId Compared(NodeId id, std::optional<Threshold>* threshold) const {
    const Node& node = ast_[id];
    if (node.kind != NodeKind::kBinary || !parser::IsComparison(node.op) || node.return_bool) {
      return id;
    }
    for (const size_t side : {size_t{0}, size_t{1}}) {
      const Node& number = ast_[Inner(node.children[1 - side])];
      if (number.kind != NodeKind::kNumber) continue;
      *threshold = {side == 0 ? node.op : Mirrored(node.op), number.number};
      return Inner(node.children[side]);
    }
    return id;
  }

  // a op b is b Mirrored(op) a.
  static Op Mirrored(Op comparison) {
    switch (comparison) {
      case Op::kLss:
        return Op::kGtr;
      case Op::kLte:
        return Op::kGte;
      case Op::kGtr:
        return Op::kLss;
      case Op::kGte:
        return Op::kLte;
      default:
        return comparison;
    }
  }

  bool IsPlain(NodeId selector) const { return ast_[selector].edges == parser::RangeEdges::kPlain; }

  // The range function that the node applies to a range selector, and to nothing else;
  // null if it does not.
  const FunctionEntry* RangeFunctionOf(NodeId id) const {
    const Node& node = ast_[id];
    if (node.kind != NodeKind::kCall || node.children.size() != 1) return nullptr;
    const FunctionEntry* function = FindFunction(node.function);
    const bool fits = function != nullptr && function->range.plain != nullptr &&
                      ast_[Inner(node.children[0])].kind == NodeKind::kMatrixSelector;
    return fits ? function : nullptr;
  }

  // selector_id: the selector in what is aggregated.
  absl::StatusOr<Lowered> LowerFused(const Node& node, NodeId selector_id,
                                     const RangeFunction& function,
                                     std::optional<Threshold> threshold, bool inside_invariant) {
    absl::StatusOr<Program> general = BuildProgram(node.children.back(), inside_invariant);
    if (!general.ok()) return general.status();
    general->push_back({Aggregation(SpecOf(node)), 1});
    absl::StatusOr<std::shared_ptr<const Selector>> selector = MakeSelector(selector_id);
    if (!selector.ok()) return selector.status();
    const Node& range = ast_[selector_id];
    const Node& named = range.kind == NodeKind::kMatrixSelector ? ast_[range.children[0]] : range;
    return Lowered{std::make_unique<FusedAggregate>(
                       FusedSpec{node.op, *std::move(selector),
                                 Grouping(node, /*drop_name=*/!function.keeps_name), function,
                                 named.name, PositionOf(selector_id), threshold},
                       *std::move(general)),
                   {}};
  }

  static LabelFilter Grouping(const Node& node, bool drop_name) {
    return node.without ? LabelFilter::Without(node.grouping, drop_name)
                        : LabelFilter::By(node.grouping, drop_name);
  }

  absl::StatusOr<Lowered> LowerBinary(const Node& node) {
    if (node.op == Op::kTrimUpper || node.op == Op::kTrimLower) {
      return Unsupported(node, absl::StrCat("operator ", std::string(OpName(node.op)),
                                            ", which needs native histograms,"));
    }
    const bool vectors = ast_[node.children[0]].type == ValueType::kVector &&
                         ast_[node.children[1]].type == ValueType::kVector;
    if (!vectors) return Lowered{ScalarBinary(node.op, node.return_bool), node.children};
    if (parser::IsSetOperator(node.op)) {
      return Lowered{SetOperation(node.op, node.matching), node.children};
    }
    return Lowered{VectorBinary(node.op, node.return_bool, node.matching), node.children};
  }

  const Ast& ast_;
  const Options& options_;
  const std::vector<bool> invariant_;
  Duration outer_reach_ = absl::ZeroDuration();  // of the subqueries around
  std::map<NodeId, std::shared_ptr<const Selector>> selectors_;
  BuiltPlan plan_;
};

}  // namespace

absl::StatusOr<BuiltPlan> BuildPlan(const Ast& ast, const Options& options) {
  return Builder(ast, options).Build();
}

}  // namespace tacho::engine
