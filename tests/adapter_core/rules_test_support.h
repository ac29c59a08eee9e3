// Rules for tests: loading without an engine, and the rule sets that several tests use.
#ifndef TACHO_TESTS_ADAPTER_CORE_RULES_TEST_SUPPORT_H_
#define TACHO_TESTS_ADAPTER_CORE_RULES_TEST_SUPPORT_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/rules.h"
#include "gtest/gtest.h"

namespace tacho::adapter::testing {

inline RuleChecks AcceptAll() {
  const auto ok = [](std::string_view) { return absl::OkStatus(); };
  return {ok, ok};
}

inline absl::StatusOr<RuleSet> Load(std::string_view text, const RuleChecks& checks = AcceptAll()) {
  return LoadRules("rules.yaml", text, checks);
}

// Loads what must load without a word.
inline std::shared_ptr<const RuleSet> LoadClean(std::string_view text) {
  absl::StatusOr<RuleSet> rules = Load(text);
  EXPECT_TRUE(rules.ok()) << rules.status();
  if (!rules.ok()) return std::make_shared<RuleSet>();
  EXPECT_TRUE(rules->problems.empty()) << rules->problems.front();
  return std::make_shared<const RuleSet>(*std::move(rules));
}

// The rule of the demo: per-pod request rates.
inline constexpr std::string_view kRequestsRule = R"(
rules:
- seriesQuery: 'http_requests_total{namespace!="",pod!=""}'
  resources: {overrides: {namespace: {resource: namespace}, pod: {resource: pod}}}
  name: {matches: "^(.*)_total", as: "${1}_per_second"}
  metricsQuery: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)'
)";

// The shape of the rules that prometheus-adapter's generator writes (contract, section
// 5, D): container metrics by overrides, all others by a template kube_<resource>.
inline std::string GeneratedRules() {
  const auto container = [](std::string_view filter, std::string_view matches,
                            std::string_view query) {
    return absl::StrCat(
        "- seriesQuery: '{__name__=~\"^container_.*\",container!=\"POD\",namespace!=\"\","
        "pod!=\"\"}'\n  seriesFilters: [",
        std::string(filter), "]\n",
        "  resources: {overrides: {namespace: {resource: namespace}, pod: {resource: pod}}}\n",
        "  name: {matches: '", std::string(matches), "'}\n  metricsQuery: '", std::string(query),
        "'\n");
  };
  const auto other = [](std::string_view filter, std::string_view matches, std::string_view query) {
    return absl::StrCat("- seriesQuery: '{__name__!~\"^container_.*\"}'\n  seriesFilters: [",
                        std::string(filter), "]\n  resources: {template: 'kube_<<.Resource>>'}\n",
                        "  name: {matches: '", std::string(matches), "'}\n  metricsQuery: '",
                        std::string(query), "'\n");
  };
  const std::string by = ") by (<<.GroupBy>>)";
  const std::string pods = "<<.Series>>{<<.LabelMatchers>>,container!=\"POD\"}";
  const std::string plain = "<<.Series>>{<<.LabelMatchers>>}";
  return absl::StrCat(
      "rules:\n",
      container("", "^container_(.*)_seconds_total$", "sum(rate(" + pods + "[1m])" + by),
      container("{isNot: '^container_.*_seconds_total$'}", "^container_(.*)_total$",
                "sum(rate(" + pods + "[1m])" + by),
      container("{isNot: '^container_.*_total$'}", "^container_(.*)$", "sum(" + pods + by),
      other("{isNot: '.*_total$'}", "", "sum(" + plain + by),
      other("{isNot: '.*_seconds_total'}", "^(.*)_total$", "sum(rate(" + plain + "[1m])" + by),
      other("", "^(.*)_seconds_total$", "sum(rate(" + plain + "[1m])" + by));
}

}  // namespace tacho::adapter::testing

#endif  // TACHO_TESTS_ADAPTER_CORE_RULES_TEST_SUPPORT_H_
