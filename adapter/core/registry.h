// MetricRegistry: which metrics the API has, and which rule and series answers each.
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
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapter/core/api_paths.h"
#include "adapter/core/resources.h"
#include "adapter/core/rules.h"
#include "tacho/database.h"

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

class MetricRegistry {
 public:
  // series[i] is what rule i has found, sorted. A key that two rules or two series
  // give goes to the later one, as upstream, and is reported.
  MetricRegistry(std::shared_ptr<const RuleSet> rules,
                 std::span<const std::vector<MetricLabels>> series);

  // Null: the API has no such metric.
  [[nodiscard]] const MetricSource* Find(const MetricKey& key) const;
  [[nodiscard]] const std::map<MetricKey, MetricSource>& metrics() const { return metrics_; }
  [[nodiscard]] const std::vector<std::string>& conflicts() const { return conflicts_; }
  // The discovery document, made once: it is the endpoint asked most.
  [[nodiscard]] const std::string& ResourceListJson(ApiVersion version) const;

 private:
  void AddSeries(const Rule& rule, const MetricLabels& found,
                 std::map<MetricKey, MetricSource>* seen);
  [[nodiscard]] std::string MakeList(ApiVersion version) const;

  std::shared_ptr<const RuleSet> rules_;
  std::map<MetricKey, MetricSource> metrics_;
  std::vector<std::string> conflicts_;
  std::string list_v1beta1_;
  std::string list_v1beta2_;
};

// What each rule has found so far. It only grows, up to its bound, so that a target
// that is away for a while does not take its metrics off the list.
class SeenSeries {
 public:
  explicit SeenSeries(size_t max_names_per_rule = kMaxSeriesNamesPerRule)
      : max_names_(max_names_per_rule) {}

  void Add(size_t rule, const std::vector<MetricLabels>& found);
  [[nodiscard]] std::vector<std::vector<MetricLabels>> All() const;  // by rule, sorted
  // Whether anything was new since the last call.
  [[nodiscard]] bool TakeChanged() { return std::exchange(changed_, false); }

 private:
  size_t max_names_;
  bool changed_ = false;
  std::vector<std::map<std::string, std::set<std::string>>> rules_;  // metric to labels
};

class LiveRegistry {
 public:
  LiveRegistry(std::shared_ptr<const RuleSet> rules, Database database);

  // The snapshot for the database as it is now.
  [[nodiscard]] std::shared_ptr<const MetricRegistry> Get();

 private:
  const std::shared_ptr<const RuleSet> rules_;
  const Database database_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::optional<uint64_t> version_;  // of the database, at the last rebuild
  SeenSeries seen_;
  std::shared_ptr<const MetricRegistry> snapshot_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_REGISTRY_H_
