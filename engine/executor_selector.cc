#include "engine/executor_selector.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/series_reader.h"

namespace tacho::engine {

SelectorOperator::SelectorOperator(std::shared_ptr<const Selector> selector,
                                   const RangeFunction& function)
    : selector_(std::move(selector)),
      function_(function),
      labels_(LabelFilter::All(/*drop_name=*/!function.keeps_name)),
      binding_(selector_.get(), labels_, /*grouped=*/false) {}

absl::StatusOr<Value> SelectorOperator::Evaluate(Evaluation& evaluation, std::span<Value>) {
  binding_.Update(evaluation.store());
  Value out;
  SeriesReader reader(function_, selector_->At(evaluation.time()));
  uint64_t counted = 0;
  uint32_t contributing = 0;
  for (const BoundTarget& target : binding_.targets()) {
    const size_t before = out.vector.size();
    for (const uint32_t position : target.shape->positions) {
      const std::optional<SeriesPoint> point = reader.Read(*target.history, position);
      if (!point.has_value()) continue;
      const Labels* labels = evaluation.Own(
          SeriesLabels((*target.shape->shape)[position], target.target->labels(), labels_));
      const Evidence evidence{Timestamp::FromUnixMillis(point->oldest_ms),
                              Timestamp::FromUnixMillis(point->newest_ms), 1, 1, 1};
      out.vector.emplace_back(labels, point->value, evidence);
      out.evidence.Merge(evidence);
    }
    if (out.vector.size() > before) ++contributing;
    const absl::Status status = evaluation.Touch(reader.touched() - counted);
    if (!status.ok()) return status;
    counted = reader.touched();
  }
  out.evidence.targets = contributing;
  out.evidence.targets_selected = static_cast<uint32_t>(binding_.targets().size());
  SortByLabels(&out.vector);
  if (const absl::Status status = CheckUnique(out.vector); !status.ok()) return status;
  return out;
}

void SortByLabels(Vector* vector) {
  std::ranges::sort(*vector, {}, [](const ResultSample& s) -> const Labels& { return s.labels(); });
}

}  // namespace tacho::engine
