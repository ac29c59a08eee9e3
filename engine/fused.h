// FusedAggregate: agg by (...) (f(selector[range])), agg by (...) (selector), and both with a
// comparison to a number, in one pass over the targets: values of all positions of a target
// at once (fused_values.h), added straight into the samples of the result.
//
// Order       Samples come out sorted by labels. Of a range query, all steps of a target are
//             done before the next one's: its rows come from memory once.
// Threads     One evaluation at a time (the plan's lock).
// Cost        Warm: reads two rows of each target, or the window's; allocates the result and
//             nothing per series.
//
// Sums are compensated lane by lane, so they agree with serial ones to the last few
// bits but not in them. Where one is not finite, serial order decides what it is: that
// group is done again, one series at a time.
//
// What it cannot do is left to the general operators: series that only their labels
// __type__ and __unit__ tell apart, start timestamps, delayed name removal.
#ifndef TACHO_ENGINE_FUSED_H_
#define TACHO_ENGINE_FUSED_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/bind.h"
#include "engine/compensated.h"
#include "engine/executor.h"
#include "engine/functions.h"
#include "engine/fused_values.h"
#include "engine/selector.h"
#include "parser/ast.h"

namespace tacho::engine {

// The values of one instant, sorted by labels.
struct InstantVector {
  std::vector<ResultSample> samples;
  Evidence evidence;
  uint64_t samples_read = 0;
};

// A comparison to a number: which values count.
struct Threshold {
  parser::Op op;  // of the value, on its left, to the number
  double number;
};

struct FusedSpec {
  parser::Op op;  // one of those that IsFusedAggregation knows
  std::shared_ptr<const Selector> selector;
  LabelFilter grouping;
  RangeFunction function;  // of no arguments; kLatest for an instant selector
  std::string metric;      // that the selector names
  std::string position;    // of the selector, "line:column"
  std::optional<Threshold> threshold;
};

class FusedAggregate : public Operator {
 public:
  // general: a program that does the same one operator at a time.
  FusedAggregate(FusedSpec spec, Program general);

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                 std::span<Value> args) override;

  // Brings the binding up to date with the store; whether this operator can do it. If not,
  // Evaluate runs the general program.
  bool Bind(const Evaluation& evaluation);
  // At one instant. After Bind has said yes.
  //   kResourceExhausted  more than max_samples
  absl::StatusOr<InstantVector> EvaluateAt(Evaluation& evaluation, int64_t t_ms);

 private:
  // What one target brings to one group: the values that count.
  struct Share {
    std::span<const double> values;
    Timestamp oldest;
    Timestamp newest;
  };
  // Group -> index of its sample.
  using GroupIndex = absl::flat_hash_map<uint32_t, size_t>;
  // A group's labels -> its element of a range query's value.
  using LabelIndex = absl::flat_hash_map<const Labels*, size_t>;

  using Vector = std::vector<ResultSample>;
  // What has been added up of one step.
  struct Instant {
    SelectorTimes times;
    Vector samples;              // by the groups' rank
    std::vector<double> errors;  // of the samples' sums
    Evidence whole;              // a target may have series in several groups: it counts once
    uint64_t samples_read = 0;
  };

  // How many steps are done at a time, so that what is held of them stays small.
  [[nodiscard]] uint32_t StepsAtATime() const;
  [[nodiscard]] std::vector<Instant> Begin(const Evaluation& evaluation, const StepTimes& steps,
                                           uint32_t first, uint32_t count) const;
  InstantVector End(Evaluation& evaluation, Instant instant) const;
  static absl::Status Append(Evaluation& evaluation, const StepTimes& steps, uint32_t step,
                             const InstantVector& vector, LabelIndex* index, Value* out);
  // A sample per group, in order, without values.
  [[nodiscard]] Vector EmptySamples() const;
  absl::Status AddTargets(Evaluation& evaluation, std::span<Instant> instants);
  void AddInstants(size_t index, DenseValues& values, std::span<Instant> instants);
  void Prefetch(size_t next, const DenseValues& values, const Vector& samples) const;
  void AddTarget(const BoundTarget& target, DenseValues& values, Instant* instant);
  bool AddWhole(const BoundTarget& target, const DenseValues& values, Instant* instant);
  void AddSums(const BoundTarget& target, const DenseValues& values, Instant* instant);
  [[nodiscard]] bool Counts(double value) const;
  // `read`: what there is, whether it counts or not.
  Share ShareOf(const BoundShape& shape, const LocalGroup& group, const DenseValues& values,
                Evidence* read);
  Share PresentOf(const BoundShape& shape, const LocalGroup& group, const DenseValues& values,
                  Evidence* read);
  void AddShare(const Share& share, ResultSample* sample, double* error) const;
  // Turns sums into results and drops groups without values; the groups whose sum is not
  // finite.
  GroupIndex Finish(Instant* instant) const;
  [[nodiscard]] double Result(const ResultSample& sample, double error) const;
  // Computes these groups again, serially.
  void Redo(const SelectorTimes& times, const GroupIndex& groups, Vector* samples) const;

  const parser::Op op_;
  const std::shared_ptr<const Selector> selector_;
  const LabelFilter grouping_;
  const RangeFunction function_;
  const std::optional<Threshold> threshold_;
  SelectorBinding binding_;
  const Program general_;
  const std::string metric_;
  const std::string position_;
  std::vector<double> gathered_;
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_FUSED_H_
