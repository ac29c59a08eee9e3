#include "adapter/core/rules.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/rules_test_support.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::adapter::testing::AcceptAll;
using ::tacho::adapter::testing::GeneratedRules;
using ::tacho::adapter::testing::kRequestsRule;
using ::tacho::adapter::testing::Load;
using ::tacho::adapter::testing::LoadClean;
using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// One rule of these lines (each with its indent of two), after a good one.
std::string AfterAGoodRule(const std::string& lines) {
  return std::string(kRequestsRule) + "- seriesQuery: x\n  resources: {template: <<.Resource>>}\n" +
         lines;
}

// What is said about a second rule; the first must survive.
std::string ProblemOf(const std::string& lines, const RuleChecks& checks = AcceptAll()) {
  const auto rules = Load(AfterAGoodRule(lines), checks);
  EXPECT_THAT(rules, IsOk());
  if (!rules.ok()) return "";
  EXPECT_THAT(rules->rules, SizeIs(1));
  EXPECT_EQ(rules->refused, 1);
  EXPECT_THAT(rules->problems, SizeIs(1));
  return rules->problems.empty() ? "" : rules->problems.front();
}

TEST(RulesTest, ReadsTheDemosRule) {
  const auto rules = LoadClean(kRequestsRule);
  ASSERT_THAT(rules->rules, SizeIs(1));
  const Rule& rule = rules->rules[0];
  EXPECT_EQ(rule.place, "rules.yaml:3:3");
  EXPECT_EQ(rule.series_query, "http_requests_total{namespace!=\"\",pod!=\"\"}");
  EXPECT_EQ(rule.resources.LabelOf({"", "pods"}), "pod");
  EXPECT_EQ(rule.ApiName("http_requests_total"), "http_requests_per_second");
  EXPECT_EQ(rule.ApiName("http_requests"), std::nullopt);  // matches is a filter, too
}

TEST(RulesTest, GeneratedRulesLoad) { EXPECT_THAT(LoadClean(GeneratedRules())->rules, SizeIs(6)); }

TEST(RulesTest, AnEmptyFileHasNoRules) {
  for (const char* text : {"", "# all of it is a comment\n", "{}"}) {
    const auto rules = Load(text);
    ASSERT_THAT(rules, IsOk());
    EXPECT_EQ(rules->size(), 0u);
    EXPECT_THAT(rules->problems,
                ElementsAre(HasSubstr(":1:1: the file has no rules, so no API is served")));
  }
  EXPECT_THAT(LoadClean("rules: []\nexternalRules: []\n")->rules, IsEmpty());
}

// The contract's case 13.
TEST(RulesTest, TheDefaultNameDependsOnTheGroups) {
  const auto name = [](const std::string& matches) {
    const auto rules = LoadClean(
        "rules:\n- seriesQuery: x\n  resources: {template: <<.Resource>>}\n"
        "  metricsQuery: x\n  name: {matches: '" +
        matches + "'}\n");
    return rules->rules.empty() ? "refused" : rules->rules[0].ApiName("container_some_usage");
  };
  EXPECT_EQ(name("^container_(.*)_usage$"), "some");
  EXPECT_EQ(name("^container_(?P<what>.*)_usage$"), "some");
  EXPECT_EQ(name(""), "container_some_usage");
  EXPECT_EQ(name("some"), "some");
  EXPECT_THAT(ProblemOf("  metricsQuery: x\n  name: {matches: '(a)(b)'}\n"),
              HasSubstr("must specify an 'as' value for name matcher \"(a)(b)\" associated with "
                        "series query \"x\""));
}

// The contract's case 12.
TEST(RulesTest, FiltersAreUnanchoredAndAllMustPass) {
  const auto rules = LoadClean(
      "rules:\n- seriesQuery: x\n  resources: {template: <<.Resource>>}\n  metricsQuery: x\n"
      "  seriesFilters: [{is: total}, {isNot: ^your_}]\n");
  ASSERT_THAT(rules->rules, SizeIs(1));
  EXPECT_EQ(rules->rules[0].ApiName("x_total_y"), "x_total_y");
  EXPECT_EQ(rules->rules[0].ApiName("your_total"), std::nullopt);
  EXPECT_EQ(rules->rules[0].ApiName("my_sum"), std::nullopt);
}

