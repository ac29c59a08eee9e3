// RuleStore: the rules that serve now, and how the file that they come from is doing. A
// new file replaces the old one whole, or not at all: if anything in it is refused, the
// old rules go on, and the store says so until a good file comes.
//
// Ownership   Whoever got a generation keeps it alive; the finder outlives the store.
// Threads     Get and state from any thread; Replace and Reject from one at a time.
// Cost        Get is one pointer copied under a lock.
#ifndef TACHO_ADAPTER_CORE_RULE_STORE_H_
#define TACHO_ADAPTER_CORE_RULE_STORE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "adapter/core/answer_stats.h"
#include "adapter/core/registry.h"
#include "adapter/core/rules.h"
#include "adapter/core/series_finder.h"

namespace tacho::adapter {

struct RuleState {
  uint64_t loads = 1;     // files taken, the first one included
  uint64_t failures = 0;  // files not taken
  std::string error;      // of the last file, if it was not taken
  uint64_t rules = 0;     // that serve, of all kinds
  uint64_t refused = 0;   // of the file that serves; only the first may have any
};

class RuleStore {
 public:
  // One file's rules; their registry grows as series appear.
  struct Generation {
    Generation(std::shared_ptr<const RuleSet> set, SeriesFinder* series)
        : rules(set), registry(std::move(set), series) {}
    const std::shared_ptr<const RuleSet> rules;
    LiveRegistry registry;
    AnswerStats answers;
  };

  // The first rules serve whatever is wrong with some of them.
  RuleStore(std::shared_ptr<const RuleSet> first, SeriesFinder* series);

  [[nodiscard]] std::shared_ptr<Generation> Get() const;
  [[nodiscard]] RuleState state() const;

  // Takes over what a load of the file gave. False: the old rules stay, state() says why.
  bool Replace(absl::StatusOr<RuleSet> loaded);

 private:
  SeriesFinder* const series_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::shared_ptr<Generation> current_;
  RuleState state_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_RULE_STORE_H_
