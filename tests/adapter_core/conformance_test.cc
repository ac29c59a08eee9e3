// The contract's conformance cases (custom metrics API, section 5), by number. Where tacho
// answers otherwise (section 6), the test says so.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "adapter/core/quantity.h"
#include "adapter/core/query_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/api_fixture.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::adapter::testing::ApiTest;
using ::tacho::adapter::testing::GeneratedRules;
using ::tacho::adapter::testing::kRequestsRule;
using ::tacho::adapter::testing::Load;
using ::tacho::adapter::testing::LoadClean;
using ::tacho::testing::IsOk;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::vector<std::string> kPodLabels = {"container", "namespace", "pod"};
const std::vector<MetricLabels> kContainers = {{"container_some_count_total", kPodLabels},
                                               {"container_some_time_seconds_total", kPodLabels},
                                               {"container_some_usage", kPodLabels}};
const std::vector<MetricLabels> kOthers = {
    {"ingress_hits_total", {"kube_ingress", "kube_namespace", "kube_pod", "kube_service"}},
    {"node_fan_seconds_total", {"kube_node"}},
    {"node_gigawatts", {"kube_node"}},
    {"service_proxy_packets", {"kube_namespace", "kube_service"}},
    {"volume_claims_total", {"kube_persistentvolume"}},
    {"work_queue_wait_seconds_total", {"kube_deployment", "kube_namespace"}}};
const FoundSeries kSeries = {kContainers, kContainers, kContainers, kOthers, kOthers, kOthers};

// The generated rules over the contract's series; what is asked ends up in querier_.asked.
class GeneratedCase : public ApiTest {
 protected:
  void SetUp() override { Serve(GeneratedRules(), kSeries); }
  std::string QueryOf(const std::string& path) {
    querier_.asked.clear();
    static_cast<void>(Custom(path));
    return querier_.asked.empty() ? "" : querier_.asked.front();
  }
};

TEST_F(GeneratedCase, Case01PodsOfAGauge) {
  AddPod("somens", "somepod1", "a");
  AddPod("somens", "somepod2", "a");
  EXPECT_EQ(QueryOf("namespaces/somens/pods/*/some_usage"),
            "sum(container_some_usage{namespace=\"somens\",pod=~\"somepod1|somepod2\","
            "container!=\"POD\"}) by (pod)");
}

TEST_F(GeneratedCase, Case02PodsOfCounters) {
  AddPod("somens", "somepod1", "a");
  AddPod("somens", "somepod2", "a");
  const std::string rest =
      "{namespace=\"somens\",pod=~\"somepod1|somepod2\",container!=\"POD\"}[1m])) by (pod)";
  EXPECT_EQ(QueryOf("namespaces/somens/pods/*/some_count"),
            "sum(rate(container_some_count_total" + rest);
  EXPECT_EQ(QueryOf("namespaces/somens/pods/*/some_time"),
            "sum(rate(container_some_time_seconds_total" + rest);
}

TEST_F(GeneratedCase, Case03AServiceAskedForInTheSingular) {
  EXPECT_EQ(QueryOf("namespaces/somens/service/somesvc/ingress_hits?metricLabelSelector="
                    "param1%3Dvalue1"),
            "sum(rate(ingress_hits_total{param1=\"value1\",kube_namespace=\"somens\","
            "kube_service=\"somesvc\"}[1m])) by (kube_service)");
  EXPECT_EQ(QueryOf("namespaces/somens/services/somesvc/ingress_hits"),
            "sum(rate(ingress_hits_total{kube_namespace=\"somens\",kube_service=\"somesvc\"}"
            "[1m])) by (kube_service)");
}

