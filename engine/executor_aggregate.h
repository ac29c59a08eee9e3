// The aggregations of any vector.
//
// Order       Groups in order of first sight; topk and bottomk of an instant query: by
//             value inside each group.
// Source      docs/promql.md, section 3.
#ifndef TACHO_ENGINE_EXECUTOR_AGGREGATE_H_
#define TACHO_ENGINE_EXECUTOR_AGGREGATE_H_

#include <memory>
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
