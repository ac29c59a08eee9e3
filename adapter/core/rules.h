// Rules: prometheus-adapter's configuration file. A bad rule is reported with its
// place and left out; the others serve. Queries are checked when the file is
// loaded, not when the HPA asks.
//
//   rules           the custom metrics API: a value per Kubernetes object
//   externalRules   the external metrics API: values by name
//   resourceRules   the resource metrics API: cpu and memory of pods and nodes
//
// Ownership   Plain values; a RuleSet is immutable once loaded.
// Threads     Const use from any thread.
#ifndef TACHO_ADAPTER_CORE_RULES_H_
#define TACHO_ADAPTER_CORE_RULES_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapter/core/go_regexp.h"
#include "adapter/core/resource_labels.h"
#include "adapter/core/rule_policy.h"
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
  RulePolicy policy;

  // The API's name for a series, or nothing if a filter refuses it.
  [[nodiscard]] std::optional<std::string> ApiName(std::string_view series_name) const;
};

// How to measure cpu, or memory.
struct ResourceRule {
  std::string place;
  QueryTemplate container_query;
  QueryTemplate node_query;
  ResourceLabels resources;
  std::string container_label;
};

struct ResourceRules {
  ResourceRule cpu;
  ResourceRule memory;
  Duration window;  // said in replies; zero: not given
  RulePolicy policy;
};

struct RuleSet {
  std::vector<Rule> rules;           // in file order
  std::vector<Rule> external_rules;  // in file order
  std::optional<ResourceRules> resource_rules;
  // Whether the file has rules of that kind, refused ones too: an API must not go away
  // because of a rule that is wrong.
  bool serves_custom = false;
  bool serves_external = false;
  bool serves_resource = false;
  // Rules that serve, of all kinds; resourceRules is one.
  [[nodiscard]] size_t size() const {
    return rules.size() + external_rules.size() + (resource_rules.has_value() ? 1 : 0);
  }
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
