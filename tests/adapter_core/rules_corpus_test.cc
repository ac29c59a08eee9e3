// The published configurations of the shared corpus: those that work load, those that
// are broken are refused with a place, and every query runs.
#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/k8s_selector.h"
#include "adapter/core/query_builder.h"
#include "adapter/core/rules.h"
#include "adapter/core/series_query_hints.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tacho/database.h"
#include "tests/support/corpus.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::CorpusDir;
using ::tacho::testing::IsOk;
using ::tacho::testing::ReadFile;

// Prepares and runs each query, over no data.
RuleChecks EngineChecks() {
  static const Database database({.retention = absl::Hours(24 * 40)});
  return {[](std::string_view promql) { return database.Ask(promql, Timestamp()).status(); },
          [](std::string_view selector) { return database.Metrics(selector).status(); }};
}

// What ran, and what did not.
struct Runs {
  int queries = 0;
  std::vector<std::string> failures;

  void Run(const Database& database, std::string_view promql) {
    ++queries;
    const absl::Status status = database.Ask(promql, kEnd).status();
    if (!status.ok()) failures.push_back(absl::StrCat(status.message(), ": ", std::string(promql)));
  }
  template <typename QueryOrError>
  void Expand(const Database& database, const QueryOrError& query) {
    if (query.ok()) {
      Run(database, query->promql);
    } else {
      failures.emplace_back(query.status().message());
    }
  }

