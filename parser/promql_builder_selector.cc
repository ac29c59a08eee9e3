// Selectors and what modifies them: offset, @, ranges and subqueries.
#include <cmath>
#include <utility>

#include "parser/promql_builder.h"
#include "parser/promql_literal.h"
#include "parser/promql_quote.h"
#include "parser/promql_regex.h"

namespace tacho::parser {
namespace {

constexpr std::string_view kNameLabel = "__name__";

MatchOp MatchOpOf(TokenKind kind) {
  switch (kind) {
    case TokenKind::kNotEqual:
      return MatchOp::kNotEqual;
    case TokenKind::kRegexEqual:
      return MatchOp::kRegex;
    case TokenKind::kRegexNotEqual:
      return MatchOp::kNotRegex;
    default:
      return MatchOp::kEqual;
  }
}

bool HasOffset(const Node& node) { return node.offset_ns != 0 || node.offset_expr != kNoNode; }

// Why `node` can take no range; empty if it can.
std::string_view RangeProblem(const Node& node) {
  if (node.kind != NodeKind::kVectorSelector) return "ranges only allowed for vector selectors";
  if (HasOffset(node)) return "no offset modifiers allowed before range";
  if (node.at != AtKind::kNone) return "no @ modifiers allowed before range";
  return {};
}

}  // namespace

void Builder::SelectorName() {
  SelectorBraces();
  selector_.name = LastText();
  selector_.bare_name = true;
  selector_.matchers.push_back({std::string(kNameLabel), MatchOp::kEqual, selector_.name});
}

void Builder::SelectorBraces() {
  selector_ = Node();
  selector_.kind = NodeKind::kVectorSelector;
  selector_.type = ValueType::kVector;
  selector_.span.begin = last_->begin;
}

void Builder::MatcherLabel() {
  matcher_label_ = LastText();
  matcher_begin_ = last_->begin;
}

void Builder::QuotedMatcherLabel() {
  matcher_label_ = UnquoteLiteral(LastText());
  matcher_begin_ = last_->begin;
}

void Builder::MatcherOperator() { matcher_op_ = MatchOpOf(last_->kind); }

void Builder::MatcherValue() {
  Matcher matcher{std::move(matcher_label_), matcher_op_, UnquoteLiteral(LastText())};
  if (matcher_op_ == MatchOp::kRegex || matcher_op_ == MatchOp::kNotRegex) {
    const absl::StatusOr<bool> regex = CheckRegex(matcher.value);
    if (!regex.ok()) return Fail(matcher_begin_, std::string(regex.status().message()));
  } else if (matcher_op_ == MatchOp::kEqual && matcher.label == kNameLabel &&
             selector_.name.empty()) {
    selector_.name = matcher.value;
  }
  selector_.matchers.push_back(std::move(matcher));
}

// A quoted text without an operator names the metric.
void Builder::MatcherIsName() {
  if (selector_.name.empty()) selector_.name = matcher_label_;
  selector_.matchers.push_back(
      {std::string(kNameLabel), MatchOp::kEqual, std::move(matcher_label_)});
}

void Builder::EndSelector() {
  selector_.span.end = last_->end;
  Push(std::move(selector_));
}

Node* Builder::Modified(std::string_view modifier) {
  Node& node = (*ast_)[operands_.back()];
  switch (node.kind) {
    case NodeKind::kVectorSelector:
    case NodeKind::kSubquery:
      return &node;
    case NodeKind::kMatrixSelector:
      return &(*ast_)[node.children[0]];
    default:
      Fail(node.span.begin, std::string(modifier) +
                                " modifier must be preceded by an instant vector selector or "
                                "range vector selector or a subquery");
      return nullptr;
  }
}

void Builder::ExtendOperand() { (*ast_)[operands_.back()].span.end = last_->end; }

void Builder::Offset() {
  const Duration offset = TakeDuration();
  Node* node = Modified("offset");
  if (node == nullptr) return;
  if (HasOffset(*node)) {
    return Fail((*ast_)[operands_.back()].span.begin, "offset may not be set multiple times");
  }
  node->offset_ns = offset.ns;
  node->offset_expr = offset.expr;
  ExtendOperand();
}

void Builder::AtTime() {
  int64_t ms = 0;
  if (!SecondsToMillis(signed_, &ms)) {
    return Fail((*ast_)[operands_.back()].span.begin,
                "timestamp out of bounds for @ modifier: " + FormatSixDecimals(signed_));
  }
  SetAt(AtKind::kTimestamp, ms);
}

void Builder::AtBoundary() {
  // last_ is the closing parenthesis: start or end stands two before it.
  SetAt(last_[-2].kind == TokenKind::kStart ? AtKind::kStart : AtKind::kEnd, 0);
}

void Builder::SetAt(AtKind at, int64_t ms) {
  Node* node = Modified("@");
  if (node == nullptr) return;
  if (node->at != AtKind::kNone) {
    return Fail((*ast_)[operands_.back()].span.begin,
                "@ <timestamp> may not be set multiple times");
  }
  node->at = at;
  node->at_ms = ms;
  ExtendOperand();
}

void Builder::OpenBracket() { bracket_begin_ = last_->begin; }

void Builder::Range() {
  range_ = TakePositiveDuration();
  step_ = {};
}

void Builder::Step() { step_ = TakePositiveDuration(); }

void Builder::Matrix() {
  const Node& selector = (*ast_)[operands_.back()];
  const std::string_view problem = RangeProblem(selector);
  if (!problem.empty()) return Fail(bracket_begin_, std::string(problem));
  Node node;
  node.kind = NodeKind::kMatrixSelector;
  node.type = ValueType::kMatrix;
  node.range_ns = range_.ns;
  node.range_expr = range_.expr;
  node.span = {selector.span.begin, last_->end};
  node.children = {Pop()};
  Push(std::move(node));
}

void Builder::Subquery() {
  Node node;
  node.kind = NodeKind::kSubquery;
  node.type = ValueType::kMatrix;
  node.range_ns = range_.ns;
  node.range_expr = range_.expr;
  node.step_ns = step_.ns;
  node.step_expr = step_.expr;
  node.span = {(*ast_)[operands_.back()].span.begin, last_->end};
  node.children = {Pop()};
  Push(std::move(node));
}

void Builder::Edges() {
  const bool anchored = last_->kind == TokenKind::kAnchored;
  const RangeEdges edges = anchored ? RangeEdges::kAnchored : RangeEdges::kSmoothed;
  const std::string modifier = anchored ? "anchored" : "smoothed";
  Node& operand = (*ast_)[operands_.back()];
  const uint32_t begin = operand.span.begin;
  if (!limits_.features.extended_range_selectors) {
    return Fail(begin, modifier +
                           " modifier is experimental and must be enabled with "
                           "--enable-feature=promql-extended-range-selectors");
  }
  if (operand.kind == NodeKind::kSubquery) {
    return Fail(begin, modifier + " modifier is not supported for subqueries");
  }
  Node& selector =
      operand.kind == NodeKind::kMatrixSelector ? (*ast_)[operand.children[0]] : operand;
  if (selector.kind != NodeKind::kVectorSelector) {
    return Fail(begin, modifier + " modifier not implemented");
  }
  if (selector.edges != RangeEdges::kPlain && selector.edges != edges) {
    return Fail(begin, "anchored and smoothed modifiers cannot be used together");
  }
  selector.edges = edges;
  ExtendOperand();
}

}  // namespace tacho::parser