// The groups of today: networking.k8s.io and apps instead of extensions.
TEST_F(GeneratedCase, Case04IngressesAndDeployments) {
  EXPECT_EQ(QueryOf("namespaces/somens/ingresses.networking.k8s.io/someingress/ingress_hits"),
            "sum(rate(ingress_hits_total{kube_namespace=\"somens\",kube_ingress=\"someingress\"}"
            "[1m])) by (kube_ingress)");
  EXPECT_EQ(QueryOf("namespaces/somens/deployments.apps/somedep/work_queue_wait"),
            "sum(rate(work_queue_wait_seconds_total{kube_namespace=\"somens\","
            "kube_deployment=\"somedep\"}[1m])) by (kube_deployment)");
}

TEST_F(GeneratedCase, Case05RootScopedObjects) {
  EXPECT_EQ(QueryOf("node/somenode/node_gigawatts"),
            "sum(node_gigawatts{kube_node=\"somenode\"}) by (kube_node)");
  EXPECT_EQ(QueryOf("persistentvolume/somepv/volume_claims"),
            "sum(rate(volume_claims_total{kube_persistentvolume=\"somepv\"}[1m])) by "
            "(kube_persistentvolume)");
}

TEST_F(GeneratedCase, Case06SeventeenMetrics) {
  std::vector<std::string> root;
  EXPECT_EQ(registry_->metrics().size(), 17u);
  for (const auto& [key, source] : registry_->metrics()) {
    if (IsRootScoped(key.resource)) root.push_back(key.resource.ToString() + "/" + key.metric);
  }
  EXPECT_THAT(root,
              ElementsAre("namespaces/ingress_hits", "namespaces/service_proxy_packets",
                          "namespaces/some_count", "namespaces/some_time", "namespaces/some_usage",
                          "namespaces/work_queue_wait", "nodes/node_fan", "nodes/node_gigawatts",
                          "persistentvolumes/volume_claims"));
}

// Series whose labels are plain resource names, found after the first look.
TEST_F(ApiTest, Case07TheListIsEmptyUntilSeriesAreSeen) {
  std::string rules = GeneratedRules();
  for (size_t at; (at = rules.find("kube_<<")) != std::string::npos;) rules.erase(at, 5);
  Serve(rules);
  EXPECT_THAT(Custom("").body, HasSubstr("\"resources\":[]"));
  const std::vector<MetricLabels> others = {
      {"ingress_hits_total", {"ingress", "namespace", "pod", "service"}},
      {"service_proxy_packets", {"namespace", "service"}},
      {"work_queue_wait_seconds_total", {"deployment", "namespace"}}};
  const std::vector<MetricLabels> usage = {kContainers[2]};
  Serve(rules, {usage, usage, usage, others, others, others});
  EXPECT_EQ(registry_->metrics().size(), 10u);
  EXPECT_THAT(Custom("").body, HasSubstr("\"services/service_proxy_packets\""));
}

class TemplateCase : public ::testing::Test {
 protected:
  static ResourceLabels Plain(bool namespaced = true) {
    ResourceLabels labels;
    labels.overrides = {{"namespaces", {"", "namespaces"}}, {"resource", {"", "pods"}}};
    labels.namespaced = namespaced;
    return labels;
  }
  static std::string Expand(const std::string& text, const absl::StatusOr<TemplateArgs>& args) {
    const auto expanded = QueryTemplate::Parse(text)->Expand(*args);
    return expanded.ok() ? *expanded : std::string(expanded.status().message());
  }
  static absl::StatusOr<TemplateArgs> Object(const std::string& ns, std::vector<std::string> names,
                                             std::string_view selector = "") {
    return BuildTemplateArgs(Plain(), "s",
                             {{"", "pods"}, ns, std::move(names), *Selector::Parse(selector)});
  }
  static absl::StatusOr<TemplateArgs> External(const std::string& ns, std::string_view selector,
                                               bool namespaced = true) {
    return BuildExternalArgs(Plain(namespaced), "s", ns, *Selector::Parse(selector));
  }
};

