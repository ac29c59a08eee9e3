// Rules: prometheus-adapter's configuration file. A bad rule is reported with its
// place and left out; the others serve. Queries are checked when the file is
// loaded, not when the HPA asks.
//
// Not served yet, but read strictly: externalRules and resourceRules.
//
// Ownership   Plain values; a RuleSet is immutable once loaded.
// Threads     Const use from any thread.
#ifndef TACHO_ADAPTER_CORE_RULES_H_
#define TACHO_ADAPTER_CORE_RULES_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapter/core/go_regexp.h"
#include "adapter/core/resource_labels.h"
#include "tacho/query_template.h"

namespace tacho::adapter {

// A condition on the name of a series; unanchored.
struct SeriesFilter {
  GoRegexp pattern;
  bool negated = false;

  [[nodiscard]] bool Passes(std::string_view name) const {
    return pattern.MatchString(name) != negated;
  }
};

struct Rule {
  std::string place;         // "rules.yaml:3:5"
  std::string series_query;  // a vector selector; empty: finds no series
  std::vector<SeriesFilter> filters;
  ResourceLabels resources;
  GoRegexp name_matches;
  std::string name_as;  // Go expansion
  QueryTemplate metrics_query;

  // The API's name for a series, or nothing if a filter refuses it.
  [[nodiscard]] std::optional<std::string> ApiName(std::string_view series_name) const;
};

struct RuleSet {
  std::vector<Rule> rules;            // in file order
  std::vector<std::string> problems;  // "place: message", in file order
  int refused = 0;                    // rules that were left out
};

// What the loader asks the engine: Database::Prepare and Database::Metrics, without
// their results.
struct RuleChecks {
  std::function<absl::Status(std::string_view promql)> query;
  std::function<absl::Status(std::string_view selector)> selector;
};

//   kInvalidArgument    not YAML, or its top level is wrong; the file needs mending
//   kResourceExhausted  larger or deeper than YamlLimits
[[nodiscard]] absl::StatusOr<RuleSet> LoadRules(std::string_view file_name, std::string_view bytes,
                                                const RuleChecks& checks);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_RULES_H_
