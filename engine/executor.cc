#include "engine/executor.h"

#include <iterator>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "engine/series_labels.h"

namespace tacho::engine {

const Labels* Evaluation::Own(Labels labels) {
  if (owned_ == nullptr) {
    owned_ = std::make_shared<std::deque<Labels>>();
    Keep(owned_);
  }
  return &owned_->emplace_back(std::move(labels));
}

std::shared_ptr<const void> Evaluation::TakeKeepers() {
  if (keepers_.empty()) return nullptr;
  if (keepers_.size() == 1) return std::move(keepers_.front());
  return std::make_shared<std::vector<std::shared_ptr<const void>>>(std::move(keepers_));
}

absl::Status Evaluation::Touch(uint64_t samples) {
  touched_ += samples;
  if (touched_ <= limits_.max_samples) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the query reads more than ", limits_.max_samples,
                   " samples: narrow its selectors or its ranges, aggregate rates directly, or "
                   "raise QueryLimits::max_samples"));
}

absl::StatusOr<Value> Run(std::span<const Step> steps, Evaluation& evaluation) {
  std::vector<Value> stack;
  for (const Step& step : steps) {
    const auto args = std::span(stack).last(step.operands);
    absl::StatusOr<Value> value = step.op->Evaluate(evaluation, args);
    if (!value.ok()) return value.status();
    stack.resize(stack.size() - step.operands);
    stack.push_back(*std::move(value));
  }
  return std::move(stack.back());
}

absl::Status CheckUnique(const Vector& vector) {
  absl::flat_hash_set<const Labels*, LabelsHash, LabelsEq> seen;
  seen.reserve(vector.size());
  for (const ResultSample& sample : vector) {
    if (!seen.insert(&sample.labels()).second) {
      return absl::InvalidArgumentError("vector cannot contain metrics with the same labelset");
    }
  }
  return absl::OkStatus();
}

}  // namespace tacho::engine
