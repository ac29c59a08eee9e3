// The grammar of PromQL in Boost.Spirit X3, over tokens.
//
// Every alternative is decided by the next token or two, so nothing is read twice and
// an action runs exactly once. Where the language allows nothing else, Or(context)
// reports the error; from then on every parser here fails and the parse ends.
//
// Only `expr` is recursive, once per parenthesis, whose nesting the lexer has bounded.
// Operators are a flat list here; the builder knows their precedence.
#include "parser/promql_grammar.h"

#include <boost/spirit/home/x3.hpp>

namespace tacho::parser {
namespace {

namespace x3 = boost::spirit::x3;
using K = TokenKind;
using C = ErrorContext;

struct BuilderTag;

// Base of the parsers below: they read tokens, have no attribute, and find the builder
// in the context.
template <typename Derived>
struct TokenParserBase : x3::parser<Derived> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;

  template <typename Iterator, typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RuleContext&,
             Attribute&) const {
    Builder& builder = x3::get<BuilderTag>(context);
    return first != last && !builder.failed() && this->derived().Read(first, builder);
  }
};

// One token of the set.
struct Is : TokenParserBase<Is> {
  explicit constexpr Is(TokenSet kinds) : set(kinds) {}
  template <typename... Kinds>
  explicit constexpr Is(K kind, Kinds... more) : set(kind, more...) {}
  template <typename Iterator>
  bool Read(Iterator& at, Builder& builder) const {
    if (!set.Has(at->kind)) return false;
    builder.Take(*at++);
    return true;
  }
  TokenSet set;
};

// A token of the set comes next; it is not read.
struct Next : TokenParserBase<Next> {
  explicit constexpr Next(TokenSet kinds) : set(kinds) {}
  template <typename... Kinds>
  explicit constexpr Next(K kind, Kinds... more) : set(kind, more...) {}
  template <typename Iterator>
  bool Read(Iterator& at, Builder&) const {
    return set.Has(at->kind);
  }
  TokenSet set;
};

// Nothing fits here: the next token is the error.
struct Or : TokenParserBase<Or> {
  explicit constexpr Or(ErrorContext where) : error_context(where) {}
  template <typename Iterator>
  bool Read(Iterator& at, Builder& builder) const {
    builder.Unexpected(*at, error_context);
    return false;
  }
  ErrorContext error_context;
};

// Tells the builder; reads nothing.
template <void (Builder::*kMethod)()>
struct Call : TokenParserBase<Call<kMethod>> {
  template <typename Iterator>
  bool Read(Iterator&, Builder& builder) const {
    (builder.*kMethod)();
    return !builder.failed();
  }
};
template <void (Builder::*kMethod)()>
constexpr Call<kMethod> Do() {
  return {};
}

// An operator that durations may have between them.
struct DurationOperator : TokenParserBase<DurationOperator> {
  template <typename Iterator>
  bool Read(Iterator& at, Builder& builder) const {
    const Op op = at->kind == K::kAtan2 ? Op::kNone : at->op;
    if (op != Op::kPow && (op < Op::kAdd || op > Op::kMod)) return false;
    builder.Take(*at++);
    return true;
  }
};

constexpr TokenSet kBinaryOperators(K::kAdd, K::kSub, K::kBinary, K::kNotEqual, K::kAtan2, K::kAnd,
                                    K::kOr, K::kUnless);
// Keywords that may also name a metric; in a list of labels, some more.
constexpr TokenSet kMetricNames(K::kIdentifier, K::kMetricIdentifier, K::kAggregator, K::kBy,
                                K::kWithout, K::kAnd, K::kOr, K::kUnless, K::kOffset, K::kStart,
                                K::kEndKeyword, K::kStep, K::kRange, K::kMinOf, K::kMaxOf,
                                K::kAnchored, K::kSmoothed, K::kFill, K::kFillLeft, K::kFillRight);
constexpr TokenSet kLabelNames = kMetricNames | TokenSet(K::kBool, K::kOn, K::kIgnoring,
                                                         K::kGroupLeft, K::kGroupRight, K::kAtan2);
constexpr TokenSet kFunctionNames(K::kIdentifier, K::kStart, K::kEndKeyword, K::kStep, K::kRange,
                                  K::kMinOf, K::kMaxOf);
constexpr TokenSet kExprStart =
    kMetricNames |
    TokenSet(K::kNumber, K::kDuration, K::kString, K::kLeftParen, K::kLeftBrace, K::kAdd, K::kSub);
