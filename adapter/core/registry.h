// MetricRegistry: which metrics the APIs have, and which rule and series answers each.
// It never shrinks because of what scrapes show: what a rule spells out is listed
// before its first sample, and what was seen once stays listed until the rules change.
//
// Order       By resource, then metric.
// Ownership   Snapshots are immutable and shared; they keep their rules alive.
// Threads     LiveRegistry may be used from any thread; while one rebuilds, others wait.
// Cost        A lookup is one map search. When series have come or gone, the next call
//             asks the database once per rule; a new snapshot is made only if that
//             brought something new.
// Limits      10,000 series names per rule are remembered.
#ifndef TACHO_ADAPTER_CORE_REGISTRY_H_
#define TACHO_ADAPTER_CORE_REGISTRY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/core/discovery_documents.h"
#include "adapter/core/resources.h"
#include "adapter/core/rules.h"
#include "adapter/core/series_finder.h"

namespace tacho::adapter {

inline constexpr size_t kMaxSeriesNamesPerRule = 10'000;

struct MetricKey {
  GroupResource resource;
  std::string metric;
  friend auto operator<=>(const MetricKey&, const MetricKey&) = default;
  friend bool operator==(const MetricKey&, const MetricKey&) = default;
};

struct MetricSource {
  const Rule* rule = nullptr;
  std::string series_name;
};

// What the rules of a file have found, each list by rule, its series sorted.
using FoundSeries = std::vector<std::vector<MetricLabels>>;

class MetricRegistry {
 public:
  // A metric that two rules or two series give goes to the later one, as upstream, and
  // is reported.
  explicit MetricRegistry(std::shared_ptr<const RuleSet> rules, const FoundSeries& custom = {},
                          const FoundSeries& external = {});

  // Null: the API has no such metric.
  [[nodiscard]] const MetricSource* Find(const MetricKey& key) const;
  [[nodiscard]] const MetricSource* FindExternal(std::string_view metric) const;
  [[nodiscard]] const std::map<MetricKey, MetricSource>& metrics() const { return metrics_; }
  [[nodiscard]] const std::map<std::string, MetricSource, std::less<>>& external_metrics() const {
    return external_;
  }
  // Metrics that several rules or series give: "metric x of pods comes from ...".
  [[nodiscard]] const std::vector<std::string>& conflicts() const { return conflicts_; }
  [[nodiscard]] const DiscoveryDocuments& documents() const { return *documents_; }
  [[nodiscard]] const RuleSet& rules() const { return *rules_; }

 private:
  template <typename Map>
  void Add(const typename Map::key_type& key, const MetricSource& source, std::string_view of,
           Map* to);
  void AddCustom(const Rule& rule, const MetricLabels& found,
                 std::map<MetricKey, MetricSource>* to);
  void AddSpelledOut();
  [[nodiscard]] ApiContents Contents() const;

  std::shared_ptr<const RuleSet> rules_;
  std::map<MetricKey, MetricSource> metrics_;
  std::map<std::string, MetricSource, std::less<>> external_;
  std::vector<std::string> conflicts_;
  std::optional<DiscoveryDocuments> documents_;
};

// What each rule has found so far. It only grows, up to its bound, so that a target
// that is away for a while does not take its metrics off the list.
class SeenSeries {
 public:
  explicit SeenSeries(size_t max_names_per_rule = kMaxSeriesNamesPerRule)
      : max_names_(max_names_per_rule) {}

  void Add(size_t rule, const std::vector<MetricLabels>& found);
  [[nodiscard]] FoundSeries All() const;
  // Whether anything was new since the last call.
  [[nodiscard]] bool TakeChanged() { return std::exchange(changed_, false); }

 private:
  size_t max_names_;
  bool changed_ = false;
  std::vector<std::map<std::string, std::set<std::string>>> rules_;  // metric to labels
};

class LiveRegistry {
 public:
  // `series` outlives it.
  LiveRegistry(std::shared_ptr<const RuleSet> rules, SeriesFinder* series);

  // The snapshot for the series as they are now.
  [[nodiscard]] std::shared_ptr<const MetricRegistry> Get();

  // Conflicts that no earlier call has given.
  [[nodiscard]] std::vector<std::string> TakeNewConflicts();

 private:
  void Look(const std::vector<Rule>& rules, SeenSeries* seen);

  const std::shared_ptr<const RuleSet> rules_;
  SeriesFinder* const series_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::optional<uint64_t> version_;  // of the series, at the last rebuild
  SeenSeries custom_;
  SeenSeries external_;
  std::shared_ptr<const MetricRegistry> snapshot_;
  std::set<std::string> told_conflicts_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_REGISTRY_H_
