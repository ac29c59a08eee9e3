// AbsentLabels: the labels that absent() gives its answer.
//
// Source      docs/promql.md, section 4.5.
#ifndef TACHO_ENGINE_ABSENT_LABELS_H_
#define TACHO_ENGINE_ABSENT_LABELS_H_

#include "parser/ast.h"
#include "tacho/labels.h"

namespace tacho::engine {

// Of the argument of absent or absent_over_time: what its matchers say the labels would
// have been. Nothing if it is no selector.
Labels AbsentLabels(const parser::Ast& ast, parser::NodeId argument);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_ABSENT_LABELS_H_
