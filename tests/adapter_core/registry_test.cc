#include "adapter/core/registry.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/rules_test_support.h"

namespace tacho::adapter {
namespace {

using ::tacho::adapter::testing::GeneratedRules;
using ::tacho::adapter::testing::kRequestsRule;
using ::tacho::adapter::testing::LoadClean;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::vector<std::string> Names(const MetricRegistry& registry) {
  std::vector<std::string> out;
  for (const auto& [key, source] : registry.metrics()) {
    out.push_back(key.resource.ToString() + "/" + key.metric);
  }
  return out;
}

// Section 5's series S, as the engine would report them to the six generated rules.
std::vector<std::vector<MetricLabels>> GeneratedSeries() {
  const std::vector<std::string> pod = {"container", "namespace", "pod"};
  const std::vector<MetricLabels> containers = {{"container_some_count_total", pod},
                                                {"container_some_time_seconds_total", pod},
                                                {"container_some_usage", pod}};
  const std::vector<MetricLabels> others = {
      {"ingress_hits_total", {"kube_ingress", "kube_namespace", "kube_pod", "kube_service"}},
      {"node_fan_seconds_total", {"kube_node"}},
      {"node_gigawatts", {"kube_node"}},
      {"service_proxy_packets", {"kube_namespace", "kube_service"}},
      {"volume_claims_total", {"kube_persistentvolume"}},
      {"work_queue_wait_seconds_total", {"kube_deployment", "kube_namespace"}}};
  return {containers, containers, containers, others, others, others};
}

// The contract's case 6, with today's groups.
TEST(RegistryTest, GeneratedRulesGiveSeventeenMetrics) {
  const MetricRegistry registry(LoadClean(GeneratedRules()), GeneratedSeries());
  EXPECT_THAT(Names(registry),
              UnorderedElementsAre(
                  "pods/some_count", "pods/some_time", "pods/some_usage", "namespaces/some_count",
                  "namespaces/some_time", "namespaces/some_usage", "services/ingress_hits",
                  "ingresses.networking.k8s.io/ingress_hits", "pods/ingress_hits",
                  "namespaces/ingress_hits", "services/service_proxy_packets",
                  "namespaces/service_proxy_packets", "deployments.apps/work_queue_wait",
                  "namespaces/work_queue_wait", "nodes/node_gigawatts",
                  "persistentvolumes/volume_claims", "nodes/node_fan"));
  EXPECT_THAT(registry.conflicts(), IsEmpty());
  const MetricSource* source = registry.Find({{"", "pods"}, "some_time"});
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(source->series_name, "container_some_time_seconds_total");
  EXPECT_EQ(registry.Find({{"", "nodes"}, "some_time"}), nullptr);
}

// F21, and the contract's divergence 6.
TEST(RegistryTest, ARuleThatSpellsItsMetricOutIsListedBeforeItsFirstSample) {
  const MetricRegistry registry(LoadClean(kRequestsRule), {});
  EXPECT_THAT(Names(registry),
              ElementsAre("namespaces/http_requests_per_second", "pods/http_requests_per_second"));
  EXPECT_EQ(registry.Find({{"", "pods"}, "http_requests_per_second"})->series_name,
            "http_requests_total");
}

TEST(RegistryTest, ALiteralNameIsListedWithoutKnowingTheSeries) {
  const MetricRegistry registry(
      LoadClean("rules:\n- seriesQuery: '{__name__=~\"a_.*\"}'\n  metricsQuery: <<.Series>>\n"
                "  resources: {overrides: {n: {resource: namespace}, p: {resource: pod}}}\n  name: "
                "{as: load}\n"),
      {});
  EXPECT_THAT(Names(registry), ElementsAre("namespaces/load", "pods/load"));
  EXPECT_EQ(registry.Find({{"", "pods"}, "load"})->series_name, "");
}

TEST(RegistryTest, ATemplateListsTheLabelsThatTheQueryRequires) {
  const MetricRegistry registry(
      LoadClean("rules:\n- seriesQuery: 'm{pod!=\"\",node!=\"\",x!=\"\"}'\n"
                "  metricsQuery: <<.Series>>\n  resources: {template: <<.Resource>>}\n"),
      {});
  EXPECT_THAT(Names(registry), ElementsAre("nodes/m", "pods/m"));
}

TEST(RegistryTest, NothingIsListedForAPatternWithoutSeries) {
  EXPECT_THAT(Names(MetricRegistry(LoadClean(GeneratedRules()), {})), IsEmpty());
}

TEST(RegistryTest, ASpelledOutNameMustPassTheFilters) {
  const MetricRegistry registry(
      LoadClean("rules:\n- seriesQuery: 'm{pod!=\"\"}'\n  metricsQuery: <<.Series>>\n"
                "  seriesFilters: [{isNot: m}]\n  resources: {template: <<.Resource>>}\n"),
      {});
  EXPECT_THAT(Names(registry), IsEmpty());
}

constexpr std::string_view kTwoRulesOneName = R"(
rules:
- {seriesQuery: 'a{pod!=""}', metricsQuery: x, name: {as: load},
   resources: &r {template: <<.Resource>>}}
- {seriesQuery: 'b{pod!=""}', metricsQuery: x, name: {as: load}, resources: *r}
)";

TEST(RegistryTest, OfTwoRulesForOneMetricTheLaterAnswersAndIsReported) {
  const std::vector<std::vector<MetricLabels>> series = {{{"a", {"pod"}}}, {{"b", {"pod"}}}};
  const MetricRegistry registry(LoadClean(kTwoRulesOneName), series);
  EXPECT_EQ(registry.Find({{"", "pods"}, "load"})->series_name, "b");
  EXPECT_THAT(registry.conflicts(),
              ElementsAre("metric load of pods comes from rules.yaml:3:3 (series a) and from "
                          "rules.yaml:5:3 (series b); the latter answers"));
}

TEST(RegistryTest, ARuleWithSeriesBeatsOneThatOnlyPromisesThem) {
  const std::vector<std::vector<MetricLabels>> series = {{{"a", {"pod"}}}, {}};
  const MetricRegistry registry(LoadClean(kTwoRulesOneName), series);
  EXPECT_EQ(registry.Find({{"", "pods"}, "load"})->series_name, "a");
  EXPECT_THAT(registry.conflicts(), IsEmpty());
}

TEST(RegistryTest, OfTwoSeriesInOneRuleTheLastAnswersAndIsReported) {
  const std::vector<std::vector<MetricLabels>> series = {{{"x", {"p"}}, {"y", {"p"}}}};
  const MetricRegistry registry(
      LoadClean("rules:\n- seriesQuery: '{p!=\"\"}'\n  metricsQuery: <<.Series>>\n"
                "  resources: {overrides: {n: {resource: namespace}, p: {resource: pod}}}\n  name: "
                "{as: load}\n"),
      series);
  EXPECT_EQ(registry.Find({{"", "pods"}, "load"})->series_name, "y");
  EXPECT_THAT(registry.conflicts(), SizeIs(1));
}

TEST(RegistryTest, TheDiscoveryDocumentsFollowFromTheMetrics) {
  const MetricRegistry registry(LoadClean(kRequestsRule));
  const std::string* list =
      registry.documents().ResourceList(ApiGroup::kCustom, ApiVersion::kV1beta1);
  ASSERT_NE(list, nullptr);
  EXPECT_THAT(*list, HasSubstr("\"namespaces/http_requests_per_second\",\"singularName\":\"\","
                               "\"namespaced\":false"));
  EXPECT_THAT(*list, HasSubstr("\"pods/http_requests_per_second\",\"singularName\":\"\","
                               "\"namespaced\":true"));
  EXPECT_FALSE(registry.documents().Serves(ApiGroup::kExternal));
  EXPECT_FALSE(registry.documents().Serves(ApiGroup::kResource));
}

constexpr std::string_view kExternalRules = R"(
externalRules:
- {seriesQuery: 'queue_depth{namespace!=""}', metricsQuery: x,
   resources: &r {template: <<.Resource>>}}
- {seriesQuery: '{__name__=~"^jobs_.*"}', metricsQuery: x, resources: *r,
   name: {matches: jobs_(.*)}}
)";

