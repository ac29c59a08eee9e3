// The operators over evaluated vectors and scalars: literals, arithmetic, comparison,
// aggregation, functions.
//
// Source      docs/promql.md, sections 3, 4.2 and 5.2.
#ifndef TACHO_ENGINE_EXECUTOR_OPERATORS_H_
#define TACHO_ENGINE_EXECUTOR_OPERATORS_H_

#include <memory>
#include <string>

#include "engine/executor.h"
#include "engine/functions.h"
#include "engine/series_labels.h"
#include "parser/ast.h"

namespace tacho::engine {

std::unique_ptr<Operator> NumberLiteral(double value);
std::unique_ptr<Operator> StringLiteral(std::string value);

// -x.
std::unique_ptr<Operator> Negation();

// scalar op scalar, vector op scalar, scalar op vector; arithmetic or comparison.
std::unique_ptr<Operator> ScalarBinary(parser::Op op, bool return_bool);

// An aggregation of any vector, serially.
std::unique_ptr<Operator> Aggregation(parser::Op op, LabelFilter grouping);

// A math or call function of the table.
std::unique_ptr<Operator> FunctionCall(const FunctionEntry& function);

// Removes what says which metric it is from all elements.
//   kInvalidArgument    that leaves two elements with the same labels
absl::Status DropNames(Evaluation& evaluation, Vector* vector);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_EXECUTOR_OPERATORS_H_
