// ProcessStatus: what this process tells of itself and of its targets.
//
// Threads     Safe from any thread.
// Cost        A listing of /proc/self/task for Runtime().
#ifndef TACHO_ADAPTER_NET_PROCESS_STATUS_H_
#define TACHO_ADAPTER_NET_PROCESS_STATUS_H_

#include <string_view>
#include <vector>

#include "adapter/core/prom_status.h"
#include "adapter/net/target_board.h"
#include "tacho/options.h"

namespace tacho::adapter {

class ProcessStatus final : public StatusSource {
 public:
  // The board outlives it.
  ProcessStatus(const TargetBoard* board, const Options& options, Timestamp start_time);

  [[nodiscard]] std::vector<TargetStatus> Targets() const override { return board_->List(); }
  [[nodiscard]] RuntimeInfo Runtime() const override;
  [[nodiscard]] std::string_view version() const override;

 private:
  const TargetBoard* const board_;
  RuntimeInfo fixed_;  // all but the number of threads
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_PROCESS_STATUS_H_
