// The operators over evaluated values: literals, signs, arithmetic and comparison with
// scalars, function calls.
//
// Source      docs/promql.md, sections 4.2 and 5.2.
#ifndef TACHO_ENGINE_EXECUTOR_OPERATORS_H_
#define TACHO_ENGINE_EXECUTOR_OPERATORS_H_

#include <memory>
#include <string>

#include "engine/executor.h"
#include "engine/functions.h"
#include "parser/ast.h"

namespace tacho::engine {

std::unique_ptr<Operator> NumberLiteral(double value);
std::unique_ptr<Operator> StringLiteral(std::string value);

// -x.
std::unique_ptr<Operator> Negation();

// scalar op scalar, vector op scalar, scalar op vector; arithmetic or comparison.
std::unique_ptr<Operator> ScalarBinary(parser::Op op, bool return_bool);

// A math, pointwise or call function of the table.
std::unique_ptr<Operator> FunctionCall(const FunctionEntry& function, CallSite site);

// A program in the place of one operator.
std::unique_ptr<Operator> Inline(Program program);

// A program whose value is the same at all steps: evaluated once.
std::unique_ptr<Operator> Invariant(Program program);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_EXECUTOR_OPERATORS_H_
