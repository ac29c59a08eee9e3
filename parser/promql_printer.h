// PrintSpans: a printed expression, and where in it each node stands.
//
// Units       Spans are byte offsets into the printed text, not into the Ast's.
// Cost        Linear in the tree; no recursion.
#ifndef TACHO_PARSER_PROMQL_PRINTER_H_
#define TACHO_PARSER_PROMQL_PRINTER_H_

#include <string>
#include <vector>

#include "parser/ast.h"

namespace tacho::parser {

struct PrintedPromql {
  std::string text;
  // By NodeId, into text. Empty for the selector of a range, which is printed with it.
  std::vector<Span> spans;
};

PrintedPromql PrintSpans(const Ast& ast);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_PRINTER_H_
