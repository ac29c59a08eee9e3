#include "engine/bind.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tacho::engine {

using storage::History;
using storage::Store;
using storage::Target;

void SelectorBinding::Update(const Store& store) {
  const uint64_t version = store.version();
  if (version_ != version) {
    std::vector<uint32_t> slots;
    if (version_.has_value() && store.ChangesSince(*version_, &slots)) {
      Apply(store, slots);
    } else {
      Rebuild(store);
    }
    version_ = version;
    SweepShapes();
  }
  LoadHistories();
  groups_.Settle();
}

void SelectorBinding::Rebuild(const Store& store) {
  for (const BoundTarget& bound : targets_) Unbind(bound);
  targets_.clear();
  std::vector<uint32_t> slots;
  store.Candidates(spec_.selector->matchers(), &slots);
  for (const uint32_t slot : slots) {
    const Target* target = store.At(slot);
    BoundTarget bound;
    if (target != nullptr && Bind(*target, &bound)) targets_.push_back(std::move(bound));
  }
}

void SelectorBinding::Apply(const Store& store, const std::vector<uint32_t>& slots) {
  std::vector<BoundTarget> added;
  for (const uint32_t slot : slots) {
    const Target* target = store.At(slot);
    const auto it = std::ranges::lower_bound(targets_, slot, {}, &BoundTarget::slot);
    if (it != targets_.end() && it->slot == slot) {
      const BoundTarget old = TakeOut(&*it);
      if (target != nullptr) Bind(*target, &*it);
      Unbind(old);
    } else if (BoundTarget bound; target != nullptr && Bind(*target, &bound)) {
      added.push_back(std::move(bound));
    }
  }
  std::erase_if(targets_, [](const BoundTarget& bound) { return bound.target == nullptr; });
  const auto known = static_cast<std::ptrdiff_t>(targets_.size());
  std::ranges::move(added, std::back_inserter(targets_));
  std::ranges::inplace_merge(targets_, targets_.begin() + known, {}, &BoundTarget::slot);
}

// A writer may have moved a target to another shape since the version was read.
void SelectorBinding::LoadHistories() {
  bool lost = false;
  for (BoundTarget& bound : targets_) {
    bound.history = bound.target->Load();
    if (&bound.history->shape() == bound.shape->shape.get()) continue;
    const BoundTarget old = TakeOut(&bound);
    lost |= !Bind(*old.target, &bound);
    Unbind(old);
  }
  if (lost) {
    std::erase_if(targets_, [](const BoundTarget& bound) { return bound.target == nullptr; });
  }
}

namespace {

bool IsTyped(const storage::Shape& shape, const Labels& target) {
  return std::ranges::any_of(std::array{"__type__", "__unit__"}, [&](std::string_view label) {
    return shape.UsesLabel(label) || target.Has(label);
  });
}

}  // namespace

bool SelectorBinding::Bind(const Target& target, BoundTarget* bound) {
  const History* history = target.Load();
  if (!TargetMatches(spec_, history->shape(), target.labels())) return false;
  std::shared_ptr<const BoundShape> shape = ShapeFor(*history, target.labels());
  if (shape->positions.empty()) return false;
  bound->target = &target;
  bound->history = history;
  bound->shape = std::move(shape);
  bound->slot = target.slot();
  bound->marks = {};
  bound->typed = spec_.filter.drops_name() && IsTyped(history->shape(), target.labels());
  if (grouped_) UseGroups(target.labels(), bound);
  return true;
}

BoundTarget SelectorBinding::TakeOut(BoundTarget* bound) {
  BoundTarget old = std::move(*bound);
  *bound = BoundTarget();
  bound->slot = old.slot;
  return old;
}

void SelectorBinding::Unbind(const BoundTarget& bound) {
  for (const uint32_t group : bound.groups) groups_.Release(group);
}

void SelectorBinding::UseGroups(const Labels& target, BoundTarget* bound) {
  for (const LocalGroup& local : bound->shape->groups) {
    const uint32_t group =
        groups_.Acquire(SeriesLabels((*bound->shape->shape)[local.sample], target, spec_.filter));
    bound->groups.push_back(group);
  }
}

std::shared_ptr<const BoundShape> SelectorBinding::ShapeFor(const History& history,
                                                            const Labels& target) {
  const storage::Shape& shape = history.shape();
  const std::string variant = VariantOf(spec_, shape, target);
  std::shared_ptr<const BoundShape>& bound = shapes_[{shape.id(), variant}];
  if (bound == nullptr) {
    const auto parent = shapes_.find({shape.parent_id(), variant});
    const bool inherits = shape.parent_id() != 0 && parent != shapes_.end();
    bound =
        BindShape(spec_, history.shared_shape(), target, inherits ? parent->second.get() : nullptr);
  }
  return bound;
}

// Bindings that no target uses are kept for the next target of that shape, up to twice
// as many as are used.
void SelectorBinding::SweepShapes() {
  if (shapes_.size() < sweep_at_) return;
  absl::erase_if(shapes_, [](const auto& entry) { return entry.second.use_count() == 1; });
  sweep_at_ = std::max<size_t>(64, 2 * shapes_.size());
}

}  // namespace tacho::engine