TEST(RulesTest, OneBadRuleIsLeftOutAndNamedByItsPlace) {
  EXPECT_EQ(ProblemOf("  metricsQuery: x\n  type: Object\n"),
            "rules.yaml:10:3: unknown key \"type\" in a rule (this rule is left out)");
  EXPECT_THAT(ProblemOf("  metricsQuery: x\n  name: text\n"),
              HasSubstr("rules.yaml:10:9: name must be a mapping, not the text \"text\""));
  EXPECT_THAT(ProblemOf("  metricsQuery: x\n  seriesQuery: twice\n"),
              HasSubstr("key \"seriesQuery\" is given twice"));
  EXPECT_THAT(ProblemOf("  metricsQuery: x\n  seriesFilters: [{}]\n"),
              HasSubstr("must have either an `is` or `isNot` expression in a filter"));
  EXPECT_THAT(ProblemOf("  metricsQuery: x\n  seriesFilters: [{is: a, isNot: b}]\n"),
              HasSubstr("cannot have both an `is` (\"a\") and `isNot` (\"b\") expression"));
  EXPECT_THAT(ProblemOf("  metricsQuery: x\n  seriesFilters: [{is: '('}]\n"),
              HasSubstr("rules.yaml:10:19: regular expression \"(\""));
  EXPECT_THAT(ProblemOf("  metricsQuery: x\n  name: {matches: '['}\n"),
              HasSubstr("rules.yaml:10:19: regular expression \"[\""));
}

TEST(RulesTest, QueriesThatCannotBeReadAreRefusedAtLoad) {
  EXPECT_THAT(ProblemOf(""), HasSubstr("rules.yaml:7:3: the rule has no metricsQuery"));
  EXPECT_THAT(ProblemOf("  metricsQuery: 'sum(<<.Nope>>)'\n"),
              HasSubstr("rules.yaml:9:17: unable to parse metrics query template"));
  EXPECT_THAT(ProblemOf("  metricsQuery: 'sum(<<.Series'\n"), HasSubstr("rules.yaml:9:17: "));
}

TEST(RulesTest, TheEngineIsShownBothFormsOfTheQuery) {
  std::vector<std::string> asked;
  RuleChecks checks = AcceptAll();
  checks.query = [&](std::string_view promql) {
    asked.emplace_back(promql);
    return absl::OkStatus();
  };
  ASSERT_THAT(Load(kRequestsRule, checks), IsOk());
  EXPECT_THAT(asked, ElementsAre("sum(rate(http_requests_total{namespace=\"default\",pod=\"a\"}"
                                 "[2m])) by (pod)",
                                 "sum(rate(http_requests_total{namespace=\"default\",pod=~\"a|b\"}"
                                 "[2m])) by (pod)"));
}

TEST(RulesTest, WhatTheEngineRefusesDisablesTheRuleWithItsWords) {
  RuleChecks checks = AcceptAll();
  checks.query = [](std::string_view promql) {
    return promql.starts_with("topk") ? absl::UnimplementedError("1:1: topk is not supported")
                                      : absl::OkStatus();
  };
  EXPECT_EQ(ProblemOf("  metricsQuery: topk(1, x)\n", checks),
            "rules.yaml:9:17: metricsQuery: 1:1: topk is not supported; the query is: topk(1, x) "
            "(this rule is left out)");
  checks = AcceptAll();
  checks.selector = [](std::string_view selector) {
    return selector == "x" ? absl::InvalidArgumentError("1:1: no selector") : absl::OkStatus();
  };
  EXPECT_THAT(ProblemOf("  metricsQuery: x\n", checks),
              HasSubstr("rules.yaml:7:16: seriesQuery: 1:1: no selector"));
}

TEST(RulesTest, ResourcesAreRead) {
  const auto rules = LoadClean(
      "rules:\n- seriesQuery: x\n  metricsQuery: x\n  resources:\n    namespaced: false\n"
      "    template: kube_<<.Resource>>\n"
      "    overrides: {d: {group: apps, resource: deployment}, n: {resource: Nodes}}\n");
  ASSERT_THAT(rules->rules, SizeIs(1));
  const ResourceLabels& labels = rules->rules[0].resources;
  EXPECT_FALSE(labels.namespaced);
  EXPECT_EQ(labels.ResourceOf("d"), (GroupResource{"apps", "deployments"}));
  EXPECT_EQ(labels.ResourceOf("n"), (GroupResource{"", "nodes"}));
  EXPECT_EQ(labels.ResourceOf("kube_pod"), (GroupResource{"", "pods"}));
  EXPECT_THAT(ProblemOf("  metricsQuery: x\n  name: {as: a, match: b}\n"),
              HasSubstr("unknown key \"match\" in name"));
}

