#include "adapter/core/metric_rewriter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {

bool MetricRewriter::Rewrite(Labels* series) const {
  if (!rules_.empty()) {
    LabelBuilder labels(*series);
    if (!Relabel(rules_, &labels)) return false;
    *series = std::move(labels).Take();
  }
  return filter_ == nullptr || filter_->Keeps(series->Get(kMetricNameLabel));
}

std::string MetricRewriter::KeyOf(const Labels& target) const {
  std::string key;
  for (const Label& label : target) {
    const bool touched = std::ranges::any_of(
        rules_, [&label](const RelabelRule& rule) { return rule.MayTouch(label.name); });
    if (touched) absl::StrAppend(&key, label.name, "=", label.value.size(), ":", label.value, " ");
  }
  return key;
}

std::shared_ptr<const LabelRewriter> MakeMetricRewriter(
    const RelabelRules& rules, std::shared_ptr<const MetricFilter> filter) {
  if (rules.empty() && filter == nullptr) return nullptr;
  return std::make_shared<const MetricRewriter>(rules, std::move(filter));
}

}  // namespace tacho::adapter
