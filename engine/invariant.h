// FindInvariant: which parts of an expression have the same value at all steps of a range
// query: those whose selectors are all pinned by @.
//
// Source      docs/promql.md, section 2.1.
#ifndef TACHO_ENGINE_INVARIANT_H_
#define TACHO_ENGINE_INVARIANT_H_

#include <vector>

#include "parser/ast.h"

namespace tacho::engine {

// By node; only true where evaluating once is worth it, that is, where a selector is.
std::vector<bool> FindInvariant(const parser::Ast& ast);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_INVARIANT_H_
