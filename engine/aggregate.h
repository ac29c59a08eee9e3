// Aggregation of the values of one group, one at a time: the plain way, in the order of
// operations of the specification.
//
// Source      docs/promql.md, section 3, 3.3 to 3.5.
#ifndef TACHO_ENGINE_AGGREGATE_H_
#define TACHO_ENGINE_AGGREGATE_H_

#include <cstdint>

#include "engine/compensated.h"
#include "parser/ast.h"

namespace tacho::engine {

// sum avg min max count group: what the fused operator can do.
bool IsFusedAggregation(parser::Op op);

// The smaller (kMin) or greater (kMax) of two; a NaN only if both are.
double Extreme(parser::Op op, double current, double value);

class SerialAggregate {
 public:
  explicit SerialAggregate(parser::Op op) : op_(op) {}

  void Add(double value);
  [[nodiscard]] bool empty() const { return count_ == 0; }
  // After at least one Add.
  [[nodiscard]] double Result() const;

 private:
  void AddToMean(double value);
  void AddToVariance(double value);

  parser::Op op_;
  uint64_t count_ = 0;
  CompensatedSum sum_;        // kSum; kAvg: of values, or the mean if incremental_
  bool incremental_ = false;  // kAvg: the sum would have been infinite
  double extreme_ = 0;        // kMin, kMax; kStddev, kStdvar: the mean
  double squares_ = 0;        // kStddev, kStdvar: of the distances from it
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_AGGREGATE_H_
