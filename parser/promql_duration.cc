#include "parser/promql_duration.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace tacho::parser {
namespace {

constexpr int64_t kNanosPerMilli = 1'000'000;
constexpr double kMaxSeconds = 9223372036854775808.0 / 1e9;  // what 63 bits of nanoseconds hold

// As Prometheus places such errors: without the parentheses around an operand.
Span BareSpan(const Ast& ast, NodeId id) {
  NodeId first = id;
  while (ast[first].kind == NodeKind::kParen || ast[first].kind == NodeKind::kBinary) {
    first = ast[first].children.front();
  }
  NodeId last = id;
  while (ast[last].kind == NodeKind::kParen || ast[last].kind == NodeKind::kBinary) {
    last = ast[last].children.back();
  }
  return {ast[first].span.begin, ast[last].span.end};
}

absl::Status Failure(const Ast& ast, NodeId id, std::string_view why) {
  const Span span = BareSpan(ast, id);
  return absl::InvalidArgumentError(std::to_string(span.begin) + ":" + std::to_string(span.end) +
                                    ": " + std::string(why));
}

// The first node of the expression: its nodes stand side by side, operands first.
NodeId FirstOf(const Ast& ast, NodeId id) {
  while (!ast[id].children.empty()) id = ast[id].children.front();
  return id;
}

// As Go's Duration.Seconds: whole and fractional part are converted apart.
double Seconds(int64_t ms) {
  return static_cast<double>(ms / 1000) + static_cast<double>(ms % 1000 * kNanosPerMilli) / 1e9;
}

// NaN if either is one.
double Least(double a, double b) { return std::isnan(b) || b < a ? b : a; }

class Evaluator {
 public:
  Evaluator(const Ast& ast, NodeId root, const DurationEnvironment& environment)
      : ast_(ast), environment_(environment), first_(FirstOf(ast, root)) {
    for (NodeId id = first_; id <= root && status_.ok(); ++id) values_.push_back(ValueOf(id));
  }

  [[nodiscard]] const absl::Status& status() const { return status_; }
  [[nodiscard]] double value() const { return values_.back(); }

 private:
  [[nodiscard]] double Operand(const Node& node, size_t i) const {
    return values_[node.children[i] - first_];
  }

  double ValueOf(NodeId id) {
    const Node& node = ast_[id];
    switch (node.kind) {
      case NodeKind::kNumber:
        return node.number;
      case NodeKind::kUnary:
        return node.op == Op::kSub ? -Operand(node, 0) : Operand(node, 0);
      case NodeKind::kBinary:
        return Apply(id, Operand(node, 0), Operand(node, 1));
      case NodeKind::kCall:
        return CallValue(node);
      default:
        return Operand(node, 0);  // kParen
    }
  }

  [[nodiscard]] double CallValue(const Node& node) const {
    if (node.function == "step") return Seconds(environment_.step_ms);
    if (node.function == "range") return Seconds(environment_.range_ms);
    const double a = Operand(node, 0);
    const double b = Operand(node, 1);
    return node.function == "min_of" ? Least(a, b) : -Least(-a, -b);
  }

  double Apply(NodeId id, double a, double b) {
    const Op op = ast_[id].op;
    if (b == 0 && op == Op::kDiv) status_ = Failure(ast_, id, "division by zero");
    if (b == 0 && op == Op::kMod) status_ = Failure(ast_, id, "modulo by zero");
    switch (op) {
      case Op::kAdd:
        return a + b;
      case Op::kSub:
        return a - b;
      case Op::kMul:
        return a * b;
      case Op::kDiv:
        return b == 0 ? 0 : a / b;
      case Op::kMod:
        return std::fmod(a, b);
      default:
        return std::pow(a, b);
    }
  }

  const Ast& ast_;
  const DurationEnvironment& environment_;
  NodeId first_;
  absl::Status status_;
  std::vector<double> values_;  // of the nodes from first_ on
};

absl::Status Fold(Ast* ast, NodeId expr, bool is_offset, int64_t* ns) {
  if (expr == kNoNode || DependsOnTimes(*ast, expr)) return absl::OkStatus();
  const absl::StatusOr<int64_t> value = EvaluateDuration(*ast, expr, {}, is_offset);
  if (value.ok()) *ns = *value;
  return value.status();
}

}  // namespace

absl::StatusOr<int64_t> EvaluateDuration(const Ast& ast, NodeId id,
                                         const DurationEnvironment& environment, bool is_offset) {
  const Evaluator evaluator(ast, id, environment);
  if (!evaluator.status().ok()) return evaluator.status();
  const double seconds = evaluator.value();
  if (!std::isfinite(seconds)) return Failure(ast, id, "duration is NaN or infinite");
  if (seconds <= 0 && !is_offset) return Failure(ast, id, "duration must be greater than 0");
  if (std::abs(seconds) > kMaxSeconds) return Failure(ast, id, "duration is out of range");
  return static_cast<int64_t>(seconds * 1000) * kNanosPerMilli;
}

bool DependsOnTimes(const Ast& ast, NodeId id) {
  for (NodeId i = FirstOf(ast, id); i <= id; ++i) {
    const Node& node = ast[i];
    if (node.kind == NodeKind::kCall && node.children.empty()) return true;  // step, range
  }
  return false;
}

absl::Status FoldDurations(Ast* ast) {
  absl::Status first;
  for (NodeId id = 0; id < ast->size(); ++id) {
    Node& node = (*ast)[id];
    first.Update(Fold(ast, node.offset_expr, /*is_offset=*/true, &node.offset_ns));
    first.Update(Fold(ast, node.step_expr, /*is_offset=*/false, &node.step_ns));
    first.Update(Fold(ast, node.range_expr, /*is_offset=*/false, &node.range_ns));
  }
  return first;
}

}  // namespace tacho::parser
