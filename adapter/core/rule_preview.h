// RulePreview: what each rule of a file would expose over the series of some body or
// server, and what it would answer now. Names come from the MetricRegistry and answers
// from the requests that serve the APIs, so that a preview cannot differ from them.
//
//   found     the series that the rule's seriesQuery selects
//   metrics   what it exposes, each with the query for one example object
//   notes     why it exposes nothing, and which names or labels come close
//
// Ownership   Plain values. PreviewInput's pointers outlive the call.
// Threads     Pure functions, but for what lister and querier do.
// Cost        One list per rule, and one request per metric.
// Limits      kMaxPreviewNames of what a note lists.
#ifndef TACHO_ADAPTER_CORE_RULE_PREVIEW_H_
#define TACHO_ADAPTER_CORE_RULE_PREVIEW_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapter/core/querier.h"
#include "adapter/core/rules.h"
#include "adapter/core/value_decision.h"
#include "tacho/database.h"
#include "tacho/labels.h"
#include "tacho/time.h"

namespace tacho::adapter {

inline constexpr size_t kMaxPreviewNames = 5;

// The series that there are.
class SeriesLister {
 public:
  virtual ~SeriesLister() = default;
  // Of the series that the selector matches. Any error concerns this selector only.
  [[nodiscard]] virtual absl::StatusOr<std::vector<Labels>> List(std::string_view selector) = 0;
  // The names of all metrics, sorted.
  [[nodiscard]] virtual absl::StatusOr<std::vector<std::string>> Names() = 0;
};

struct PreviewInput {
  SeriesLister* lister = nullptr;  // null: nothing is known but the rules
  Querier* querier = nullptr;      // null exactly if lister is
  ValuePolicy policy;              // of rules that say nothing else
  Timestamp now;
  // The name that `word` may have been meant to be; empty: none. May be null.
  std::function<std::string_view(std::string_view word, std::span<const std::string_view> names)>
      nearest;
};

// One metric of one resource, asked for as the HPA would.
struct PreviewedMetric {
  std::string resource;  // "pods"; empty: external
  std::string metric;    // resource metrics: empty
  std::string series;    // that it comes from; empty: not seen
  std::string path;      // of the API, for one example object
  size_t objects = 0;    // that have series now
  std::vector<std::string> queries;
  int status = 0;      // of the reply; 0: not asked, as there is nothing to ask about
  std::string answer;  // the value and what it rests on, or why there is none
};

struct PreviewedRule {
  std::string section;  // "rules", "externalRules" or "resourceRules"
  std::string place;
  std::string series_query;
  size_t series = 0;                // selected
  std::vector<MetricLabels> found;  // the metrics among them
  std::vector<PreviewedMetric> metrics;
  std::vector<std::string> notes;
};

struct RulePreview {
  std::vector<PreviewedRule> rules;    // in the order of the file, section by section
  std::vector<std::string> conflicts;  // MetricRegistry::conflicts
};

[[nodiscard]] RulePreview PreviewRules(const std::shared_ptr<const RuleSet>& rules,
                                       const PreviewInput& input);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_RULE_PREVIEW_H_
