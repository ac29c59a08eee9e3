// Expressions, calls and aggregations; selectors and their modifiers are in
// promql_builder_selector.cc, durations in promql_builder_duration.cc.
#include "parser/promql_builder.h"

#include <cmath>
#include <utility>

#include "parser/promql_functions.h"
#include "parser/promql_literal.h"
#include "parser/promql_quote.h"
#include "parser/text.h"

namespace tacho::parser {
namespace {

// Higher binds tighter. A sign binds as *, so that -2^2 is -(2^2).
int Precedence(Op op) {
  if (op == Op::kOr) return 1;
  if (op <= Op::kUnless) return 2;
  if (op <= Op::kTrimLower) return 3;
  if (op <= Op::kSub) return 4;
  if (op <= Op::kAtan2) return 5;
  return 6;
}
constexpr int kSignPrecedence = 5;

// Operators that wait at once in an expression without signs and ^: one a level.
constexpr size_t kLevels = 6;

bool HasParameter(Op op) { return op >= Op::kTopk; }
bool IsExperimental(Op op) { return op >= Op::kLimitk; }

}  // namespace

Builder::Builder(const Lexer& lexer, const ParseLimits& limits, Ast* ast)
    : lexer_(lexer), limits_(limits), text_(ast->text()), ast_(ast), last_(lexer.tokens().data()) {
  operands_.reserve(16);
  ops_.reserve(8);
  marks_.reserve(8);
  ast_->Reserve(std::min<size_t>(lexer.tokens().size(), 32));
}

void Builder::Fail(uint32_t offset, std::string message) {
  if (failed_) return;
  failed_ = true;
  error_ = {offset, std::move(message)};
}

void Builder::FailAfterLookahead(uint32_t offset, std::string message) {
  if (last_[1].kind == TokenKind::kError) return Unexpected(last_[1], ErrorContext::kNone);
  Fail(offset, std::move(message));
}

void Builder::FailLimit(std::string message) {
  if (failed_) return;
  Fail(last_->begin, std::move(message));
  error_.limit = true;
}

void Builder::Unexpected(const Token& token, ErrorContext context) {
  if (token.kind == TokenKind::kError) return Fail(lexer_.error_offset(), lexer_.error());
  if (context == ErrorContext::kDuration) context = duration_;
  if (context == ErrorContext::kNone && aggregations_ > 0) context = ErrorContext::kAggregation;
  Fail(token.begin, UnexpectedText(text_, token, context));
}

void Builder::NoExpression() { Fail(0, "no expression found in input"); }
void Builder::Finish() { ast_->set_root(operands_.back()); }

NodeId Builder::Add(Node node) {
  if (ast_->size() < limits_.max_nodes) return ast_->Add(std::move(node));
  FailLimit("the expression has more than " + std::to_string(limits_.max_nodes) +
            " nodes (max_nodes)");
  return 0;
}

NodeId Builder::Pop() {
  const NodeId id = operands_.back();
  operands_.pop_back();
  return id;
}

void Builder::BeginExpr() { marks_.push_back(ops_.size()); }

void Builder::EndExpr() {
  while (ops_.size() > marks_.back()) Reduce();
  marks_.pop_back();
}

void Builder::Sign() {
  if (ops_.size() - marks_.back() >= limits_.max_depth + kLevels) {
    return FailLimit("more than " + std::to_string(limits_.max_depth) +
                     " signs and ^ in a row (max_depth)");
  }
  ops_.push_back({.op = last_->op, .sign = true, .begin = last_->begin});
}

void Builder::BinaryOperator() {
  ReduceFor(last_->op);
  Sign();
  if (!failed_) ops_.back().sign = false;
}

void Builder::ReduceFor(Op op) {
  const int precedence = Precedence(op);
  while (ops_.size() > marks_.back()) {
    const Waiting& top = ops_.back();
    const int waiting = top.sign ? kSignPrecedence : Precedence(top.op);
    const bool right_associative = op == Op::kPow;
    if (waiting < precedence || (waiting == precedence && right_associative)) return;
    Reduce();
  }
}

void Builder::Reduce() {
  Waiting waiting = std::move(ops_.back());
  ops_.pop_back();
  if (waiting.sign) return ReduceSign(waiting);
  ReduceBinary(std::move(waiting));
}

void Builder::ReduceSign(const Waiting& waiting) {
  Node& operand = (*ast_)[operands_.back()];
  if (operand.kind == NodeKind::kNumber) {
    if (waiting.op == Op::kSub && !std::isnan(operand.number)) operand.number = -operand.number;
    operand.span.begin = waiting.begin;
    return;
  }
  if (in_duration() && waiting.op == Op::kAdd) return;  // Prometheus drops it here
  Node node;
  node.kind = NodeKind::kUnary;
  node.type = operand.type;
  node.op = waiting.op;
  node.span = {waiting.begin, operand.span.end};
  node.children = {Pop()};
  Push(std::move(node));
}

void Builder::ReduceBinary(Waiting waiting) {
  const NodeId right = Pop();
  const NodeId left = Pop();
  if (in_duration()) CheckDurationOperator(waiting, left, right);
  const bool scalar = TypeOf(left) == ValueType::kScalar && TypeOf(right) == ValueType::kScalar;
  Node node;
  node.kind = NodeKind::kBinary;
  node.type = scalar ? ValueType::kScalar : ValueType::kVector;
  node.op = waiting.op;
  node.span = {(*ast_)[left].span.begin, (*ast_)[right].span.end};
  node.children = {left, right};
  node.return_bool = waiting.return_bool;
  node.matching = std::move(waiting.matching);
  if (IsSetOperator(node.op) && node.matching.cardinality == Cardinality::kOneToOne) {
    node.matching.cardinality = Cardinality::kManyToMany;
  }
  const uint32_t begin = node.span.begin;
  const bool filled = node.matching.fill_left || node.matching.fill_right;
  Push(std::move(node));
  if (filled && !limits_.features.fill_modifiers) {
    Fail(begin,
         "fill modifiers are experimental and must be enabled with "
         "--enable-feature=promql-binop-fill-modifiers");
  }
}

void Builder::BoolModifier() { ops_.back().return_bool = true; }

void Builder::MatchingKeyword() {
  VectorMatching& matching = ops_.back().matching;
  matching.written = true;
  matching.on = last_->kind == TokenKind::kOn;
}

void Builder::MatchingLabels() { ops_.back().matching.labels = std::move(labels_); }

void Builder::GroupSide() {
  ops_.back().matching.cardinality =
      last_->kind == TokenKind::kGroupLeft ? Cardinality::kManyToOne : Cardinality::kOneToMany;
}

void Builder::IncludeLabels() { ops_.back().matching.include = std::move(labels_); }

void Builder::FillBoth() {
  FillLeft();
  FillRight();
  ops_.back().matching.fill_both = true;
}
void Builder::FillLeft() { ops_.back().matching.fill_left = signed_; }
void Builder::FillRight() { ops_.back().matching.fill_right = signed_; }

void Builder::Number() {
  Node node;
  node.kind = NodeKind::kNumber;
  node.type = ValueType::kScalar;
  node.duration = last_->kind == TokenKind::kDuration;
  node.number = LastNumber();
  node.span = {last_->begin, last_->end};
  int64_t ns = 0;
  if (in_duration() && !SecondsToNanos(node.number, &ns)) {
    return Fail(last_->begin, "duration out of range");
  }
  Push(std::move(node));
}

double Builder::LastNumber() {
  absl::Status status;
  if (last_->kind == TokenKind::kDuration) {
    const absl::StatusOr<int64_t> ns = ParseDurationLiteral(LastText());
    if (ns.ok()) return DurationSeconds(*ns);
    status = ns.status();
  } else {
    const absl::StatusOr<double> number = ParseNumberLiteral(LastText());
    if (number.ok()) return *number;
    status = number.status();
  }
  Fail(last_->begin, std::string(status.message()));
  return 0;
}

void Builder::String() {
  Node node;
  node.kind = NodeKind::kString;
  node.type = ValueType::kString;
  node.text = UnquoteLiteral(LastText());
  node.span = {last_->begin, last_->end};
  Push(std::move(node));
}

void Builder::OpenParen() { parens_.push_back(last_->begin); }

void Builder::CloseParen() {
  Node node;
  node.kind = NodeKind::kParen;
  node.type = TypeOf(operands_.back());
  node.span = {parens_.back(), last_->end};
  node.children = {Pop()};
  parens_.pop_back();
  if (in_duration()) NeedDurationExpressions((*ast_)[node.children[0]].span.begin);
  Push(std::move(node));
}

void Builder::BeginCall() { calls_.push_back({.head = last_, .first_arg = operands_.size()}); }

void Builder::BeginAggregation() {
  BeginCall();
  ++aggregations_;
}

void Builder::GroupingKeyword() {
  calls_.back().grouped = true;
  calls_.back().without = last_->kind == TokenKind::kWithout;
}

void Builder::GroupingLabels() { calls_.back().grouping = std::move(labels_); }

void Builder::TrailingComma() {
  FailAfterLookahead(last_->begin, "trailing commas not allowed in function call args");
}

// Prometheus speaks of an aggregation only up to its closing parenthesis.
void Builder::EndArguments() {
  if (calls_.back().head->kind == TokenKind::kAggregator) --aggregations_;
}

std::vector<NodeId> Builder::TakeArguments(const Call& call) {
  const auto first = operands_.begin() + static_cast<ptrdiff_t>(call.first_arg);
  std::vector<NodeId> arguments(first, operands_.end());
  operands_.erase(first, operands_.end());
  return arguments;
}

void Builder::EndCall() {
  const Call call = std::move(calls_.back());
  calls_.pop_back();
  const std::string_view name = TextOf(text_, *call.head);
  const Function* function = FindFunction(name);
  if (function == nullptr) {
    return Fail(call.head->begin, "unknown function with name " + QuoteText(name));
  }
  if (function->experimental && !limits_.features.experimental_functions) {
    return Fail(call.head->begin, "function " + QuoteText(name) + " is not enabled");
  }
  PushCall(call, *function);
}

void Builder::PushCall(const Call& call, const Function& function) {
  Node node;
  node.kind = NodeKind::kCall;
  node.type = function.result;
  node.function = function.name;
  node.span = {call.head->begin, last_->end};
  node.children = TakeArguments(call);
  Push(std::move(node));
}

// With by or without behind it an aggregation ends for certain; else only the next
// token tells.
void Builder::FailAggregation(const Call& call, std::string message) {
  if (call.grouped) return Fail(call.head->begin, std::move(message));
  FailAfterLookahead(call.head->begin, std::move(message));
}

bool Builder::CheckAggregation(const Call& call, size_t args) {
  const Op op = call.head->op;
  const size_t wanted = HasParameter(op) ? 2 : 1;
  if (args == 0) {
    FailAggregation(call, "no arguments for aggregate expression provided");
  } else if (IsExperimental(op) && !limits_.features.experimental_functions) {
    FailAggregation(call, std::string(OpName(op)) +
                              "() is experimental and must be enabled with "
                              "--enable-feature=promql-experimental-functions");
  } else if (args != wanted) {
    FailAggregation(call, "wrong number of arguments for aggregate expression provided, expected " +
                              std::to_string(wanted) + ", got " + std::to_string(args));
  }
  return !failed_;
}

void Builder::EndAggregation() {
  Call call = std::move(calls_.back());
  calls_.pop_back();
  if (!CheckAggregation(call, operands_.size() - call.first_arg)) return;
  Node node;
  node.kind = NodeKind::kAggregate;
  node.type = ValueType::kVector;
  node.op = call.head->op;
  node.span = {call.head->begin, last_->end};
  node.children = TakeArguments(call);
  node.has_grouping = call.grouped;
  node.without = call.without;
  node.grouping = std::move(call.grouping);
  Push(std::move(node));
}

void Builder::BeginLabels() { labels_.clear(); }

void Builder::Label() { labels_.emplace_back(LastText()); }

void Builder::QuotedLabel() {
  std::string label = UnquoteLiteral(LastText());
  if (label.empty() || !IsValidUtf8(label)) {
    return Fail(last_->begin, "invalid label name for grouping: " + QuoteText(label));
  }
  labels_.push_back(std::move(label));
}

}  // namespace tacho::parser
