// SelectorOperator: the series that a selector selects, one element each: an instant
// selector's newest samples, or a range function over each window. Everything that the
// fused path does not take comes through here, sample by sample.
//
// Order       Sorted by labels.
// Cost        The labels of each series are put together at each evaluation.
#ifndef TACHO_ENGINE_EXECUTOR_SELECTOR_H_
#define TACHO_ENGINE_EXECUTOR_SELECTOR_H_

#include <memory>
#include <span>

#include "engine/bind.h"
#include "engine/executor.h"
#include "engine/functions.h"
#include "engine/selector.h"

namespace tacho::engine {

class SelectorOperator : public Operator {
 public:
  SelectorOperator(std::shared_ptr<const Selector> selector, const RangeFunction& function);

  absl::StatusOr<Value> Evaluate(Evaluation& evaluation, std::span<Value> args) override;

 private:
  const std::shared_ptr<const Selector> selector_;
  const RangeFunction function_;
  const LabelFilter labels_;
  SelectorBinding binding_;
};

// Sorts by labels.
void SortByLabels(Vector* vector);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_EXECUTOR_SELECTOR_H_
