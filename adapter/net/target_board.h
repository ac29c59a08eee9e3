// TargetBoard: what is known of each target that is being scraped, for those who ask.
//
// Ownership   A place keeps its target listed; the board outlives its places.
// Threads     All of it is safe from any thread; one short lock.
#ifndef TACHO_ADAPTER_NET_TARGET_BOARD_H_
#define TACHO_ADAPTER_NET_TARGET_BOARD_H_

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "adapter/core/prom_status.h"
#include "adapter/net/mutex.h"

namespace tacho::adapter {

class TargetBoard {
 public:
  class Place {
   public:
    Place(TargetBoard* board, uint64_t id) : board_(board), id_(id) {}
    ~Place() { board_->Erase(id_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    void Record(ScrapeOutcome outcome) { board_->Record(id_, std::move(outcome)); }

   private:
    TargetBoard* const board_;
    const uint64_t id_;
  };

  [[nodiscard]] std::unique_ptr<Place> Add(TargetStatus target);
  [[nodiscard]] std::vector<TargetStatus> List() const;

 private:
  void Record(uint64_t id, ScrapeOutcome outcome);
  void Erase(uint64_t id);

  mutable Mutex mutex_;
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<uint64_t, TargetStatus> targets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_TARGET_BOARD_H_
