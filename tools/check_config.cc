#include "tools/check_config.h"

#include <iostream>
#include <memory>
#include <utility>

#ifdef TACHO_WITH_ADAPTER
#include "adapter/core/rules.h"
#include "adapter/core/scrape_config.h"
#include "tacho/database.h"
#include "tools/fixes.h"
#include "tools/preview.h"
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

int Fail(const absl::Status& status) {
  const bool usage = absl::IsFailedPrecondition(status);
  std::cerr << (usage ? "tachotool check: " : "") << status.message() << "\n";
  return usage ? 2 : 1;
}

}  // namespace

int CheckRulesFile(const std::string& file, const std::string& text, const CommandLine& line) {
  constexpr int kDays = 30;  // a rule may reach this far back; how far a server keeps is its own
  const Database database({.retention = absl::Hours(24 * kDays)});
  const adapter::RuleChecks checks{
      .query = [&](std::string_view promql) { return database.Prepare(promql).status(); },
      .selector = [&](std::string_view selector) { return database.Metrics(selector).status(); }};
  absl::StatusOr<adapter::RuleSet> loaded = adapter::LoadRules(file, text, checks);
  if (!loaded.ok()) {
    Show(std::string(loaded.status().message()));
    return 1;
  }
  for (const std::string& problem : loaded->problems) Show(problem);
  const auto rules = std::make_shared<const adapter::RuleSet>(*std::move(loaded));
  const absl::StatusOr<adapter::RulePreview> preview = PreviewRulesOver(line, rules);
  if (!preview.ok()) return Fail(preview.status());
  if (line.Has("json")) {
    std::cout << PreviewJson(file, *rules, *preview) << "\n";
  } else {
    std::cout << file << ": " << rules->size() << " rules, " << rules->refused << " refused\n";
    PrintPreview(*preview);
  }
  return rules->refused == 0 ? 0 : 1;
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

int CheckRulesFile(const std::string& file, const std::string&, const CommandLine&) {
  return NotBuilt(file);
}
int CheckScrapeConfigFile(const std::string& file, const std::string&) { return NotBuilt(file); }

#endif

}  // namespace tacho::tools
