#include "storage/target_index.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace tacho::storage {
namespace {

void Insert(std::vector<uint32_t>& slots, uint32_t slot) {
  const auto it = std::ranges::lower_bound(slots, slot);
  if (it == slots.end() || *it != slot) slots.insert(it, slot);
}

void Erase(std::vector<uint32_t>& slots, uint32_t slot) {
  const auto it = std::ranges::lower_bound(slots, slot);
  if (it != slots.end() && *it == slot) slots.erase(it);
}

template <typename Map>
void EraseFrom(Map& map, const std::string& key, uint32_t slot) {
  const auto it = map.find(key);
  if (it == map.end()) return;
  Erase(it->second, slot);
  if (it->second.empty()) map.erase(it);
}

void SortUnique(std::vector<uint32_t>& slots) {
  std::ranges::sort(slots);
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
}

}  // namespace

void TargetIndex::Log(uint32_t slot) {
  log_.push_back(slot);
  if (log_.size() > kLogSize) log_.pop_front();
  version_.fetch_add(1, std::memory_order_seq_cst);
}

void TargetIndex::Add(uint32_t slot, const Labels& labels) {
  MutexLock lock(mutex_);
  Insert(all_, slot);
  for (const Label& label : labels) Insert(by_label_[label.name][label.value], slot);
  Log(slot);
}

void TargetIndex::Remove(uint32_t slot, const Labels& labels) {
  MutexLock lock(mutex_);
  Erase(all_, slot);
  for (const Label& label : labels) {
    const auto it = by_label_.find(label.name);
    if (it == by_label_.end()) continue;
    EraseFrom(it->second, label.value, slot);
    if (it->second.empty()) by_label_.erase(it);
  }
  Log(slot);
}

void TargetIndex::ShapeChanged(uint32_t slot, const Shape& from, const Shape& to) {
  MutexLock lock(mutex_);
  for (const Symbol* name : from.label_names()) {
    if (!to.UsesLabel(name->text)) EraseFrom(by_body_label_, name->text, slot);
  }
  for (const Symbol* name : to.label_names()) {
    if (!from.UsesLabel(name->text)) Insert(by_body_label_[name->text], slot);
  }
  Log(slot);
}

bool TargetIndex::ChangesSince(uint64_t since, std::vector<uint32_t>* slots) const {
  slots->clear();
  MutexLock lock(mutex_);
  const uint64_t behind = version_.load(std::memory_order_relaxed) - since;
  if (behind > log_.size()) return false;
  slots->assign(log_.end() - static_cast<std::ptrdiff_t>(behind), log_.end());
  SortUnique(*slots);
  return true;
}

bool TargetIndex::Narrow(const LabelMatcher& matcher, Slots* slots) const {
  // A matcher that also takes series without the label says nothing about targets.
  if (matcher.values() == nullptr || matcher.MatchesEmpty()) return false;
  if (matcher.label() == kMetricNameLabel) return false;
  slots->clear();
  if (const auto by_name = by_label_.find(matcher.label()); by_name != by_label_.end()) {
    for (const std::string& value : *matcher.values()) {
      const auto posting = by_name->second.find(value);
      if (posting == by_name->second.end()) continue;
      slots->insert(slots->end(), posting->second.begin(), posting->second.end());
    }
  }
  if (const auto body = by_body_label_.find(matcher.label()); body != by_body_label_.end()) {
    slots->insert(slots->end(), body->second.begin(), body->second.end());
  }
  SortUnique(*slots);
  return true;
}

void TargetIndex::Candidates(std::span<const LabelMatcher> matchers,
                             std::vector<uint32_t>* slots) const {
  MutexLock lock(mutex_);
  std::optional<Slots> best;
  Slots narrowed;
  for (const LabelMatcher& matcher : matchers) {
    if (!Narrow(matcher, &narrowed)) continue;
    if (!best.has_value()) {
      best = narrowed;
      continue;
    }
    Slots both;
    std::ranges::set_intersection(*best, narrowed, std::back_inserter(both));
    best = std::move(both);
  }
  *slots = best.has_value() ? *std::move(best) : all_;
}

}  // namespace tacho::storage
