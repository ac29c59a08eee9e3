#include "engine/element_labels.h"

#include <string>
#include <utility>
#include <vector>

namespace tacho::engine {
namespace {

// Visits the series' labels in order of their names: three sorted lists, merged. What the
// body says goes before what the target adds, also where it says "".
class Merge {
 public:
  explicit Merge(const LazyLabels& lazy)
      : lazy_(lazy),
        pair_(lazy.identity->labels->pairs.begin()),
        pairs_end_(lazy.identity->labels->pairs.end()),
        label_(lazy.target->begin()),
        labels_end_(lazy.target->end()) {}

  template <typename Visit>
  void Run(Visit visit) {
    bool named = lazy_.nameless;  // whether the name is done with
    while (pair_ != pairs_end_ || label_ != labels_end_) {
      const bool from_body =
          label_ == labels_end_ || (pair_ != pairs_end_ && pair_->name->text <= label_->name);
      const std::string& name = from_body ? pair_->name->text : label_->name;
      const std::string& value = from_body ? pair_->value->text : label_->value;
      if (!from_body) {
        ++label_;
      } else {
        if (label_ != labels_end_ && label_->name == name) ++label_;
        ++pair_;
      }
      if (!named && name.compare(kMetricNameLabel) >= 0) {
        visit(kMetricNameLabel, std::string_view(lazy_.identity->metric->text));
        named = true;
      }
      if (value.empty() || (lazy_.nameless && NamesTheMetric(name))) continue;
      visit(std::string_view(name), std::string_view(value));
    }
    if (!named) visit(kMetricNameLabel, std::string_view(lazy_.identity->metric->text));
  }

 private:
  const LazyLabels& lazy_;
  std::vector<storage::LabelPair>::const_iterator pair_;
  const std::vector<storage::LabelPair>::const_iterator pairs_end_;
  std::vector<Label>::const_iterator label_;
  const std::vector<Label>::const_iterator labels_end_;
};

}  // namespace

const Labels* ElementLabels::get() const {
  if (lazy_ == nullptr) return made_;
  if (lazy_->made == nullptr) {
    std::vector<Label> labels;
    labels.reserve(lazy_->identity->labels->pairs.size() + lazy_->target->size() + 1);
    ForEach([&](std::string_view name, std::string_view value) {
      labels.push_back({std::string(name), std::string(value)});
    });
    lazy_->made = &lazy_->owner->emplace_back(Labels::FromUnsorted(std::move(labels)));
  }
  return lazy_->made;
}

std::string_view ElementLabels::Get(std::string_view name) const {
  if (lazy_ == nullptr) return made_->Get(name);
  if (lazy_->nameless && NamesTheMetric(name)) return {};
  if (name == kMetricNameLabel) return lazy_->identity->metric->text;
  const storage::LabelPair* pair = lazy_->identity->labels->Find(name);
  return pair != nullptr ? std::string_view(pair->value->text) : lazy_->target->Get(name);
}

void ElementLabels::ForEach(
    absl::FunctionRef<void(std::string_view, std::string_view)> visit) const {
  if (lazy_ != nullptr) return Merge(*lazy_).Run(visit);
  for (const Label& label : *made_) visit(label.name, label.value);
}

Labels Filtered(const ElementLabels& labels, const LabelFilter& filter) {
  std::vector<Label> kept;
  labels.ForEach([&](std::string_view name, std::string_view value) {
    if (filter.Keeps(name)) kept.push_back({std::string(name), std::string(value)});
  });
  return Labels::FromUnsorted(std::move(kept));
}

}  // namespace tacho::engine