TEST(RulesTest, BadResourcesRefuseTheRule) {
  const auto problem = [](const std::string& resources) {
    const auto rules =
        Load("rules:\n- seriesQuery: x\n  metricsQuery: x\n  resources: " + resources);
    return rules.ok() && rules->rules.empty() ? rules->problems.at(0) : "loaded";
  };
  EXPECT_THAT(problem("{template: kube_pod}"), HasSubstr("must include at least"));
  EXPECT_THAT(problem("{overrides: {a: {kind: Pod}}}"), HasSubstr("unknown key \"kind\""));
  EXPECT_THAT(problem("{overrides: [a]}"), HasSubstr("overrides must be a mapping, not a list"));
  EXPECT_THAT(problem("{overrides: , namespace: {resource: namespace}}"),
              HasSubstr("unknown key \"namespace\" in resources; did you mean \"namespaced\"?"));
}

TEST(RulesTest, WhatARuleCannotDoIsSaidButItLoads) {
  const auto rules = Load(
      "rules:\n- metricsQuery: x\n"
      "- {seriesQuery: y, metricsQuery: y}\n"
      "- {seriesQuery: z, metricsQuery: z, resources: {overrides: {c: {resource: container},\n"
      "    p: {resource: pod}, q: {resource: pods}}}}\n");
  ASSERT_THAT(rules, IsOk());
  EXPECT_THAT(rules->rules, SizeIs(3));
  EXPECT_EQ(rules->refused, 0);
  EXPECT_THAT(rules->problems,
              ElementsAre(HasSubstr("rules.yaml:2:3: the rule has no seriesQuery"),
                          HasSubstr("rules.yaml:3:3: the rule maps no label to a resource"),
                          HasSubstr("label \"c\" is ignored: no resource \"container\" is known"),
                          HasSubstr("labels \"p\" and \"q\" both stand for pods"),
                          HasSubstr("rules.yaml:4:3: the rule has no label for namespaces")));
}

TEST(RulesTest, ANameThatNobodyMeantIsSaid) {
  const std::string rule =
      "rules:\n- {seriesQuery: x, metricsQuery: x, resources: {template: <<.Resource>>},\n"
      "   name: {matches: ^(.*)_total$, as: \"";
  const auto said = [&](const std::string& as) { return Load(rule + as + "\"}}\n")->problems; };
  EXPECT_THAT(said("${1}_per_second"), IsEmpty());
  EXPECT_THAT(said("$1"), IsEmpty());
  EXPECT_THAT(said("$0$$"), IsEmpty());
  EXPECT_THAT(said("$1_per_second"),
              ElementsAre(AllOf(HasSubstr("rules.yaml:3:38: name.as refers to the group "
                                          "\"1_per_second\", which name.matches does not have"),
                                HasSubstr("write ${1}_x"))));
  EXPECT_THAT(said("${2}_a_${nope}"),
              ElementsAre(HasSubstr("group \"2\""), HasSubstr("group \"nope\"")));
  EXPECT_THAT(said("a/${1}"), ElementsAre(HasSubstr("rules.yaml:3:38: name.as has a /")));
}

