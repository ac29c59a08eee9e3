#include "engine/list.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "engine/select.h"
#include "engine/series_labels.h"

namespace tacho::engine {
namespace {

using storage::History;
using storage::Identity;
using storage::LabelPair;
using storage::Store;
using storage::Symbol;
using storage::Target;

using Names = std::set<std::string, std::less<>>;

// All series that have a name, which is all series.
constexpr char kEverySeries[] = "{__name__!=\"\"}";

absl::StatusOr<std::vector<Selector>> ParseSelectors(const SeriesFilter& filter,
                                                     const Options& options) {
  std::vector<std::string> texts = filter.selectors;
  if (texts.empty()) texts.emplace_back(kEverySeries);
  std::vector<Selector> selectors;
  for (const std::string& text : texts) {
    absl::StatusOr<Selector> selector = ParseSelector(text, options);
    if (!selector.ok()) return selector.status();
    selectors.push_back(*std::move(selector));
  }
  return selectors;
}

bool HasSample(const SeriesFilter& filter, const History& history, uint32_t position) {
  return HasSampleIn(history, position, filter.start.unix_millis(), filter.end.unix_millis());
}

std::vector<std::string> Sorted(const Names& names) { return {names.begin(), names.end()}; }

// Gathers names in one walk over series, in which label sets stay where they are.
class NameWalk {
 public:
  NameWalk(const SeriesFilter& filter, Names* names) : filter_(filter), names_(names) {}

  void Visit(const Target& target, const History& history, uint32_t position) {
    if (&target != target_) MoveTo(target);
    const Identity& identity = history.shape()[position];
    const bool known = seen_.contains(identity.labels);
    if ((known && missing_.empty()) || !HasSample(filter_, history, position)) return;
    if (!known) Take(identity);
    std::erase_if(missing_, [&](const std::string& name) {
      const bool carried = identity.labels->Find(name) == nullptr;  // else the body's stands
      if (carried) names_->insert(name);
      return carried;
    });
  }

 private:
  void MoveTo(const Target& target) {
    target_ = &target;
    missing_.clear();
    for (const Label& label : target.labels()) {
      if (!names_->contains(label.name)) missing_.push_back(label.name);
    }
  }

  void Take(const Identity& identity) {
    seen_.insert(identity.labels);
    names_->emplace(kMetricNameLabel);
    for (const LabelPair& pair : identity.labels->pairs) {
      if (!pair.value->text.empty()) names_->insert(pair.name->text);
    }
  }

  const SeriesFilter& filter_;
  Names* const names_;
  const Target* target_ = nullptr;
  std::vector<std::string> missing_;  // labels of target_ that no series was seen to carry
  absl::flat_hash_set<const storage::LabelSet*> seen_;
};

// Gathers the values of one label in one walk over series.
class ValueWalk {
 public:
  ValueWalk(std::string_view name, const SeriesFilter& filter, Names* values)
      : name_(name), filter_(filter), values_(values) {}

  void Visit(const Target& target, const History& history, uint32_t position) {
    const Identity& identity = history.shape()[position];
    const Symbol* symbol = SymbolOf(identity);
    const std::string_view value =
        symbol != nullptr ? std::string_view(symbol->text) : target.labels().Get(name_);
    if (value.empty() || (symbol != nullptr && seen_.contains(symbol))) return;
    if (values_->contains(value) || !HasSample(filter_, history, position)) return;
    if (symbol != nullptr) seen_.insert(symbol);
    values_->emplace(value);
  }

 private:
  // The label's value in the body; null if the target's counts.
  const Symbol* SymbolOf(const Identity& identity) const {
    if (name_ == kMetricNameLabel) return identity.metric;
    const LabelPair* pair = identity.labels->Find(name_);
    return pair == nullptr ? nullptr : pair->value;
  }

  const std::string_view name_;
  const SeriesFilter& filter_;
  Names* const values_;
  absl::flat_hash_set<const Symbol*> seen_;
};

}  // namespace

absl::StatusOr<std::vector<Labels>> ListSeries(const Store& store, const Options& options,
                                               const SeriesFilter& filter, size_t limit) {
  const absl::StatusOr<std::vector<Selector>> selectors = ParseSelectors(filter, options);
  if (!selectors.ok()) return selectors.status();
  const LabelFilter all = LabelFilter::All(/*drop_name=*/false);
  std::vector<Labels> series;
  for (const Selector& selector : *selectors) {
    size_t found = 0;
    ForEachSeries(store, selector,
                  [&](const Target& target, const History& history, uint32_t position) {
                    if (found == limit) return false;
                    if (!HasSample(filter, history, position)) return true;
                    series.push_back(SeriesLabels(history.shape()[position], target.labels(), all));
                    ++found;
                    return true;
                  });
  }
  std::ranges::sort(series);
  series.erase(std::unique(series.begin(), series.end()), series.end());
  if (series.size() > limit) series.resize(limit);
  return series;
}

absl::StatusOr<std::vector<std::string>> ListLabelNames(const Store& store, const Options& options,
                                                        const SeriesFilter& filter) {
  const absl::StatusOr<std::vector<Selector>> selectors = ParseSelectors(filter, options);
  if (!selectors.ok()) return selectors.status();
  Names names;
  for (const Selector& selector : *selectors) {
    NameWalk walk(filter, &names);
    ForEachSeries(store, selector,
                  [&](const Target& target, const History& history, uint32_t position) {
                    walk.Visit(target, history, position);
                    return true;
                  });
  }
  return Sorted(names);
}

absl::StatusOr<std::vector<std::string>> ListLabelValues(const Store& store, const Options& options,
                                                         std::string_view name,
                                                         const SeriesFilter& filter) {
  const absl::StatusOr<std::vector<Selector>> selectors = ParseSelectors(filter, options);
  if (!selectors.ok()) return selectors.status();
  Names values;
  for (const Selector& selector : *selectors) {
    ValueWalk walk(name, filter, &values);
    ForEachSeries(store, selector,
                  [&](const Target& target, const History& history, uint32_t position) {
                    walk.Visit(target, history, position);
                    return true;
                  });
  }
  return Sorted(values);
}

}  // namespace tacho::engine
