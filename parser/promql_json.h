// PromqlJson: an expression's tree as Prometheus' /api/v1/parse_query gives it.
//
// Source      Prometheus 3.14's HTTP API: node types and their fields, keys sorted.
// Threads     A pure function.
// Cost        Linear in the tree; no recursion.
#ifndef TACHO_PARSER_PROMQL_JSON_H_
#define TACHO_PARSER_PROMQL_JSON_H_

#include <string>

#include "parser/ast.h"

namespace tacho::parser {

[[nodiscard]] std::string PromqlJson(const Ast& ast);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_JSON_H_
