// The aggregations of any vector.
//
// Order       Groups in order of first sight; topk and bottomk of an instant query: by
//             value inside each group.
// Source      docs/promql.md, section 3.
#ifndef TACHO_ENGINE_EXECUTOR_AGGREGATE_H_
#define TACHO_ENGINE_EXECUTOR_AGGREGATE_H_

#include <memory>
#include <span>
#include <string>

#include "engine/executor.h"
#include "engine/series_labels.h"
#include "parser/ast.h"

namespace tacho::engine {

// What all aggregations need to know.
struct AggregationSpec {
  parser::Op op = parser::Op::kNone;
  LabelFilter grouping = LabelFilter::All(false);
  bool without = false;
  std::string parameter_position;  // "line:column" of the parameter, if it has one
};

// What an aggregation's parameter is over all steps, as Prometheus looks at it: any +Inf is the
// greatest, any -Inf the least, and else any NaN both.
struct ParameterRange {
  bool any_nan = false;
  double least = 0;
  double greatest = 0;
};
ParameterRange RangeOf(std::span<const double> parameters);

// sum avg min max count group stddev stdvar; operand: the vector.
std::unique_ptr<Operator> Aggregation(AggregationSpec spec);

// quantile; operands: the scalar, the vector.
std::unique_ptr<Operator> QuantileAggregation(AggregationSpec spec);

// topk bottomk limitk limit_ratio; operands: the scalar, the vector.
std::unique_ptr<Operator> Selection(AggregationSpec spec);

// count_values; operands: the label's name, the vector.
std::unique_ptr<Operator> CountValues(AggregationSpec spec);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_EXECUTOR_AGGREGATE_H_
