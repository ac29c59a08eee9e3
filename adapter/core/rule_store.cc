#include "adapter/core/rule_store.h"

#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace tacho::adapter {
namespace {

// What is wrong with a file, if it must not be taken.
std::string WhyNot(const absl::StatusOr<RuleSet>& loaded) {
  if (!loaded.ok()) return std::string(loaded.status().message());
  if (loaded->refused == 0) return "";
  std::string first = "a rule is refused";
  for (const std::string& problem : loaded->problems) {
    if (!absl::StrContains(problem, "left out")) continue;
    first = problem;
    break;
  }
  return loaded->refused == 1 ? first : absl::StrCat(first, "; and ", loaded->refused - 1, " more");
}

}  // namespace

RuleStore::RuleStore(std::shared_ptr<const RuleSet> first, SeriesFinder* series) : series_(series) {
  state_.rules = first->size();
  state_.refused = static_cast<uint64_t>(first->refused);
  current_ = std::make_shared<Generation>(std::move(first), series_);
}

std::shared_ptr<RuleStore::Generation> RuleStore::Get() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

RuleState RuleStore::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

bool RuleStore::Replace(absl::StatusOr<RuleSet> loaded) {
  std::string error = WhyNot(loaded);
  if (!error.empty()) {
    const std::lock_guard lock(mutex_);
    ++state_.failures;
    state_.error = std::move(error);
    return false;
  }
  auto rules = std::make_shared<const RuleSet>(*std::move(loaded));
  auto next = std::make_shared<Generation>(rules, series_);
  // Finds the series before anybody can ask, so that no metric is away for a moment.
  static_cast<void>(next->registry.Get());
  const std::lock_guard lock(mutex_);
  current_ = std::move(next);
  ++state_.loads;
  state_.error.clear();
  state_.rules = rules->size();
  state_.refused = 0;
  return true;
}

}  // namespace tacho::adapter