TEST_F(TemplateCase, Case08LabelMatchers) {
  const std::string matchers = "<<.LabelMatchers>>";
  EXPECT_EQ(Expand(matchers, Object("", {"bar", "baz"})), "resource=~\"bar|baz\"");
  EXPECT_EQ(Expand(matchers, Object("", {"bar"})), "resource=\"bar\"");
  EXPECT_EQ(Expand(matchers, Object("", {"bar"}, "metric1=value1")),
            "metric1=\"value1\",resource=\"bar\"");
}

TEST_F(TemplateCase, Case09LabelValuesByName) {
  EXPECT_EQ(Expand("<<index .LabelValuesByName \"namespaces\">> "
                   "<<index .LabelValuesByName \"resource\">>",
                   Object("default", {"bar", "baz"})),
            "default bar|baz");
}

TEST_F(TemplateCase, Case10GroupBy) {
  TemplateArgs args = *Object("", {"bar"});
  args.group_by = {"resource", "extra", "groups"};
  EXPECT_EQ(Expand("<<.GroupBy>>", args), "resource,extra,groups");
  EXPECT_EQ(Expand("<<.GroupBySlice>>", args), "[resource extra groups]");
}

TEST_F(TemplateCase, Case11External) {
  EXPECT_EQ(Expand("<<.LabelMatchers>>", External("default", "foo=bar")),
            "foo=\"bar\",namespaces=\"default\"");
  EXPECT_EQ(Expand("<<.LabelMatchers>>", External("", "foo=bar,qux in (bar,baz)")),
            "foo=\"bar\",qux=~\"bar|baz\"");
  EXPECT_EQ(Expand("<<.LabelValuesByName>>", External("", "foo in (bar,baz)")), "map[foo:bar|baz]");
  TemplateArgs args = *External("default", "", /*namespaced=*/false);
  args.group_by = {"foo", "bar"};
  EXPECT_EQ(Expand("<<index .LabelValuesByName \"namespaces\">> <<.GroupBySlice>>", args),
            " [foo bar]");
}

std::string WithFilter(const std::string& filter) {
  return "rules:\n- {seriesQuery: x, metricsQuery: x, resources: {template: <<.Resource>>}, "
         "seriesFilters: [{" +
         filter + "}]}\n";
}

TEST(FilterCase, Case12FiltersAreUnanchored) {
  const auto passes = [](const std::string& filter, std::string_view name) {
    return LoadClean(WithFilter(filter))->rules.at(0).ApiName(name).has_value();
  };
  EXPECT_TRUE(passes("is: my_.*", "my_label"));
  EXPECT_FALSE(passes("is: my_.*", "your_label"));
  EXPECT_FALSE(passes("isNot: my_.*", "my_label"));
  EXPECT_TRUE(passes("isNot: my_.*", "your_label"));
  EXPECT_TRUE(passes("is: total", "x_total_y"));
  EXPECT_THAT(Load(WithFilter("is: a, isNot: b"))->problems,
              ElementsAre(HasSubstr("cannot have both an `is` (\"a\") and `isNot` (\"b\")")));
}

std::string WithName(const std::string& name) {
  return "rules:\n- {seriesQuery: x, metricsQuery: x, resources: {template: <<.Resource>>}, "
         "name: {" +
         name + "}}\n";
}

TEST(NamingCase, Case13DefaultsOfAs) {
  const auto name = [](const std::string& matches) {
    return LoadClean(WithName("matches: '" + matches + "'"))
        ->rules.at(0)
        .ApiName("container_some_usage");
  };
  EXPECT_EQ(name("^container_(.*)_usage$"), "some");
  EXPECT_EQ(name(""), "container_some_usage");
  EXPECT_THAT(Load(WithName("matches: '(a)(b)'"))->problems,
              ElementsAre(HasSubstr("must specify an 'as' value for name matcher \"(a)(b)\" "
                                    "associated with series query \"x\"")));
}

