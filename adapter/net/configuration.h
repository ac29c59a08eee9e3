// Configuration: both files read, and what follows from them for the database: how
// long it must keep rows for the rules' windows, and how old a value may be.
//
// Ownership   Plain values; the scrape configuration outlives the targets made from it.
// Threads     No shared state.
#ifndef TACHO_ADAPTER_NET_CONFIGURATION_H_
#define TACHO_ADAPTER_NET_CONFIGURATION_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapter/core/rules.h"
#include "adapter/core/scrape_config.h"
#include "adapter/core/value_decision.h"
#include "adapter/net/adapter_options.h"
#include "tacho/database.h"
#include "tacho/options.h"

namespace tacho::adapter {

struct Configuration {
  ScrapeConfig scrape;
  std::shared_ptr<const RuleSet> rules;
  tacho::Options database;  // with a retention that the rules' windows fit in
  ValuePolicy policy;
};

// A rule that is wrong is left out and reported in rules->problems.
//   any error   a file cannot be read, or is wrong as a whole; the message names it
[[nodiscard]] absl::StatusOr<Configuration> LoadConfiguration(const AdapterOptions& options);

// The rules file as it is now, checked against a database that is in use: a rule that
// reaches further back than the database keeps is refused.
//   any error   the file cannot be read, or is wrong as a whole; the message names it
[[nodiscard]] absl::StatusOr<RuleSet> LoadRuleFile(const std::string& file,
                                                   const Database& database);

// The same for rules that --prometheus-url evaluates: their PromQL is not judged.
[[nodiscard]] absl::StatusOr<RuleSet> LoadUpstreamRuleFile(const std::string& file);

// What must be kept so that a window of `reach` is full although scrapes are
// `interval` apart: the sample at its far end is up to one interval older.
[[nodiscard]] absl::Duration RetentionFor(absl::Duration reach, absl::Duration interval);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_CONFIGURATION_H_
