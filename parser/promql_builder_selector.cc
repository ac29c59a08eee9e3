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

// Why `node` can take no range; empty if it can.
std::string_view RangeProblem(const Node& node) {
  if (node.kind != NodeKind::kVectorSelector) return "ranges only allowed for vector selectors";
  if (node.offset_ns != 0) return "no offset modifiers allowed before range";
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

void Builder::BeginDuration() {
  negative_ = false;
  duration_begin_ = last_[1].begin;
}

void Builder::DurationSign() { negative_ ^= last_->kind == TokenKind::kSub; }

void Builder::DurationValue() { seconds_ = negative_ ? -LastNumber() : LastNumber(); }

void Builder::UnsupportedDuration() {
  Fail(last_->begin, "duration expressions are not supported; write one duration, such as 5m");
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
  int64_t ns = 0;
  if (!SecondsToNanos(seconds_, &ns)) return Fail(duration_begin_, "duration out of range");
  Node* node = Modified("offset");
  if (node == nullptr) return;
  if (node->offset_ns != 0) {
    return Fail((*ast_)[operands_.back()].span.begin, "offset may not be set multiple times");
  }
  node->offset_ns = ns;
  ExtendOperand();
}

void Builder::AtTime() {
  int64_t ms = 0;
  if (!SecondsToMillis(seconds_, &ms)) {
    return Fail((*ast_)[operands_.back()].span.begin,
                "timestamp out of bounds for @ modifier: " + FormatSixDecimals(seconds_));
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

int64_t Builder::PositiveDuration() {
  int64_t ns = 0;
  if (!SecondsToNanos(seconds_, &ns)) {
    Fail(duration_begin_, "duration out of range");
  } else if (ns <= 0) {
    FailAfterLookahead(duration_begin_, "duration must be greater than 0");
  }
  return ns;
}

void Builder::Range() {
  range_ns_ = PositiveDuration();
  step_ns_ = 0;
}

void Builder::Step() { step_ns_ = PositiveDuration(); }

void Builder::Matrix() {
  const Node& selector = (*ast_)[operands_.back()];
  const std::string_view problem = RangeProblem(selector);
  if (!problem.empty()) return Fail(bracket_begin_, std::string(problem));
  Node node;
  node.kind = NodeKind::kMatrixSelector;
  node.type = ValueType::kMatrix;
  node.range_ns = range_ns_;
  node.span = {selector.span.begin, last_->end};
  node.children = {Pop()};
  Push(std::move(node));
}

void Builder::Subquery() {
  Node node;
  node.kind = NodeKind::kSubquery;
  node.type = ValueType::kMatrix;
  node.range_ns = range_ns_;
  node.step_ns = step_ns_;
  node.span = {(*ast_)[operands_.back()].span.begin, last_->end};
  node.children = {Pop()};
  Push(std::move(node));
}

void Builder::ExtendedRange() {
  const std::string_view modifier = last_->kind == TokenKind::kAnchored ? "anchored" : "smoothed";
  Fail((*ast_)[operands_.back()].span.begin,
       std::string(modifier) + " modifier is experimental and not enabled");
}

}  // namespace tacho::parser
