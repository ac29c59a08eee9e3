#include "adapter/net/rule_watcher.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {

RuleWatcher::RuleWatcher(std::string file, Load load, RuleStore* store, Logger* log)
    : file_(std::move(file)),
      load_(std::move(load)),
      store_(store),
      log_(log),
      stamp_(StampOf(file_)) {}

void RuleWatcher::Poll() {
  if (StampOf(file_) != stamp_) Reload();
}

void RuleWatcher::Reload() {
  // Before it is read: a change in between is found by the next look.
  stamp_ = StampOf(file_);
  if (!store_->Replace(load_())) {
    log_->Error("new rules not taken, the old ones go on",
                {{"file", file_}, {"err", store_->state().error}});
    return;
  }
  const RuleState state = store_->state();
  log_->Info("rules loaded", {{"file", file_}, {"rules", absl::StrCat(state.rules)}});
  for (const std::string& problem : store_->Get()->rules->problems) {
    log_->Warn("rule", {{"err", problem}});
  }
}

}  // namespace tacho::adapter
