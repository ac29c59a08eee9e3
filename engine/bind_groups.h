// GroupTable: the label sets of a query's groups, each built once when a target binds
// and shared with every result from then on.
//
// I1  A group lives while some target uses it; its number is reused afterwards.
// I2  ordered() points to the label sets that block() owns.
//
// Order       ordered() is by labels, so results come out sorted without a sort.
// Ownership   block() owns the label sets; results hold it and may outlive the table.
// Threads     One thread at a time.
// Cost        Acquire: one hash. Settle: what changed, plus one pass over the groups if
//             something did.
#ifndef TACHO_ENGINE_BIND_GROUPS_H_
#define TACHO_ENGINE_BIND_GROUPS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/series_labels.h"
#include "tacho/labels.h"

namespace tacho::engine {

class GroupTable {
 public:
  using LabelsBlock = std::vector<std::shared_ptr<const Labels>>;  // by group
  struct Ordered {
    const Labels* labels;
    uint32_t group;
    uint32_t uses;  // how many targets have series in it
  };

  // The group of these labels, used once more.
  uint32_t Acquire(Labels labels);
  void Release(uint32_t group) {
    --uses_[group];
    changed_ = true;
  }

  // Puts new groups in order and forgets those that nobody uses. Groups acquired since
  // the last time are valid at once, in ordered() only from here on; uses count then.
  void Settle();

  [[nodiscard]] const std::vector<Ordered>& ordered() const { return ordered_; }
  // Where a group stands in ordered().
  [[nodiscard]] uint32_t rank(uint32_t group) const { return ranks_[group]; }
  // Owns the label sets, as of the last Settle.
  [[nodiscard]] const std::shared_ptr<const LabelsBlock>& block() const { return block_; }

 private:
  bool ForgetUnused();
  void PlaceFresh();

  LabelsBlock labels_;
  std::vector<uint32_t> uses_;
  absl::flat_hash_map<const Labels*, uint32_t, LabelsHash, LabelsEq> by_labels_;
  std::vector<Ordered> ordered_;
  std::vector<uint32_t> ranks_;
  std::vector<Ordered> fresh_;  // in by_labels_, not yet in ordered_
  std::vector<uint32_t> free_;
  bool changed_ = false;  // since the last Settle
  std::shared_ptr<const LabelsBlock> block_ = std::make_shared<LabelsBlock>();
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_BIND_GROUPS_H_
