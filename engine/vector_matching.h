// Vector matching: binary operators between two vectors: which elements of the two sides
// belong together, and what labels their result has. Set operators too.
//
// Order       Of the many side; of `or`, left then right.
// Errors      Prometheus' texts: kInvalidArgument.
// Source      docs/promql.md, section 5.3.
#ifndef TACHO_ENGINE_VECTOR_MATCHING_H_
#define TACHO_ENGINE_VECTOR_MATCHING_H_

#include <memory>

#include "engine/executor.h"
#include "parser/ast.h"

namespace tacho::engine {

// Arithmetic and comparison.
std::unique_ptr<Operator> VectorBinary(parser::Op op, bool return_bool,
                                       const parser::VectorMatching& matching);

// and, or, unless.
std::unique_ptr<Operator> SetOperation(parser::Op op, const parser::VectorMatching& matching);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_VECTOR_MATCHING_H_
