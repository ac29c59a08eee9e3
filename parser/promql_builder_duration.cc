// Durations: in brackets, behind offset, and the signed numbers of @ and fill.
#include <algorithm>
#include <utility>

#include "parser/promql_builder.h"
#include "parser/promql_chars.h"
#include "parser/promql_functions.h"
#include "parser/promql_literal.h"

namespace tacho::parser {

void Builder::BeginSigned() { negative_ = false; }

void Builder::SignOfSigned() { negative_ = last_->kind == TokenKind::kSub; }

void Builder::ValueOfSigned() { signed_ = negative_ ? -LastNumber() : LastNumber(); }

void Builder::BeginDuration(ErrorContext context) { duration_ = context; }

void Builder::BeginRange() {
  bracket_begin_ = last_->begin;
  BeginDuration(ErrorContext::kRangeStart);
}

void Builder::BeginStep() { BeginDuration(ErrorContext::kStepStart); }

void Builder::BeginOffset() { BeginDuration(ErrorContext::kOffset); }

void Builder::NeedDurationExpressions(uint32_t offset) {
  if (limits_.features.duration_expressions) return;
  Fail(offset,
       "duration expressions are experimental and must be enabled with "
       "--enable-feature=promql-duration-expr");
}

void Builder::BeginDurationCall() { BeginCall(); }

// Keywords here, so in any case; what they may take the grammar knows.
void Builder::EndDurationCall() {
  const Call call = std::move(calls_.back());
  calls_.pop_back();
  std::string name(TextOf(text_, *call.head));
  std::transform(name.begin(), name.end(), name.begin(), Lower);
  PushCall(call, *FindFunction(name));
  NeedDurationExpressions(call.head->begin);
}

void Builder::CheckDurationOperator(const Waiting& waiting, NodeId left, NodeId right) {
  NeedDurationExpressions((*ast_)[left].span.begin);
  const Node& divisor = (*ast_)[right];
  if (divisor.kind != NodeKind::kNumber || divisor.number != 0) return;
  if (waiting.op == Op::kDiv) Fail(waiting.begin, "division by zero");
  if (waiting.op == Op::kMod) Fail(waiting.begin, "modulo by zero");
}

Builder::Duration Builder::TakeDuration() {
  duration_ = ErrorContext::kNone;
  const NodeId id = Pop();
  const Node& node = (*ast_)[id];
  if (node.kind != NodeKind::kNumber) return {0, id};
  Duration duration;
  SecondsToNanos(node.number, &duration.ns);  // Number has checked it
  ast_->RemoveLast();
  return duration;
}

Builder::Duration Builder::TakePositiveDuration() {
  const uint32_t begin = (*ast_)[operands_.back()].span.begin;
  const Duration duration = TakeDuration();
  if (duration.expr == kNoNode && duration.ns <= 0) {
    FailAfterLookahead(begin, "duration must be greater than 0");
  }
  return duration;
}

}  // namespace tacho::parser
