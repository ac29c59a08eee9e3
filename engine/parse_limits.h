// What the parser may take, out of a database's options.
//
// Threads     A pure function.
#ifndef TACHO_ENGINE_PARSE_LIMITS_H_
#define TACHO_ENGINE_PARSE_LIMITS_H_

#include "parser/promql.h"
#include "tacho/options.h"

namespace tacho::engine {

inline parser::ParseLimits ParseLimitsOf(const Options& options) {
  const QueryLimits& limits = options.query;
  return {limits.max_query_bytes, limits.max_depth, limits.max_nodes, options.promql};
}

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_PARSE_LIMITS_H_