TEST(NamingCase, Case14AGroupNameEndsAtTheLastWordCharacter) {
  const auto name = [](const std::string& as) {
    return Load(WithName("matches: '^(.*)_total$', as: '" + as + "'"))
        ->rules.at(0)
        .ApiName("http_requests_total");
  };
  EXPECT_EQ(name("$1_per_second"), "");
  EXPECT_EQ(name("${1}_per_second"), "http_requests_per_second");
}

class RequestsCase : public ApiTest {
 protected:
  void SetUp() override {
    Serve(kRequestsRule);
    AddPod("default", "pod-a", "x");
    AddPod("default", "pod-b", "x");
    querier_.answer.window = absl::Minutes(2);
  }
  void Row(const std::string& pod, double value) {
    querier_.AddRow({{"pod", pod}}, value, kSample);
  }
  const std::string list_ =
      "namespaces/default/pods/%2A/http_requests_per_second?labelSelector=app%3D";
  const std::string pod_ = "namespaces/default/pods/";
  const std::string metric_ = "/http_requests_per_second";
};

// The timestamp is the sample's, and the window is said: section 6, row 5.
TEST_F(RequestsCase, Case15EndToEnd) {
  Row("pod-a", 1.0 / 15);
  EXPECT_EQ(Custom(list_ + "x").body,
            R"({"kind":"MetricValueList","apiVersion":"custom.metrics.k8s.io/v1beta2",)"
            R"("metadata":{},"items":[{"describedObject":{"kind":"Pod","namespace":"default",)"
            R"("name":"pod-a","apiVersion":"/v1"},"metric":{"name":"http_requests_per_second",)"
            R"("selector":null},"timestamp":"2023-11-14T22:13:15Z","windowSeconds":120,)"
            R"("value":"66m"}]})"
            "\n");
}

// No pod with a value: 503 instead of an empty list, section 6, row 4.
TEST_F(RequestsCase, Case16PodsWithoutAValue) {
  EXPECT_EQ(Custom(list_ + "x").status, 503);
  Row("pod-a", 1);
  const HttpReply reply = Custom(list_ + "x");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, AllOf(HasSubstr("pod-a"), Not(HasSubstr("pod-b"))));
  const HttpReply none = Custom(list_ + "none");
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body,
              HasSubstr("could not find the metric http_requests_per_second for pods\""));
}

// 404 only for a pod that does not exist; else 503 and why: section 6, row 4.
TEST_F(RequestsCase, Case17OnePodWithoutAValue) {
  EXPECT_EQ(Custom(pod_ + "pod-b" + metric_).status, 503);
  const HttpReply unknown = Custom(pod_ + "pod-q" + metric_);
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.body, HasSubstr(" for pods pod-q\""));
  querier_.AddRow({}, 5, kSample);
  const HttpReply lost = Custom(pod_ + "pod-a" + metric_);
  EXPECT_EQ(lost.status, 503);
  EXPECT_THAT(lost.body, HasSubstr("must keep it: by (\\u003c\\u003c.GroupBy\\u003e\\u003e)"));
}

TEST_F(RequestsCase, Case18TheNamespaceItself) {
  querier_.AddRow({{"namespace", "default"}}, 3, kSample);
  const HttpReply reply = Custom("namespaces/default/metrics/http_requests_per_second");
  EXPECT_THAT(reply.body, HasSubstr(R"({"kind":"Namespace","name":"default","apiVersion":"/v1"})"));
  EXPECT_THAT(querier_.asked, ElementsAre("sum(rate(http_requests_total{namespace=\"default\"}"
                                          "[2m])) by (namespace)"));
}

