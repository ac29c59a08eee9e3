// SelectorBinding: the targets that a selector selects, with their shapes bound and
// their groups known. Made once, then kept up to date: what did not change since the
// last evaluation costs nothing but a look at the target's published history.
//
// I1  targets() is ascending by slot; each has at least one selected position.
// I2  After Update, every target's `history` is of the shape that it is bound to, and
//     valid as long as the caller's ReadGuard.
// I3  A target uses each of its groups once: GroupTable::uses counts targets.
//
// Ownership   Keeps shapes alive, not targets: a pointer to a target is used only under
//             a ReadGuard and only after Update, which drops targets that are gone.
// Threads     One at a time (the plan's lock).
// Cost        First Update: one check per candidate target and one binding per shape.
//             Later: what changed, and one pointer load per target.
#ifndef TACHO_ENGINE_BIND_H_
#define TACHO_ENGINE_BIND_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/bind_groups.h"
#include "engine/bind_shape.h"
#include "engine/row_marks.h"
#include "storage/store.h"

namespace tacho::engine {

struct BoundTarget {
  const storage::Target* target = nullptr;
  const storage::History* history = nullptr;  // I2
  std::shared_ptr<const BoundShape> shape;
  // Local group -> group; empty if the binding does not group.
  std::vector<uint32_t> groups;
  RowMarksSeen marks;
  uint32_t end = 0;  // of the window that was looked at last, as an index of entries: a hint
  uint32_t slot = 0;
  // Its series may have labels beside the name that functions remove: what they then give
  // may be told apart by nothing.
  bool typed = false;
};

class SelectorBinding {
 public:
  // The selector must outlive the binding. Without a grouping only shapes are bound.
  SelectorBinding(const Selector* selector, LabelFilter filter, bool grouped)
      : spec_{selector, std::move(filter)}, grouped_(grouped) {}

  // Brings everything up to date with the store. Call under a ReadGuard that was
  // entered before.
  void Update(const storage::Store& store);

  [[nodiscard]] std::vector<BoundTarget>& targets() { return targets_; }
  [[nodiscard]] const std::vector<BoundTarget>& targets() const { return targets_; }
  [[nodiscard]] const GroupTable& groups() const { return groups_; }

 private:
  void Apply(const storage::Store& store, const std::vector<uint32_t>& slots);
  void Rebuild(const storage::Store& store);
  void LoadHistories();

  // Binds the target as it is now; false if it is not selected.
  bool Bind(const storage::Target& target, BoundTarget* bound);
  // Takes the binding out of its place, to be unbound once its successor is bound: a
  // group that stays is not made anew.
  static BoundTarget TakeOut(BoundTarget* bound);
  void Unbind(const BoundTarget& bound);
  std::shared_ptr<const BoundShape> ShapeFor(const storage::History& history, const Labels& target);
  void UseGroups(const Labels& target, BoundTarget* bound);
  void SweepShapes();

  const BindSpec spec_;
  const bool grouped_;
  std::optional<uint64_t> version_;  // of the store, when last looked
  std::vector<BoundTarget> targets_;
  GroupTable groups_;
  // By shape and variant.
  absl::flat_hash_map<std::pair<uint64_t, std::string>, std::shared_ptr<const BoundShape>> shapes_;
  size_t sweep_at_ = 64;
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_BIND_H_