TEST(RegistryTest, ExternalMetricsGoByName) {
  const auto rules = LoadClean(kExternalRules);
  const MetricRegistry before(rules);
  ASSERT_NE(before.FindExternal("queue_depth"), nullptr);
  EXPECT_EQ(before.FindExternal("queue_depth")->rule, &rules->external_rules[0]);
  EXPECT_EQ(before.FindExternal("failed"), nullptr);
  const MetricRegistry after(rules, {}, {{}, {{"jobs_failed", {}}}});
  ASSERT_NE(after.FindExternal("failed"), nullptr);
  EXPECT_EQ(after.FindExternal("failed")->series_name, "jobs_failed");
  EXPECT_TRUE(after.documents().Serves(ApiGroup::kExternal));
  EXPECT_FALSE(after.documents().Serves(ApiGroup::kCustom));
}

TEST(RegistryTest, RulesThatSpellTheSameMetricOutOverlap) {
  const MetricRegistry registry(LoadClean(kTwoRulesOneName));
  EXPECT_THAT(registry.conflicts(),
              ElementsAre("metric load of pods comes from rules.yaml:3:3 (series a) and from "
                          "rules.yaml:5:3 (series b); the latter answers"));
  EXPECT_EQ(registry.Find({{"", "pods"}, "load"})->series_name, "b");
}

