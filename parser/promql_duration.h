// Duration expressions, such as rate(x[2 * step()]): what they come to.
//
// Source      Prometheus 3.14: seconds in doubles, at the end cut to milliseconds.
// Units       Results are nanoseconds, whole milliseconds.
// Threads     Pure functions of an immutable tree.
// Cost        One visit per node of the expression; no recursion.
#ifndef TACHO_PARSER_PROMQL_DURATION_H_
#define TACHO_PARSER_PROMQL_DURATION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "parser/ast.h"

namespace tacho::parser {

// What the functions stand for in a duration. An instant query has zeros.
struct DurationEnvironment {
  int64_t step_ms = 0;   // step()
  int64_t range_ms = 0;  // range(): from the query's start to its end
};

// The value of the duration expression whose root is `id`. Of an offset it may be
// negative, of a range and of a step it may not.
//   kInvalidArgument    "begin:end: why", in bytes of the text: division or modulo by
//                       zero, not finite, out of range, not positive
absl::StatusOr<int64_t> EvaluateDuration(const Ast& ast, NodeId id,
                                         const DurationEnvironment& environment, bool is_offset);

// Whether it holds step() or range(), so that its value is known only with the query's
// times.
bool DependsOnTimes(const Ast& ast, NodeId id);

// Fills in range_ns, step_ns and offset_ns from the expressions that are constant and
// have a value. ParsePromql has done it; whoever will evaluate the tree does it again
// for the status: as in Prometheus, x[1m - 1m] parses and cannot be evaluated.
//   kInvalidArgument    as above, of the first one without a value
absl::Status FoldDurations(Ast* ast);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_DURATION_H_