constexpr TokenSet kMatchOperators(K::kAssign, K::kNotEqual, K::kRegexEqual, K::kRegexNotEqual);
constexpr TokenSet kSigns(K::kAdd, K::kSub);
constexpr TokenSet kNumbers(K::kNumber, K::kDuration);

using B = Builder;

constexpr x3::rule<struct ExprRule> expr = "expr";
constexpr x3::rule<struct DurationRule> duration = "duration";

// (a, b,)
constexpr auto label = Is(kLabelNames) >> Do<&B::Label>() |
                       Is(K::kString) >> Do<&B::QuotedLabel>() | Or(C::kGroupingLabel);
constexpr auto label_list = (Is(K::kLeftParen) | Or(C::kGroupingOpen)) >> Do<&B::BeginLabels>() >>
                            (Is(K::kRightParen) |
                             label >> *(Is(K::kComma) >> !Next(K::kRightParen) >> label) >>
                                 -Is(K::kComma) >> (Is(K::kRightParen) | Or(C::kGroupingNext)));

// {a="b", "c"=~"d", "name",}
constexpr auto matcher_value = (Is(K::kString) | Or(C::kMatcherValue)) >> Do<&B::MatcherValue>();
constexpr auto matcher_operator = Is(kMatchOperators) >> Do<&B::MatcherOperator>();
constexpr auto matcher = Is(K::kIdentifier) >> Do<&B::MatcherLabel>() >>
                             (matcher_operator | Or(C::kMatcherOperator)) >> matcher_value
                         |
                         Is(K::kString) >> Do<&B::QuotedMatcherLabel>() >>
                             (matcher_operator >> matcher_value | Do<&B::MatcherIsName>()) |
                         Or(C::kMatcherStart);
constexpr auto matchers = Is(K::kRightBrace) |
                          matcher >> *(Is(K::kComma) >> !Next(K::kRightBrace) >> matcher) >>
                              -Is(K::kComma) >> (Is(K::kRightBrace) | Or(C::kMatcherNext));
constexpr auto selector = (Is(kMetricNames) >> Do<&B::SelectorName>() >>
                               -(Is(K::kLeftBrace) >> matchers) |
                           Is(K::kLeftBrace) >> Do<&B::SelectorBraces>() >> matchers) >>
                          Do<&B::EndSelector>();

// (a, b). A comma behind the last argument gets an error of its own.
constexpr auto arguments = (Is(K::kLeftParen) | Or(C::kNone)) >>
                           (Is(K::kRightParen) |
                            expr >> *(Is(K::kComma) >>
                                      (Next(kExprStart) >> expr | Do<&B::TrailingComma>())) >>
                                (Is(K::kRightParen) | Or(C::kNone))) >>
                           Do<&B::EndArguments>();
constexpr auto call = Is(kFunctionNames) >> Next(K::kLeftParen) >> Do<&B::BeginCall>() >> arguments
                      >> Do<&B::EndCall>();
constexpr auto grouping = Is(K::kBy, K::kWithout) >> Do<&B::GroupingKeyword>() >> label_list
                          >> Do<&B::GroupingLabels>();
constexpr auto aggregation =
    Is(K::kAggregator) >> Next(K::kLeftParen, K::kBy, K::kWithout) >> Do<&B::BeginAggregation>() >>
    (grouping >> arguments | arguments >> -grouping) >> Do<&B::EndAggregation>();

constexpr auto parenthesised = Is(K::kLeftParen) >> Do<&B::OpenParen>() >> expr >>
                               (Is(K::kRightParen) | Or(C::kNone)) >> Do<&B::CloseParen>();
constexpr auto primary = aggregation | call | selector | Is(kNumbers) >> Do<&B::Number>() |
                         Is(K::kString) >> Do<&B::String>() | parenthesised | Or(C::kNone);

// 5m * 2, step(), -(max_of(range(), 1h) + 30s)
constexpr auto duration_end = Is(K::kRightParen) | Or(C::kDuration);
constexpr auto duration_open = Is(K::kLeftParen) | Or(C::kDuration);
constexpr auto duration_call =
    Is(K::kStep, K::kRange) >> Do<&B::BeginDurationCall>() >> duration_open >> duration_end
        >> Do<&B::EndDurationCall>() |
    Is(K::kMinOf, K::kMaxOf) >> Do<&B::BeginDurationCall>() >> duration_open >> duration >>
        (Is(K::kComma) | Or(C::kDuration)) >> duration >> duration_end >> Do<&B::EndDurationCall>();
constexpr auto duration_primary = Is(kNumbers) >> Do<&B::Number>() | duration_call |
                                  Is(K::kLeftParen) >> Do<&B::OpenParen>() >> duration
                                      >> duration_end >> Do<&B::CloseParen>() |
                                  Or(C::kDuration);
