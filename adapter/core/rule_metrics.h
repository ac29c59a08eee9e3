// RuleMetricFilter: the metrics that some rule can read: those that its seriesQuery
// finds, and whatever else its metricsQuery then names. Everything else need not be
// kept (--ingest=rules).
//
// By name alone: a query's matchers on other labels come from the request. A rule whose
// query says nothing of names, or cannot be read without a request, keeps all metrics.
//
// Threads     Add first; then Keeps from any thread.
// Cost        A name is decided once and remembered; one lock per new series.
// Limits      kMaxRememberedNames; further ones are decided each time.
#ifndef TACHO_ADAPTER_CORE_RULE_METRICS_H_
#define TACHO_ADAPTER_CORE_RULE_METRICS_H_

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/core/metric_rewriter.h"
#include "adapter/core/rules.h"
#include "tacho/metric_names.h"

namespace tacho::adapter {

inline constexpr size_t kMaxRememberedNames = 100'000;

class RuleMetricFilter final : public MetricFilter {
 public:
  void Add(const Rule& rule);
  void Add(const ResourceRule& rule);

  [[nodiscard]] bool Keeps(std::string_view metric) const override;

 private:
  // What one rule reads.
  struct Reader {
    std::optional<Rule> rule;          // none: resource rules have no series
    std::optional<MetricNames> found;  // of seriesQuery; none: no series
    // Of metricsQuery for a series of a name that nobody has: what it names outright.
    std::optional<MetricNames> always;
  };
  [[nodiscard]] bool Decide(std::string_view metric) const;
  [[nodiscard]] static bool Finds(const Reader& reader, std::string_view series);
  [[nodiscard]] static bool Reads(const Reader& reader, std::string_view metric);

  std::vector<Reader> readers_;
  bool keeps_all_ = false;
  mutable std::mutex mutex_;
  mutable std::map<std::string, bool, std::less<>> decided_;  // guarded by mutex_
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_RULE_METRICS_H_
