// Token: a word of PromQL text, with the kinds that Prometheus' lexer tells apart.
//
// Units       begin and end are byte offsets into the text.
// Cost        12 bytes, copied by value. A set of kinds is one 64-bit mask.
#ifndef TACHO_PARSER_PROMQL_TOKEN_H_
#define TACHO_PARSER_PROMQL_TOKEN_H_

#include <cstdint>
#include <string_view>

#include "parser/ast.h"

namespace tacho::parser {

enum class TokenKind : uint8_t {
  kEnd,
  kError,  // the text cannot be read further; always the last token
  kIdentifier,
  kMetricIdentifier,  // holds a colon
  kNumber,
  kDuration,
  kString,
  kLeftParen,
  kRightParen,
  kLeftBrace,
  kRightBrace,
  kLeftBracket,
  kRightBracket,
  kComma,
  kColon,
  kAssign,  // =
  // Operators.
  kRegexEqual,
  kRegexNotEqual,  // =~ !~
  kNotEqual,       // != in matchers and between expressions
  kAdd,
  kSub,
  kBinary,  // any other binary operator: Token::op says which
  kAt,
  kAggregator,  // Token::op says which
  // Keywords.
  kAtan2,
  kAnd,
  kOr,
  kUnless,
  kBool,
  kBy,
  kWithout,
  kOn,
  kIgnoring,
  kGroupLeft,
  kGroupRight,
  kFill,
  kFillLeft,
  kFillRight,
  kOffset,
  kAnchored,
  kSmoothed,
  kStart,
  kEndKeyword,
  kStep,
  kRange,
  kMinOf,
  kMaxOf,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  Op op = Op::kNone;  // of a binary operator or an aggregation
  uint32_t begin = 0;
  uint32_t end = 0;
};

class TokenSet {
 public:
  template <typename... Kinds>
  explicit constexpr TokenSet(Kinds... kinds)
      : mask_((uint64_t{0} | ... | (uint64_t{1} << static_cast<int>(kinds)))) {}
  constexpr TokenSet operator|(TokenSet other) const { return FromMask(mask_ | other.mask_); }
  constexpr bool Has(TokenKind kind) const { return ((mask_ >> static_cast<int>(kind)) & 1) != 0; }

 private:
  static constexpr TokenSet FromMask(uint64_t mask) {
    TokenSet set;
    set.mask_ = mask;
    return set;
  }
  uint64_t mask_;
};
static_assert(static_cast<int>(TokenKind::kMaxOf) < 64);

inline std::string_view TextOf(std::string_view text, const Token& token) {
  return text.substr(token.begin, token.end - token.begin);
}

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_TOKEN_H_