constexpr auto duration_operand = *(Is(kSigns) >> Do<&B::Sign>()) >> duration_primary;
constexpr auto duration_def =
    Do<&B::BeginExpr>() >> duration_operand >>
    *(DurationOperator() >> Do<&B::BinaryOperator>() >> duration_operand) >> Do<&B::EndExpr>();
BOOST_SPIRIT_DEFINE(duration)

// Behind offset an operator belongs to the expression around it: x offset 1m + 2 is
// (x offset 1m) + 2. In parentheses it belongs to the duration.
constexpr auto offset = Is(K::kOffset) >>
                        Do<&B::BeginOffset>() >> Do<&B::BeginExpr>() >> duration_operand
                        >> Do<&B::EndExpr>() >> Do<&B::Offset>();

constexpr auto at_time = Do<&B::BeginSigned>() >>
                         (Is(kNumbers) |
                          Is(kSigns) >> Do<&B::SignOfSigned>() >> (Is(kNumbers) | Or(C::kAt))) >>
                         Do<&B::ValueOfSigned>() >> Do<&B::AtTime>();
constexpr auto at_boundary = Is(K::kStart, K::kEndKeyword) >> (Is(K::kLeftParen) | Or(C::kAt)) >>
                             (Is(K::kRightParen) | Or(C::kAt)) >> Do<&B::AtBoundary>();
constexpr auto at = Is(K::kAt) >> (at_time | at_boundary | Or(C::kAt));

constexpr auto step = Do<&B::BeginStep>() >> duration >> Do<&B::Step>() >>
                      (Is(K::kRightBracket) | Or(C::kStepNext));
constexpr auto range = Is(K::kLeftBracket) >> Do<&B::BeginRange>() >> duration >> Do<&B::Range>() >>
                       (Is(K::kRightBracket) >> Do<&B::Matrix>() |
                        Is(K::kColon) >> (Is(K::kRightBracket) | step) >> Do<&B::Subquery>() |
                        Or(C::kRangeNext));
constexpr auto edges = Is(K::kAnchored, K::kSmoothed) >> Do<&B::Edges>();

constexpr auto operand = *(Is(kSigns) >> Do<&B::Sign>()) >> primary >>
                         *(offset | at | range | edges);

// on(a) group_left(b)
constexpr auto matching = Is(K::kOn, K::kIgnoring) >> Do<&B::MatchingKeyword>() >> label_list
                          >> Do<&B::MatchingLabels>() >>
                          -(Is(K::kGroupLeft, K::kGroupRight) >> Do<&B::GroupSide>() >>
                            -(Next(K::kLeftParen) >> label_list >> Do<&B::IncludeLabels>()));
// fill(0), or fill_left(1) fill_right(-2) in either order
constexpr auto fill_value = (Is(K::kLeftParen) | Or(C::kNone)) >> Do<&B::BeginSigned>() >>
                            -(Is(kSigns) >> Do<&B::SignOfSigned>()) >>
                            (Is(kNumbers) | Or(C::kNone)) >> Do<&B::ValueOfSigned>() >>
                            (Is(K::kRightParen) | Or(C::kNone));
constexpr auto fill_left = Is(K::kFillLeft) >> fill_value >> Do<&B::FillLeft>();
constexpr auto fill_right = Is(K::kFillRight) >> fill_value >> Do<&B::FillRight>();
constexpr auto fill = Is(K::kFill) >> fill_value >> Do<&B::FillBoth>() | fill_left >> -fill_right
                      | fill_right >> -fill_left;
constexpr auto binary_operator = Is(kBinaryOperators) >> Do<&B::BinaryOperator>() >>
                                 -(Is(K::kBool) >> Do<&B::BoolModifier>()) >> -matching >> -fill;

constexpr auto expr_def = Do<&B::BeginExpr>() >> operand >>
                          *(binary_operator >> operand) >> Do<&B::EndExpr>();
BOOST_SPIRIT_DEFINE(expr)

constexpr auto query = Next(K::kEnd) >> Do<&B::NoExpression>() |
                       expr >> (Next(K::kEnd) | Or(C::kNone)) >> Do<&B::Finish>();

}  // namespace

bool ParseTokens(const std::vector<Token>& tokens, Builder* builder) {
  const Token* first = tokens.data();
  const Token* const last = first + tokens.size();
  const auto parser = x3::with<BuilderTag>(*builder)[query];
  return x3::parse(first, last, parser) && !builder->failed();
}

}  // namespace tacho::parser
