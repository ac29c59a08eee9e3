// Element names: removing what says which metric an element is, and what happens to
// elements that cannot be told apart then.
//
// Source      docs/promql.md, section 4.2.
#ifndef TACHO_ENGINE_ELEMENT_NAMES_H_
#define TACHO_ENGINE_ELEMENT_NAMES_H_

#include "absl/status/status.h"
#include "engine/executor.h"
#include "engine/value.h"

namespace tacho::engine {

// Prometheus' error for elements with equal labels.
absl::Status SameLabelsetError();

// Makes elements with equal labels one, with the cells of both.
//   kInvalidArgument    both have a value at one step
absl::Status MergeEqual(const StepTimes& steps, Value* value);

// The same; the first of them in time, not in order, says whether the name goes at the end.
absl::Status MergeInTime(const StepTimes& steps, Value* value);

//   kInvalidArgument    two elements have the same labels
absl::Status CheckUnique(const Value& value);

// The labels without those that say which metric it is.
ElementLabels WithoutNames(Evaluation& evaluation, const ElementLabels& labels);

// Removes what says which metric it is from all elements; with delayed name removal, only
// marks them.
//   kInvalidArgument    two elements have the same labels then, and values at one step
absl::Status DropNames(Evaluation& evaluation, const StepTimes& steps, Value* value);

// Removes the names of the elements that are marked, at the end of a query.
absl::Status DropMarkedNames(Evaluation& evaluation, const StepTimes& steps, Value* value);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_ELEMENT_NAMES_H_
