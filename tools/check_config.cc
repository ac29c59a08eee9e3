#include "tools/check_config.h"

#include <iostream>

#ifdef TACHO_WITH_ADAPTER
#include "adapter/core/rules.h"
#include "adapter/core/scrape_config.h"
#include "tacho/database.h"
#include "tools/fixes.h"
#endif

namespace tacho::tools {

#ifdef TACHO_WITH_ADAPTER
namespace {

// The message of an unknown key names the nearest one itself.
void Show(const std::string& problem) {
  std::cerr << problem << "\n";
  const std::string fix = SuggestFix(problem);
  if (!fix.empty()) std::cerr << "  fix: " << fix << "\n";
}

}  // namespace

int CheckRulesFile(const std::string& file, const std::string& text) {
  constexpr int kDays = 30;  // a rule may reach this far back; how far a server keeps is its own
  const Database database({.retention = absl::Hours(24 * kDays)});
  const adapter::RuleChecks checks{
      .query = [&](std::string_view promql) { return database.Prepare(promql).status(); },
      .selector = [&](std::string_view selector) { return database.Metrics(selector).status(); }};
  const absl::StatusOr<adapter::RuleSet> rules = adapter::LoadRules(file, text, checks);
  if (!rules.ok()) {
    Show(std::string(rules.status().message()));
    return 1;
  }
  for (const std::string& problem : rules->problems) Show(problem);
  std::cout << file << ": " << rules->rules.size() << " rules, " << rules->refused << " refused\n";
  return rules->problems.empty() ? 0 : 1;
}

int CheckScrapeConfigFile(const std::string& file, const std::string& text) {
  const absl::StatusOr<adapter::ScrapeConfig> config = adapter::ParseScrapeConfig(file, text);
  if (!config.ok()) {
    Show(std::string(config.status().message()));
    return 1;
  }
  std::cout << file << ": " << config->jobs.size() << " jobs\n";
  return 0;
}

#else

namespace {

int NotBuilt(const std::string& file) {
  std::cerr << file << ": this tachotool was built without the adapter and cannot read its files\n";
  return 2;
}

}  // namespace

int CheckRulesFile(const std::string& file, const std::string&) { return NotBuilt(file); }
int CheckScrapeConfigFile(const std::string& file, const std::string&) { return NotBuilt(file); }

#endif

}  // namespace tacho::tools
