// RuleWatcher: reads the rules file again when it has changed, and hands what it says to
// the RuleStore.
//
// The file is found changed by looking: at its inode, size and time, through symbolic
// links, so that the links which Kubernetes swaps under a mounted ConfigMap show as well
// as a write in place. Looking needs no watch descriptors and works on any mount.
//
// Ownership   What its Env points to outlives it.
// Threads     One at a time.
// Cost        One stat per look.
#ifndef TACHO_ADAPTER_NET_RULE_WATCHER_H_
#define TACHO_ADAPTER_NET_RULE_WATCHER_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "adapter/core/rule_store.h"
#include "adapter/net/discovery.h"
#include "adapter/net/log.h"

namespace tacho::adapter {

class RuleWatcher {
 public:
  using Load = std::function<absl::StatusOr<RuleSet>()>;

  // The file as it is now counts as read.
  RuleWatcher(std::string file, Load load, RuleStore* store, Logger* log);

  // Reads the file if it is another one than at the last look.
  void Poll();
  // Reads it in any case: SIGHUP.
  void Reload();

 private:
  const std::string file_;
  const Load load_;
  RuleStore* const store_;
  Logger* const log_;
  FileStamp stamp_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_RULE_WATCHER_H_