  static constexpr Timestamp kEnd = Timestamp::FromUnixMillis(300'000);
};

// The objects a and b of the rule's kind have growing series of `metric`.
void FillFor(const ResourceLabels& resources, const SeriesQueryHints& hints,
             const std::string& metric, Database* database) {
  for (const std::string object : {"a", "b"}) {
    std::vector<Label> labels = {
        {std::string(kMetricNameLabel), metric}, {"le", "1"}, {"nth", object}};
    for (const std::string& label : hints.labels) labels.push_back({label, object});
    for (const auto& [label, resource] : resources.overrides) {
      if (label == kMetricNameLabel) continue;
      labels.push_back({label, resource.resource == "namespaces" ? "default" : object});
    }
    const Labels series = Labels::FromUnsorted(std::move(labels));
    for (int64_t ms = 0; ms <= Runs::kEnd.unix_millis(); ms += 30'000) {
      const auto status = database->Append(series, Timestamp::FromUnixMillis(ms), double(ms));
      EXPECT_THAT(status, IsOk()) << series.ToString();
    }
  }
}

// m{<<.LabelMatchers>>,a="b"} without any matcher is no PromQL: such a rule answers, here and
// in the original, only requests that have a selector.
bool IsLeadingComma(const absl::StatusOr<MetricQuery>& query) {
  return query.ok() && query->args.label_matchers.empty() && absl::StrContains(query->promql, "{,");
}

void RunRule(const Rule& rule, bool external, Runs* runs) {
  const SeriesQueryHints hints = ReadSeriesQuery(rule.series_query);
  const std::string metric = hints.metric.empty() ? "http_requests_total" : hints.metric;
  Database database({.retention = absl::Hours(24 * 40)});
  FillFor(rule.resources, hints, metric, &database);
  const MetricSource source = {&rule, metric};
  // Some rules have no label for namespaces: their warning says what that means.
  const bool placed = rule.resources.LabelOf({"", "namespaces"}).has_value();
  for (const std::string_view text : {"", "app=web,tier in (x,y),!old"}) {
    const auto selector = Selector::Parse(text);
    ASSERT_THAT(selector, IsOk());
    if (external) {
      const auto query = BuildExternalQuery(source, placed ? "default" : "", *selector);
      if (!IsLeadingComma(query)) runs->Expand(database, query);
      continue;
    }
    std::set<GroupResource> resources;
    for (const auto& [label, resource] : rule.resources.overrides) resources.insert(resource);
    if (rule.resources.label_template.has_value()) resources.insert({"", "pods"});
    for (const GroupResource& resource : resources) {
      const std::string_view space = IsRootScoped(resource) || !placed ? "" : "default";
      using Names = std::vector<std::string>;
      for (const auto& names : {Names{"a"}, Names{"a", "b"}}) {
        runs->Expand(database, BuildQuery(source, {resource, space, names, *selector}));
      }
    }
  }
}

void RunResourceRule(const ResourceRule& rule, Runs* runs) {
  const Database database({.retention = absl::Hours(24 * 40)});
  for (const std::string_view space : {"", "default"}) {
    runs->Expand(database, BuildContainerQuery(rule, {space, {}}));
    runs->Expand(database, BuildContainerQuery(rule, {space, {"a", "b"}}));
  }
  runs->Expand(database, BuildNodeQuery(rule, {"", {}}));
  runs->Expand(database, BuildNodeQuery(rule, {"", {"a"}}));
}

std::vector<std::filesystem::path> Files(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(CorpusDir() / folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// One rule's seriesQuery is no selector (a pattern where the metric's name belongs):
// prometheus-adapter loads it and then fails to discover anything.
constexpr std::string_view kBadSelector = "028-remenyi-onlab1.yaml";

TEST(RulesCorpusTest, EveryPublishedConfigurationLoadsWhole) {
  TACHO_REQUIRE_CORPUS();
  const auto files = Files("rules");
  EXPECT_EQ(files.size(), 107u);
  for (const auto& path : files) {
    const auto rules = LoadRules(path.filename().string(), ReadFile(path), EngineChecks());
    ASSERT_THAT(rules, IsOk()) << path;
    const int refused = path.filename() == kBadSelector ? 1 : 0;
    EXPECT_EQ(rules->refused, refused) << path << "\n" << ::testing::PrintToString(rules->problems);
  }
}

TEST(RulesCorpusTest, EveryQueryThatTheyExpandToRuns) {
  TACHO_REQUIRE_CORPUS();
  int queries = 0;
  for (const auto& path : Files("rules")) {
    const auto rules = LoadRules(path.filename().string(), ReadFile(path), EngineChecks());
    ASSERT_THAT(rules, IsOk()) << path;
    Runs runs;
    for (const Rule& rule : rules->rules) RunRule(rule, false, &runs);
    for (const Rule& rule : rules->external_rules) RunRule(rule, true, &runs);
    if (rules->resource_rules.has_value()) {
      RunResourceRule(rules->resource_rules->cpu, &runs);
      RunResourceRule(rules->resource_rules->memory, &runs);
    }
    EXPECT_THAT(runs.failures, ::testing::IsEmpty()) << path;
    queries += runs.queries;
  }
  // 181 templates, most of them for several resources, names and selectors.
  EXPECT_GT(queries, 600);
}

// What the file's own "# fault" line says, in the words of the refusal. By number.
constexpr std::array<std::string_view, 12> kReasons = {
    "not YAML",
    "not YAML",
    "unknown key \"namespace\" in resources",
    "rules must be a list, not a mapping",
    "rules must be a list, not a mapping",
    "unknown key \"type\" in a rule",
    "name must be a mapping, not the text",
    "seriesQuery: 1:32: parse error",
    "metricsQuery: 10:3: parse error",
    "metricsQuery: 1:165: parse error",
    "unknown key \"metricsQuery\" in name",
    "unknown key \"Rules\" in the rules file",
};

TEST(RulesCorpusTest, EveryBrokenConfigurationIsRefusedWithAPlace) {
  TACHO_REQUIRE_CORPUS();
  const auto files = Files("rules-broken");
  ASSERT_EQ(files.size(), kReasons.size());
  size_t number = 0;
  for (const auto& path : files) {
    const std::string name = path.filename().string();
    const auto rules = LoadRules(name, ReadFile(path), EngineChecks());
    std::string said(rules.status().message());
    if (rules.ok()) {
      EXPECT_GT(rules->refused, 0) << name;
      EXPECT_TRUE(rules->rules.empty()) << name;
      said = rules->problems.empty() ? "" : rules->problems.front();
    }
    EXPECT_TRUE(absl::StartsWith(said, name + ":")) << name << ": " << said;
    EXPECT_THAT(said, ::testing::ContainsRegex(":[0-9]+:[0-9]+: ")) << name;
    EXPECT_THAT(said, ::testing::HasSubstr(std::string(kReasons[number++]))) << name;
  }
}

}  // namespace
}  // namespace tacho::adapter