TEST_F(RequestsCase, Case19MetricSelectors) {
  Row("pod-a", 1);
  const std::string path = pod_ + "pod-a" + metric_ + "?metricLabelSelector=";
  const HttpReply reply = Custom(path + "code%20notin%20(500)%2Cverb%3DGET");
  EXPECT_THAT(querier_.asked.front(), HasSubstr("{code!~\"500\",verb=\"GET\",namespace="));
  EXPECT_THAT(reply.body,
              HasSubstr(R"("selector":{"matchLabels":{"verb":"GET"},"matchExpressions":[)"
                        R"({"key":"code","operator":"NotIn","values":["500"]}]})"));
  const HttpReply differs = Custom(path + "verb!%3DGET");
  EXPECT_EQ(differs.status, 500);
  EXPECT_THAT(differs.body, AllOf(HasSubstr(R"("\"!=\" is not a valid label selector operator")"),
                                  Not(HasSubstr("\"reason\""))));
  EXPECT_EQ(Custom(path + "code%3E5").status, 404);
}

// Neither is ever a number: section 6, rows 1 and 2.
TEST_F(RequestsCase, Case20NanAndInfinity) {
  Row("pod-a", std::nan(""));
  Row("pod-b", std::numeric_limits<double>::infinity());
  EXPECT_EQ(Custom(pod_ + "pod-a" + metric_).reason, "nan");
  EXPECT_EQ(Custom(pod_ + "pod-b" + metric_).reason, "overflow");
}

TEST(QuantityCase, Case21Quantities) {
  const auto text = [](double v) { return FormatQuantity(v).value_or("-"); };
  EXPECT_EQ(text(0.0669), "66m");
  EXPECT_EQ(text(0.0009), "0");
  EXPECT_EQ(text(1.005), "1004m");
  EXPECT_EQ(text(1000), "1k");
  EXPECT_EQ(text(1500), "1500");
  EXPECT_EQ(text(10000), "10k");
  EXPECT_EQ(text(2.5e6), "2500k");
  EXPECT_EQ(text(1e9), "1G");
  EXPECT_EQ(text(-5.5), "-5500m");
}

// Two rows for one pod: ambiguous, section 6, row 3.
TEST_F(RequestsCase, Case27TwoRowsForOnePod) {
  Row("pod-a", 1);
  Row("pod-a", 2);
  EXPECT_EQ(Custom(pod_ + "pod-a" + metric_).reason, "ambiguous");
}

// A selector that fails takes only its own rule's metrics away: section 6, row 6.
TEST(IsolationCase, Case26ARuleWhoseSeriesCannotBeFound) {
  struct HalfBroken final : SeriesFinder {
    absl::StatusOr<std::vector<MetricLabels>> Find(std::string_view selector) override {
      if (selector == "{broken!=\"\"}") return absl::InternalError("no answer");
      return std::vector<MetricLabels>{{"load", {"node"}}};
    }
    uint64_t version() const override { return 1; }
  } series;
  LiveRegistry registry(
      LoadClean("rules:\n- {seriesQuery: '{broken!=\"\"}', metricsQuery: x, resources: &r "
                "{template: <<.Resource>>}}\n"
                "- {seriesQuery: '{a!=\"\"}', metricsQuery: x, resources: *r}\n"),
      &series);
  EXPECT_EQ(registry.Get()->metrics().size(), 1u);
  EXPECT_NE(registry.Get()->Find({{"", "nodes"}, "load"}), nullptr);
}

TEST_F(RequestsCase, Case25Routes) {
  Row("pod-a", 1);
  querier_.AddRow({{"namespace", "default"}}, 3, kSample);
  for (const char* path : {"namespaces/default/pods/*/http_requests_per_second",
                           "namespaces/default/pods/*/http_requests_per_second?labelSelector="
                           "app%3Dx",
                           "namespaces/default/metrics/http_requests_per_second",
                           "namespaces/default/pods/pod-a/http_requests_per_second"}) {
    EXPECT_EQ(Custom(path).status, 200) << path;
  }
  for (const char* path : {"blah", "nodes/foo", "namespaces/ns/pods/bar"}) {
    EXPECT_EQ(Custom(path).status, 404) << path;
  }
}

}  // namespace
}  // namespace tacho::adapter
