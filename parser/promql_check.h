// CheckTypes: the rules of PromQL beyond its grammar: types of operands and arguments,
// how many there are, and what a selector must hold.
//
// Source      Prometheus 3.x, checkAST. The order of checks is part of the contract: of
//             several errors the first is shown.
// Cost        One visit per node, with a stack of its own.
#ifndef TACHO_PARSER_PROMQL_CHECK_H_
#define TACHO_PARSER_PROMQL_CHECK_H_

#include <optional>

#include "parser/ast.h"
#include "parser/promql_error.h"

namespace tacho::parser {

// The first error. Where one operand is a scalar, drops the vector matching that was
// allowed to stand there, such as in 1 + on() x.
std::optional<ParseError> CheckTypes(Ast* ast);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_CHECK_H_
