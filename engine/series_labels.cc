#include "engine/series_labels.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"

namespace tacho::engine {

bool NamesTheMetric(std::string_view label) {
  return label == kMetricNameLabel || label == "__type__" || label == "__unit__";
}

LabelFilter::LabelFilter(std::vector<std::string> names, bool keep_listed, bool drop_name)
    : names_(std::move(names)), keep_listed_(keep_listed), drop_name_(drop_name) {
  std::ranges::sort(names_);
}

LabelFilter LabelFilter::All(bool drop_name) { return {{}, /*keep_listed=*/false, drop_name}; }

LabelFilter LabelFilter::By(std::vector<std::string> names, bool drop_name) {
  return {std::move(names), /*keep_listed=*/true, drop_name};
}

LabelFilter LabelFilter::AllBut(std::vector<std::string> names) {
  return {std::move(names), /*keep_listed=*/false, /*drop_name=*/false};
}

LabelFilter LabelFilter::Without(std::vector<std::string> names, bool drop_name) {
  names.emplace_back(kMetricNameLabel);
  return {std::move(names), /*keep_listed=*/false, drop_name};
}

bool LabelFilter::Keeps(std::string_view name) const {
  if (drop_name_ && NamesTheMetric(name)) return false;
  return std::ranges::binary_search(names_, name) == keep_listed_;
}

Labels SeriesLabels(const storage::Identity& identity, const Labels& target,
                    const LabelFilter& filter) {
  std::vector<Label> labels;
  labels.reserve(filter.MostKept(identity.labels->pairs.size() + target.size() + 1));
  if (filter.Keeps(kMetricNameLabel)) {
    labels.push_back({std::string(kMetricNameLabel), identity.metric->text});
  }
  for (const storage::LabelPair& pair : identity.labels->pairs) {
    if (filter.Keeps(pair.name->text)) labels.push_back({pair.name->text, pair.value->text});
  }
  for (const Label& label : target) {
    if (filter.Keeps(label.name) && identity.labels->Find(label.name) == nullptr) {
      labels.push_back(label);
    }
  }
  return Labels::FromUnsorted(std::move(labels));
}

Labels Filtered(const Labels& labels, const LabelFilter& filter) {
  std::vector<Label> kept;
  for (const Label& label : labels) {
    if (filter.Keeps(label.name)) kept.push_back(label);
  }
  return Labels::FromUnsorted(std::move(kept));
}

size_t LabelsHash::operator()(const Labels& labels) const {
  size_t hash = labels.size();
  for (const Label& label : labels) hash = absl::HashOf(hash, label.name, label.value);
  return hash;
}

}  // namespace tacho::engine