TEST(RulesTest, TheTopLevelIsReadStrictly) {
  EXPECT_THAT(Load("apiVersion: v1\nkind: ConfigMap\ndata: {config.yaml: 'rules: []'}\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "rules.yaml:1:1: the rules file is a Kubernetes object; its content is "
                       "what one of the keys under data holds: take that out"));
  EXPECT_THAT(Load("Rules: []"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "rules.yaml:1:1: unknown key \"Rules\" in the rules file; "
                       "did you mean \"rules\"?"));
  EXPECT_THAT(Load("rules: {seriesQuery: x}"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "rules.yaml:1:8: rules must be a list, not a mapping"));
  EXPECT_THAT(Load("- a"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "rules.yaml:1:1: the rules file must be a mapping, not a list"));
  EXPECT_THAT(Load("rules: ["),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not YAML")));
}

TEST(RulesTest, ExternalRulesAreOnesOfTheirOwn) {
  const auto rules = Load(
      "externalRules:\n- {seriesQuery: x, metricsQuery: x, resources: {namespaced: false}}\n"
      "- {seriesQuery: x, metricsQuery: x}\n- {seriesQuery: x, metricQuery: x}\n");
  ASSERT_THAT(rules, IsOk());
  EXPECT_THAT(rules->rules, IsEmpty());
  EXPECT_THAT(rules->external_rules, SizeIs(2));
  EXPECT_FALSE(rules->serves_custom);
  EXPECT_TRUE(rules->serves_external);
  EXPECT_THAT(
      rules->problems,
      ElementsAre(HasSubstr("rules.yaml:3:3: the rule has no label for namespaces, so every "
                            "request for it fails; add one"),
                  HasSubstr("rules.yaml:4:20: unknown key \"metricQuery\" in a rule; did you mean "
                            "\"metricsQuery\"?")));
}

constexpr const char* kCpu =
    "resourceRules:\n  cpu: {containerQuery: x, nodeQuery: y, containerLabel: c,\n"
    "    resources: {template: <<.Resource>>}}\n";

TEST(RulesTest, ResourceRulesAreReadWhole) {
  const auto rules = Load(std::string(kCpu) +
                          "  memory: {containerQuery: v, nodeQuery: w, containerLabel: c,\n"
                          "    resources: {template: <<.Resource>>}}\n"
                          "  window: 5m\n  tacho: {onNaN: zero}\n");
  ASSERT_THAT(rules, IsOk());
  EXPECT_THAT(rules->problems, IsEmpty());
  ASSERT_TRUE(rules->resource_rules.has_value());
  EXPECT_EQ(rules->resource_rules->window, absl::Minutes(5));
  EXPECT_EQ(rules->resource_rules->cpu.container_label, "c");
  EXPECT_EQ(rules->resource_rules->policy.on_nan, OnUnknown::kZero);
}

TEST(RulesTest, ResourceRulesThatCannotAnswerAreLeftOut) {
  const auto problem = [](const std::string& memory, int refused = 1) {
    const auto rules = Load(std::string(kCpu) + memory);
    EXPECT_THAT(rules, IsOk());
    EXPECT_FALSE(rules->resource_rules.has_value());
    EXPECT_TRUE(rules->serves_resource);
    EXPECT_EQ(rules->refused, refused);
    return rules->problems.empty() ? "" : rules->problems.front();
  };
  EXPECT_THAT(problem("", 0), HasSubstr("rules.yaml:2:3: resourceRules has no memory, so it"));
  EXPECT_THAT(problem("  memory: {containerQuery: x}\n"),
              HasSubstr("rules.yaml:4:11: the rule has no nodeQuery"));
  EXPECT_THAT(problem("  memory: {containerQuery: x, nodeQuery: y}\n"),
              HasSubstr("rules.yaml:4:11: the rule has no containerLabel"));
  EXPECT_THAT(problem("  memory: {containerQuery: x, nodeQuery: y, containerLabel: c}\n"),
              HasSubstr("the rule has no label for namespaces; add one to resources.overrides"));
}

TEST(RulesTest, ATachoBlockSetsThePolicyOfItsRule) {
  const auto rules =
      LoadClean(std::string(kRequestsRule) +
                "  tacho: {onNaN: zero, onMissing: error, maxAge: 30s, minCoverage: 0.5,\n"
                "    minSpan: 10s, holdLast: 2m, clampMax: 1e6}\n");
  ASSERT_THAT(rules->rules, SizeIs(1));
  ValuePolicy defaults;
  defaults.interval = absl::Seconds(15);
  const ValuePolicy policy = rules->rules[0].policy.Over(defaults);
  EXPECT_EQ(policy.on_nan, OnUnknown::kZero);
  EXPECT_EQ(policy.on_missing, OnUnknown::kError);
  EXPECT_EQ(policy.max_age, absl::Seconds(30));
  EXPECT_EQ(policy.min_coverage, 0.5);
  EXPECT_EQ(policy.min_span, absl::Seconds(10));
  EXPECT_EQ(policy.hold_last, absl::Minutes(2));
  EXPECT_EQ(policy.clamp_max, 1e6);
  EXPECT_EQ(policy.interval, absl::Seconds(15));
}

TEST(RulesTest, AWrongTachoBlockNamesItsPlace) {
  const auto said = [](const std::string& block) {
    return ProblemOf("  metricsQuery: x\n  tacho: {" + block + "}\n");
  };
  EXPECT_THAT(said("onNaN: null_it"), HasSubstr(":18: expected omit, zero or error, not the text"));
  EXPECT_THAT(said("onNan: zero"), HasSubstr("unknown key \"onNan\" in tacho; did you mean"));
  EXPECT_THAT(said("minCoverage: 1.5"), HasSubstr("expected a number from 0 to 1, not"));
  EXPECT_THAT(said("maxAge: soon"), HasSubstr("expected a duration such as 30s, not"));
  EXPECT_THAT(said("clampMax: nan"), HasSubstr("expected a number from"));
}

}  // namespace
}  // namespace tacho::adapter
