#include "adapter/net/target_board.h"

#include <utility>

namespace tacho::adapter {

std::unique_ptr<TargetBoard::Place> TargetBoard::Add(TargetStatus target) {
  const MutexLock lock(mutex_);
  const uint64_t id = next_id_++;
  targets_.emplace(id, std::move(target));
  return std::make_unique<Place>(this, id);
}

std::vector<TargetStatus> TargetBoard::List() const {
  std::vector<TargetStatus> out;
  const MutexLock lock(mutex_);
  for (const auto& [id, target] : targets_) out.push_back(target);
  return out;
}

void TargetBoard::Record(uint64_t id, ScrapeOutcome outcome) {
  const MutexLock lock(mutex_);
  targets_[id].last = std::move(outcome);
}

void TargetBoard::Erase(uint64_t id) {
  const MutexLock lock(mutex_);
  targets_.erase(id);
}

}  // namespace tacho::adapter
