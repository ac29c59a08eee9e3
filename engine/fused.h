// FusedAggregate: agg by (...) (f(selector[range])), and agg by (...) (selector), in one
// pass over the targets: values of all positions of a target at once (fused_values.h),
// added straight into the samples of the result.
//
// Order       Samples come out sorted by labels.
// Threads     One evaluation at a time (the plan's lock).
// Cost        Warm: reads two rows of each target; allocates the result and nothing per
//             series.
//
// Sums are compensated lane by lane, so they agree with serial ones to the last few
// bits but not in them. Where one is not finite, serial order decides what it is: that
// group is done again, one series at a time.
#ifndef TACHO_ENGINE_FUSED_H_
#define TACHO_ENGINE_FUSED_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/bind.h"
#include "engine/compensated.h"
#include "engine/executor.h"
#include "engine/executor_selector.h"
#include "engine/functions.h"
#include "engine/fused_values.h"
#include "engine/selector.h"
#include "parser/ast.h"

namespace tacho::engine {

class FusedAggregate : public Operator {
 public:
  // op: one of those that IsSupportedAggregation knows.
  FusedAggregate(parser::Op op, std::shared_ptr<const Selector> selector,
                 const LabelFilter& grouping, const RangeFunction& function);

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, std::span<Value> args) override;

 private:
  // What one target brings to one group.
  struct Share {
    std::span<const double> values;
    Timestamp oldest;
    Timestamp newest;
  };
  // Group -> index of its sample.
  using GroupIndex = absl::flat_hash_map<uint32_t, size_t>;

  // The same by the general operators.
  absl::StatusOr<Value> EvaluateGenerally(Evaluation& evaluation);
  // A sample per group, in order, without values.
  [[nodiscard]] Vector EmptySamples() const;
  void AddTargets(DenseValues& values, Vector* samples);
  void AddTarget(const BoundTarget& target, DenseValues& values, Vector* samples);
  bool AddWhole(const BoundTarget& target, const DenseValues& values, Vector* samples);
  void AddSums(const BoundTarget& target, const DenseValues& values, Vector* samples);
  Share ShareOf(const BoundShape& shape, const LocalGroup& group, const DenseValues& values);
  Share PresentOf(const BoundShape& shape, const LocalGroup& group, const DenseValues& values);
  void AddShare(const Share& share, ResultSample* sample, double* error) const;
  // Turns sums into results and drops groups without values; the groups whose sum is not
  // finite.
  GroupIndex Finish(Vector* samples, Evidence* whole) const;
  [[nodiscard]] double Result(const ResultSample& sample, double error) const;
  // Computes these groups again, serially.
  void Redo(const SelectorTimes& times, const GroupIndex& groups, Vector* samples) const;

  const parser::Op op_;
  const std::shared_ptr<const Selector> selector_;
  const LabelFilter grouping_;
  const RangeFunction function_;
  SelectorBinding binding_;
  std::unique_ptr<SelectorOperator> general_series_;  // made when first needed
  std::unique_ptr<Operator> general_aggregation_;
  std::vector<double> errors_;  // of the samples' sums
  std::vector<double> gathered_;
  uint32_t targets_with_value_ = 0;
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_FUSED_H_
