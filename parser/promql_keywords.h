// FindKeyword: what a word means in PromQL, in whatever case it is written. Most
// keywords may name a metric or a label all the same: the grammar decides that.
//
// Source      Prometheus 3.14, promql/parser/lex.go. Functions are no keywords.
// Cost        A binary search in a table of 39 words; no allocation.
#ifndef TACHO_PARSER_PROMQL_KEYWORDS_H_
#define TACHO_PARSER_PROMQL_KEYWORDS_H_

#include <string_view>

#include "parser/promql_token.h"

namespace tacho::parser {

struct Keyword {
  std::string_view word;  // in lower case
  TokenKind kind = TokenKind::kIdentifier;
  Op op = Op::kNone;
};

// nullptr: an ordinary name.
const Keyword* FindKeyword(std::string_view word);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_KEYWORDS_H_
