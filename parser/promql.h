// ParsePromql: text to a checked Ast. One ordinary function in front of a
// Boost.Spirit X3 grammar that no other file sees.
//
// Source      Prometheus 3.x's grammar; contracts in docs/promql.md.
// Cost        Linear in the text, apart from the compilation of regexes that are not
//             plain alternations.
// Limits      ParseLimits. Depth is checked before the grammar runs, so no input
//             drives its recursion further than max_depth. A flat chain (a+b+c...) does
//             not count as nesting but makes a deep tree: walk an Ast by index or with
//             a stack of your own, not by recursion.
#ifndef TACHO_PARSER_PROMQL_H_
#define TACHO_PARSER_PROMQL_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "parser/ast.h"
#include "tacho/options.h"

namespace tacho::parser {

struct ParseLimits {
  size_t max_bytes = 8192;
  uint32_t max_depth = 100;
  uint32_t max_nodes = 10'000;
  PromqlFeatures features = {};
};

//   kInvalidArgument    "line:column: parse error: what is wrong", Prometheus' text
//                       where it has one; syntax first, then types and arities
//   kResourceExhausted  a ParseLimits bound; the message names it
absl::StatusOr<Ast> ParsePromql(std::string_view text, const ParseLimits& limits = {});

// The expression as Prometheus prints one. Parsing it again gives an equal tree.
std::string PrintPromql(const Ast& ast);

// The same over several lines, each call, parenthesis and operator that needs more than
// 100 bytes being broken up: as Prometheus' Pretty does and promtool promql format shows.
std::string PrettyPromql(const Ast& ast);

// Same tree, spans and spelling aside.
bool SameExpression(const Ast& a, const Ast& b);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_H_
