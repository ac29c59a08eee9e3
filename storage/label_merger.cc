#include "storage/label_merger.h"

#include <algorithm>
#include <utility>

namespace tacho::storage {
namespace {

constexpr auto kByName = [](const TextLabel& label) { return label.first; };

}  // namespace

std::string_view LabelMerger::FreeName(std::string_view name) {
  std::string free_name(name);
  do {
    free_name.insert(0, "exported_");
  } while (target_.Has(free_name) ||
           std::ranges::find(merged_, std::string_view(free_name), kByName) != merged_.end());
  renamed_.push_back(std::make_unique<const std::string>(std::move(free_name)));
  return *renamed_.back();
}

std::span<const TextLabel> LabelMerger::Merge(std::span<const TextLabel> body) {
  merged_.clear();
  conflicts_.clear();
  renamed_.clear();
  for (const TextLabel& label : body) {
    const bool conflict = target_.Has(label.first);
    if (label.second.empty() && !(conflict && honor_labels_)) continue;
    (conflict && !honor_labels_ ? conflicts_ : merged_).push_back(label);
  }
  if (conflicts_.size() > 1) {
    std::ranges::sort(conflicts_, {}, [](const TextLabel& label) {
      return std::pair(label.first.size(), label.first);
    });
  }
  for (const auto& [name, value] : conflicts_) merged_.emplace_back(FreeName(name), value);
  if (!std::ranges::is_sorted(merged_, {}, kByName)) std::ranges::sort(merged_, {}, kByName);
  return merged_;
}

size_t LabelMerger::CountAll(std::span<const TextLabel> merged) const {
  size_t count = target_.size() + 1;
  for (const auto& [name, value] : merged) {
    if (!value.empty()) ++count;
    if (target_.Has(name)) --count;
  }
  return count;
}

}  // namespace tacho::storage
