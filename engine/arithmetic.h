// Arithmetic: PromQL's binary operators on two numbers.
//
// Threads     Pure functions.
// Source      Prometheus 3.x; docs/promql.md, section 5.2.
#ifndef TACHO_ENGINE_ARITHMETIC_H_
#define TACHO_ENGINE_ARITHMETIC_H_

#include <cmath>

#include "parser/ast.h"

namespace tacho::engine {

inline double Compute(parser::Op op, double a, double b) {
  using parser::Op;
  switch (op) {
    case Op::kAdd:
      return a + b;
    case Op::kSub:
      return a - b;
    case Op::kMul:
      return a * b;
    case Op::kDiv:
      return a / b;
    case Op::kMod:
      return std::fmod(a, b);
    case Op::kPow:
      return std::pow(a, b);
    default:
      return std::atan2(a, b);
  }
}

inline bool Compare(parser::Op op, double a, double b) {
  using parser::Op;
  switch (op) {
    case Op::kEql:
      return a == b;
    case Op::kNeq:
      return a != b;
    case Op::kLss:
      return a < b;
    case Op::kLte:
      return a <= b;
    case Op::kGtr:
      return a > b;
    default:
      return a >= b;
  }
}

// Arithmetic, or 1 and 0 for a comparison.
inline double Apply(parser::Op op, double a, double b) {
  return parser::IsComparison(op) ? (Compare(op, a, b) ? 1 : 0) : Compute(op, a, b);
}

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_ARITHMETIC_H_