TEST(SeenSeriesTest, OnlyGrowsAndKnowsWhetherItDid) {
  SeenSeries seen(2);
  EXPECT_FALSE(seen.TakeChanged());
  seen.Add(1, {{"a", {"pod"}}});
  EXPECT_TRUE(seen.TakeChanged());
  seen.Add(1, {{"a", {"pod"}}});
  EXPECT_FALSE(seen.TakeChanged());
  seen.Add(1, {{"a", {"node"}}});
  EXPECT_TRUE(seen.TakeChanged());
  seen.Add(1, {});
  EXPECT_THAT(seen.All(), ElementsAre(IsEmpty(), ElementsAre(MetricLabels{"a", {"node", "pod"}})));
}

TEST(SeenSeriesTest, NamesAreBoundedPerRule) {
  SeenSeries seen(2);
  seen.Add(0, {{"a", {}}, {"b", {}}, {"c", {}}});
  EXPECT_THAT(seen.All()[0], SizeIs(2));
  seen.Add(1, {{"c", {}}});
  EXPECT_THAT(seen.All()[1], SizeIs(1));
  EXPECT_TRUE(seen.TakeChanged());
  seen.Add(0, {{"d", {}}});
  EXPECT_FALSE(seen.TakeChanged());
}

constexpr Timestamp kNow = Timestamp::FromUnixMillis(1'700'000'000'000);

TEST(LiveRegistryTest, ANewMetricIsThereAtItsFirstSampleAndStays) {
  Database database;
  DatabaseSeries series(database);
  LiveRegistry live(LoadClean("rules:\n- seriesQuery: '{pod!=\"\"}'\n  metricsQuery: <<.Series>>\n"
                              "  resources: {template: <<.Resource>>}\n"),
                    &series);
  EXPECT_THAT(Names(*live.Get()), IsEmpty());
  auto target = database.AddTarget({{"pod", "p"}});
  ASSERT_TRUE(target.ok());
  ASSERT_TRUE(target->Ingest("load 1\n", Exposition::kText, kNow).ok());
  const auto snapshot = live.Get();
  EXPECT_THAT(Names(*snapshot), ElementsAre("pods/load"));
  EXPECT_EQ(live.Get(), snapshot);  // nothing new, nothing made

  target->Remove(kNow);
  database.Advance(kNow + absl::Hours(1));
  EXPECT_THAT(Names(*live.Get()), ElementsAre("pods/load"));
}

}  // namespace
}  // namespace tacho::adapter
