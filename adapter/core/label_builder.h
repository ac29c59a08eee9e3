// LabelBuilder: a set of labels that is being changed. A label set to an empty value is
// gone, as everywhere in Prometheus.
//
// Order       None; Take sorts.
// Threads     One at a time.
// Cost        A search is a walk: sets have a dozen labels.
#ifndef TACHO_ADAPTER_CORE_LABEL_BUILDER_H_
#define TACHO_ADAPTER_CORE_LABEL_BUILDER_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tacho/labels.h"

namespace tacho::adapter {

class LabelBuilder {
 public:
  LabelBuilder() = default;
  explicit LabelBuilder(const Labels& labels) : labels_(labels.begin(), labels.end()) {}

  // The label's value; empty if there is none. Valid until the next change.
  [[nodiscard]] std::string_view Get(std::string_view name) const {
    const auto it = std::ranges::find(labels_, name, &Label::name);
    return it == labels_.end() ? std::string_view() : it->value;
  }
  void Set(std::string_view name, std::string value) {
    if (value.empty()) return Delete(name);
    const auto it = std::ranges::find(labels_, name, &Label::name);
    if (it == labels_.end()) {
      labels_.push_back({std::string(name), std::move(value)});
    } else {
      it->value = std::move(value);
    }
  }
  // Sets it only if there is none.
  void Default(std::string_view name, const std::string& value) {
    if (Get(name).empty()) Set(name, value);
  }
  void Delete(std::string_view name) {
    std::erase_if(labels_, [name](const Label& label) { return label.name == name; });
  }
  template <typename Predicate>
  void DeleteIf(Predicate predicate) {
    std::erase_if(labels_, [&](const Label& label) { return predicate(label.name); });
  }

  [[nodiscard]] const std::vector<Label>& labels() const { return labels_; }
  [[nodiscard]] Labels Take() && { return Labels::FromUnsorted(std::move(labels_)); }

 private:
  std::vector<Label> labels_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_LABEL_BUILDER_H_
