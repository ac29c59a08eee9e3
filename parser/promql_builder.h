// Builder: makes the Ast while the grammar reads tokens from left to right.
//
// The grammar knows which token may follow which; everything else is here. It calls
// one method per construct, in the order of the text. Expressions are put together by
// operator precedence: operands and operators wait on two stacks until the next
// operator shows that they bind tighter (the shunting-yard method), so a chain of
// operators needs no recursion, whatever its length.
//
// Why the builder and not the grammar reports errors: Prometheus reports the first
// error in the order in which its LALR parser reduces, syntax and rules mixed. Once an
// error is set, failed() makes every parser of the grammar fail, and the rest is not
// looked at.
//
// I1  operands_ holds nodes without a parent; ops_ what waits between them.
// I2  marks_.back() is the size of ops_ when the innermost expression began.
// I3  last_ is the token taken last, and last_[1] exists.
//
// Ownership   Borrows the lexer and the Ast.
// Threads     One parse, one thread.
#ifndef TACHO_PARSER_PROMQL_BUILDER_H_
#define TACHO_PARSER_PROMQL_BUILDER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ast.h"
#include "parser/promql.h"
#include "parser/promql_error.h"
#include "parser/promql_functions.h"
#include "parser/promql_lexer.h"
#include "parser/promql_token.h"

namespace tacho::parser {

class Builder {
 public:
  Builder(const Lexer& lexer, const ParseLimits& limits, Ast* ast);

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] const ParseError& error() const { return error_; }
  void Take(const Token& token) { last_ = &token; }
  // token cannot follow what came before it.
  void Unexpected(const Token& token, ErrorContext context);

  // The whole text.
  void NoExpression();
  void Finish();

  // Expressions.
  void BeginExpr();
  void EndExpr();
  void Sign();
  void BinaryOperator();
  void BoolModifier();
  void MatchingKeyword();  // on, ignoring
  void MatchingLabels();
  void GroupSide();  // group_left, group_right
  void IncludeLabels();
  void FillBoth();
  void FillLeft();
  void FillRight();
  void Number();
  void String();
  void OpenParen();
  void CloseParen();

  // Calls and aggregations.
  void BeginCall();
  void BeginAggregation();
  void GroupingKeyword();  // by, without
  void GroupingLabels();
  void TrailingComma();
  void EndArguments();
  void EndCall();
  void EndAggregation();

  // A list of labels in parentheses.
  void BeginLabels();
  void Label();
  void QuotedLabel();

  // Selectors.
  void SelectorName();
  void SelectorBraces();
  void MatcherLabel();
  void QuotedMatcherLabel();
  void MatcherOperator();
  void MatcherValue();
  void MatcherIsName();
  void EndSelector();

  // One number or duration with a sign or none: of @ and fill.
  void BeginSigned();
  void SignOfSigned();
  void ValueOfSigned();

  // Durations, from where they stand to the modifier that takes them. In between come
  // the methods for expressions.
  void BeginRange();
  void BeginStep();
  void BeginOffset();
  void BeginDurationCall();
  void EndDurationCall();

  // Modifiers of the operand before them.
  void Offset();
  void AtTime();
  void AtBoundary();  // start, end
  void OpenBracket();
  void Range();
  void Matrix();
  void Step();
  void Subquery();
  void Edges();  // anchored, smoothed

 private:
  // A duration that was read: a literal's value, or an expression for later.
  struct Duration {
    int64_t ns = 0;
    NodeId expr = kNoNode;
  };
  // An operator that waits for its right operand.
  struct Waiting {
    Op op = Op::kNone;
    bool sign = false;  // prefix + or -
    uint32_t begin = 0;
    bool return_bool = false;
    VectorMatching matching = {};
  };
  struct Call {
    const Token* head = nullptr;  // the function's or aggregation's name
    size_t first_arg = 0;         // into operands_
    bool grouped = false;
    bool without = false;
    std::vector<std::string> grouping = {};
  };

  void Fail(uint32_t offset, std::string message);
  // For an error that Prometheus finds only after it has read one more token: what is
  // wrong with that token comes first.
  void FailAfterLookahead(uint32_t offset, std::string message);
  void FailLimit(std::string message);

  NodeId Add(Node node);
  void Push(Node node) { operands_.push_back(Add(std::move(node))); }
  NodeId Pop();
  [[nodiscard]] ValueType TypeOf(NodeId id) const { return (*ast_)[id].type; }
  [[nodiscard]] std::string_view LastText() const { return TextOf(text_, *last_); }
  // Reduces while what waits binds at least as tight as op.
  void ReduceFor(Op op);
  void Reduce();
  void ReduceSign(const Waiting& waiting);
  void ReduceBinary(Waiting waiting);
  void FailAggregation(const Call& call, std::string message);
  bool CheckAggregation(const Call& call, size_t args);
  std::vector<NodeId> TakeArguments(const Call& call);
  void PushCall(const Call& call, const Function& function);

  // The value of the last token, a number or a duration, in seconds.
  double LastNumber();
  // The node that holds offset and @ of the operand before a modifier; nullptr after
  // failing with "<modifier> must be preceded by ...".
  Node* Modified(std::string_view modifier);
  void ExtendOperand();
  void SetAt(AtKind at, int64_t ms);

  void BeginDuration(ErrorContext context);
  [[nodiscard]] bool in_duration() const { return duration_ != ErrorContext::kNone; }
  // Fails where duration expressions are off: there is one, and it begins at offset.
  void NeedDurationExpressions(uint32_t offset);
  void CheckDurationOperator(const Waiting& waiting, NodeId left, NodeId right);
  Duration TakeDuration();
  Duration TakePositiveDuration();

  const Lexer& lexer_;
  const ParseLimits& limits_;
  std::string_view text_;
  Ast* ast_;
  const Token* last_;

  bool failed_ = false;
  ParseError error_;

  std::vector<NodeId> operands_;
  std::vector<Waiting> ops_;
  std::vector<size_t> marks_;
  std::vector<uint32_t> parens_;  // where ( of a parenthesised expression stands
  std::vector<Call> calls_;
  uint32_t aggregations_ = 0;  // whose arguments are being read

  std::vector<std::string> labels_;
  Node selector_;
  std::string matcher_label_;
  uint32_t matcher_begin_ = 0;
  MatchOp matcher_op_ = MatchOp::kEqual;

  double signed_ = 0;
  bool negative_ = false;
  ErrorContext duration_ = ErrorContext::kNone;  // what is being read, if it is one
  uint32_t bracket_begin_ = 0;
  Duration range_;
  Duration step_;
};

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_BUILDER_H_
