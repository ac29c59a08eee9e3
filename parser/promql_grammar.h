// ParseTokens: the grammar of PromQL. The one door to the one file of the PromQL
// parser that includes Boost.Spirit.
#ifndef TACHO_PARSER_PROMQL_GRAMMAR_H_
#define TACHO_PARSER_PROMQL_GRAMMAR_H_

#include <vector>

#include "parser/promql_builder.h"
#include "parser/promql_token.h"

namespace tacho::parser {

// Reads all tokens, the last of which is kEnd or kError, into the builder. True: the
// Ast is whole. False: the builder holds the first error.
bool ParseTokens(const std::vector<Token>& tokens, Builder* builder);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_GRAMMAR_H_
