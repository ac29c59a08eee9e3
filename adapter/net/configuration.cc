#include "adapter/net/configuration.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "adapter/core/config_file.h"

namespace tacho::adapter {
namespace {

constexpr absl::Duration kLongestReach = absl::Hours(24 * 366);
constexpr absl::Duration kUpstreamScrapeTimeout = absl::Seconds(10);  // Prometheus' default

absl::Duration LongestInterval(const ScrapeConfig& config) {
  absl::Duration longest = absl::ZeroDuration();
  for (const ScrapeJob& job : config.jobs) longest = std::max(longest, job.scrape_interval);
  return longest;
}

// As in Prometheus: relative to the folder of the file that names them.
void ResolvePatterns(const std::string& config_file, ScrapeConfig* config) {
  const std::filesystem::path folder = std::filesystem::path(config_file).parent_path();
  for (ScrapeJob& job : config->jobs) {
    for (FileSdConfig& sd : job.file_sd_configs) {
      for (std::string& pattern : sd.files) pattern = (folder / pattern).string();
    }
    const auto resolve = [&folder](std::string* file) { *file = (folder / *file).string(); };
    ForEachFile(&job.http, resolve);
    for (HttpSdConfig& sd : job.http_sd_configs) ForEachFile(&sd.http, resolve);
  }
}

// The age that no value of a target that answers in time exceeds, over all jobs.
ValuePolicy PolicyFor(const ScrapeConfig& config) {
  ValuePolicy policy;
  if (config.jobs.empty()) return policy;
  policy.max_age = absl::ZeroDuration();
  for (const ScrapeJob& job : config.jobs) {
    policy.interval = std::max(policy.interval, job.scrape_interval);
    policy.max_age =
        std::max(policy.max_age, DefaultMaxAge(job.scrape_interval, job.scrape_timeout));
  }
  return policy;
}

// Checks rules against an empty database that keeps as long as any may; notes the
// furthest reach of those that pass.
RuleChecks ChecksAgainst(const Database& database, absl::Duration* reach) {
  return {
      .query =
          [database, reach](std::string_view promql) {
            const absl::StatusOr<Query> query = database.Prepare(promql);
            if (query.ok()) *reach = std::max(*reach, query->reach());
            return query.status();
          },
      .selector =
          [database](std::string_view selector) { return database.Metrics(selector).status(); }};
}

}  // namespace

absl::Duration RetentionFor(absl::Duration reach, absl::Duration interval) {
  return reach + 2 * interval;
}

absl::StatusOr<RuleSet> LoadRuleFile(const std::string& file, const Database& database) {
  const absl::StatusOr<std::string> text = ReadConfigFile(file);
  if (!text.ok()) return text.status();
  absl::Duration reach;
  return LoadRules(file, *text, ChecksAgainst(database, &reach));
}

namespace {

// What the servers evaluate is theirs to judge: they have functions that tacho has not.
RuleChecks NoChecks() {
  return {.query = [](std::string_view) { return absl::OkStatus(); },
          .selector = [](std::string_view) { return absl::OkStatus(); }};
}

absl::StatusOr<Configuration> LoadUpstreamConfiguration(const AdapterOptions& options) {
  absl::StatusOr<RuleSet> rules = LoadUpstreamRuleFile(options.rules_file);
  if (!rules.ok()) return rules.status();
  Configuration out;
  out.database = options.database;
  out.database.retention = kLongestReach;  // holds nothing; reads how far queries look back
  out.policy.interval = options.upstream_scrape_interval;
  out.policy.max_age = DefaultMaxAge(out.policy.interval, kUpstreamScrapeTimeout);
  out.rules = std::make_shared<const RuleSet>(*std::move(rules));
  return out;
}

}  // namespace

absl::StatusOr<RuleSet> LoadUpstreamRuleFile(const std::string& file) {
  const absl::StatusOr<std::string> text = ReadConfigFile(file);
  if (!text.ok()) return text.status();
  return LoadRules(file, *text, NoChecks());
}

absl::StatusOr<Configuration> LoadConfiguration(const AdapterOptions& options) {
  if (!options.upstream.urls.empty()) return LoadUpstreamConfiguration(options);
  const absl::StatusOr<std::string> scrape_text = ReadConfigFile(options.scrape_file);
  if (!scrape_text.ok()) return scrape_text.status();
  absl::StatusOr<ScrapeConfig> scrape = ParseScrapeConfig(options.scrape_file, *scrape_text);
  if (!scrape.ok()) return scrape.status();
  ResolvePatterns(options.scrape_file, &*scrape);
  const absl::StatusOr<std::string> rules_text = ReadConfigFile(options.rules_file);
  if (!rules_text.ok()) return rules_text.status();

  Configuration out;
  out.database = options.database;
  out.database.retention = std::max(options.max_retention, options.database.retention);
  absl::Duration reach = absl::ZeroDuration();
  absl::StatusOr<RuleSet> rules =
      LoadRules(options.rules_file, *rules_text, ChecksAgainst(Database(out.database), &reach));
  if (!rules.ok()) return rules.status();
  out.database.retention =
      std::max(options.database.retention, RetentionFor(reach, LongestInterval(*scrape)));
  out.policy = PolicyFor(*scrape);
  out.scrape = *std::move(scrape);
  out.rules = std::make_shared<const RuleSet>(*std::move(rules));
  return out;
}

}  // namespace tacho::adapter
