#include "engine/bind_groups.h"

#include <algorithm>
#include <utility>

namespace tacho::engine {

uint32_t GroupTable::Acquire(Labels labels) {
  changed_ = true;
  const auto known = by_labels_.find(&labels);
  if (known != by_labels_.end()) {
    ++uses_[known->second];
    return known->second;
  }
  auto group = static_cast<uint32_t>(labels_.size());
  if (free_.empty()) {
    labels_.emplace_back();
    uses_.push_back(0);
  } else {
    group = free_.back();
    free_.pop_back();
  }
  labels_[group] = std::make_shared<const Labels>(std::move(labels));
  uses_[group] = 1;
  by_labels_.emplace(labels_[group].get(), group);
  fresh_.push_back({labels_[group].get(), group, 1});
  return group;
}

void GroupTable::Settle() {
  if (!changed_) return;
  changed_ = false;
  if (ForgetUnused() || !fresh_.empty()) {
    PlaceFresh();
    block_ = std::make_shared<LabelsBlock>(labels_);
  }
  for (Ordered& entry : ordered_) entry.uses = uses_[entry.group];
}

bool GroupTable::ForgetUnused() {
  const size_t free_before = free_.size();
  const auto unused = [this](const Ordered& entry) {
    if (uses_[entry.group] != 0) return false;
    by_labels_.erase(entry.labels);
    labels_[entry.group].reset();
    free_.push_back(entry.group);
    return true;
  };
  std::erase_if(ordered_, unused);
  std::erase_if(fresh_, unused);
  return free_.size() != free_before;
}

void GroupTable::PlaceFresh() {
  const auto before = [](const Ordered& a, const Ordered& b) { return *a.labels < *b.labels; };
  std::ranges::sort(fresh_, before);
  // Finding each place by bisection and copying numbers costs less than comparing
  // label sets all along, as a merge would.
  std::vector<Ordered> merged;
  merged.reserve(ordered_.size() + fresh_.size());
  auto from = ordered_.begin();
  for (const Ordered& entry : fresh_) {
    const auto to = std::ranges::upper_bound(from, ordered_.end(), entry, before);
    merged.insert(merged.end(), from, to);
    merged.push_back(entry);
    from = to;
  }
  merged.insert(merged.end(), from, ordered_.end());
  ordered_ = std::move(merged);
  fresh_.clear();
  ranks_.resize(labels_.size());
  for (uint32_t rank = 0; rank < ordered_.size(); ++rank) ranks_[ordered_[rank].group] = rank;
}

}  // namespace tacho::engine
