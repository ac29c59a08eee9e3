#include "adapter/core/custom_metrics.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/fake_querier.h"
#include "tests/adapter_core/rules_test_support.h"

namespace tacho::adapter {
namespace {

using ::tacho::adapter::testing::FakeQuerier;
using ::tacho::adapter::testing::kRequestsRule;
using ::tacho::adapter::testing::LoadClean;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr Timestamp kNow = Timestamp::FromUnixMillis(1'700'000'000'000);     // 22:13:20
constexpr Timestamp kSample = Timestamp::FromUnixMillis(1'699'999'995'000);  // 22:13:15

DiscoveredTarget Pod(const std::string& ns, const std::string& name, const std::string& app) {
  DiscoveredTarget target;
  target.pod_namespace = ns;
  target.pod_name = name;
  target.pod_labels = {{"app", app}, {"app_kubernetes_io_name", app}};
  return target;
}

class CustomMetricsTest : public ::testing::Test {
 protected:
  HttpReply Get(const std::string& target, std::string_view user_agent = "") {
    const ApiState state{registry_, querier_, pods_, {absl::Seconds(60)}, kNow};
    return HandleApi({"GET", user_agent}, ParseRoute(target), state);
  }
  HttpReply Metric(const std::string& rest) {
    return Get("/apis/custom.metrics.k8s.io/v1beta2/" + rest);
  }
  void PodRow(const std::string& pod, double value, Timestamp newest = kSample) {
    querier_.AddRow({{"pod", pod}}, value, newest);
  }

  const std::vector<DiscoveredTarget> targets_ = {
      Pod("default", "pod-b", "x"), Pod("default", "pod-a", "x"), Pod("default", "pod-c", "y"),
      Pod("other", "pod-z", "x")};
  const PodIndex pods_{targets_};
  const MetricRegistry registry_{LoadClean(kRequestsRule), {}};
  FakeQuerier querier_;
};

constexpr const char* kByApp =
    "namespaces/default/pods/%2A/http_requests_per_second?labelSelector=app%3Dx";

// The contract's case 15: a counter of one per 15 s. 1 / 15 is 66 thousandths, cut.
TEST_F(CustomMetricsTest, EndToEnd) {
  querier_.answer.window = absl::Minutes(2);
  PodRow("pod-a", 1.0 / 15);
  const HttpReply reply = Metric(kByApp);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body,
            R"({"kind":"MetricValueList","apiVersion":"custom.metrics.k8s.io/v1beta2",)"
            R"("metadata":{},"items":[{"describedObject":{"kind":"Pod","namespace":"default",)"
            R"("name":"pod-a","apiVersion":"/v1"},"metric":{"name":"http_requests_per_second",)"
            R"("selector":null},"timestamp":"2023-11-14T22:13:15Z","windowSeconds":120,)"
            R"("value":"66m"}]})"
            "\n");
  EXPECT_THAT(querier_.asked, ElementsAre("sum(rate(http_requests_total{namespace=\"default\","
                                          "pod=~\"pod-a|pod-b\"}[2m])) by (pod)"));
}

TEST_F(CustomMetricsTest, OnePodByName) {
  PodRow("pod-a", 1.5);
  const HttpReply reply = Metric("namespaces/default/pods/pod-a/http_requests_per_second");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("\"value\":\"1500m\""));
  EXPECT_THAT(querier_.asked, ElementsAre(HasSubstr("{namespace=\"default\",pod=\"pod-a\"}")));
}

TEST_F(CustomMetricsTest, APodThatDiscoveryDoesNotKnowAnswersIfItHasSeries) {
  PodRow("from-cadvisor", 1);
  EXPECT_EQ(Metric("namespaces/default/pods/from-cadvisor/http_requests_per_second").status, 200);
}

TEST_F(CustomMetricsTest, LabelsWithSlashesAreFoundByTheirSanitizedNames) {
  PodRow("pod-c", 1);
  const HttpReply reply = Metric(
      "namespaces/default/pods/*/http_requests_per_second?labelSelector="
      "app.kubernetes.io/name%3Dy");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(querier_.asked, ElementsAre(HasSubstr("pod=\"pod-c\"")));
}

// Case 16.
TEST_F(CustomMetricsTest, APodWithoutAValueIsLeftOutOfTheList) {
  PodRow("pod-a", 1);
  const HttpReply reply = Metric(kByApp);
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("pod-a"));
  EXPECT_THAT(reply.body, Not(HasSubstr("pod-b")));
}

TEST_F(CustomMetricsTest, ItemsComeByNameAndRowsOfOthersAreIgnored) {
  PodRow("pod-b", 2);
  PodRow("stranger", 9);
  PodRow("pod-a", 1);
  const std::string body = Metric(kByApp).body;
  EXPECT_LT(body.find("pod-a"), body.find("pod-b"));
  EXPECT_THAT(body, Not(HasSubstr("stranger")));
}

// 300 names of 40 bytes: 102 fit 4 KiB, so three queries, none longer than the
// engine's default limit of 8 KiB.
TEST_F(CustomMetricsTest, ManyPodsAreAskedForInRuns) {
  std::vector<DiscoveredTarget> targets;
  for (int i = 100; i < 400; ++i) {
    const std::string name = std::string(37, 'p') + std::to_string(i);
    targets.push_back(Pod("big", name, "x"));
    PodRow(name, i);
  }
  const PodIndex pods(targets);
  const ApiState state{registry_, querier_, pods, {}, kNow};
  const HttpReply reply =
      HandleMetric(ParseRoute("/apis/custom.metrics.k8s.io/v1beta2/namespaces/big/pods/*/"
                              "http_requests_per_second"),
                   state);
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(querier_.asked, SizeIs(3));
  for (const std::string& promql : querier_.asked) EXPECT_LT(promql.size(), 8192u);
  for (const DiscoveredTarget& target : targets) {
    EXPECT_THAT(reply.body, HasSubstr("\"" + target.pod_name + "\""));
  }
}

// Each question to one that hangs takes its whole time.
TEST_F(CustomMetricsTest, OneThatDoesNotAnswerIsAskedOnceForManyPods) {
  std::vector<DiscoveredTarget> targets;
  for (int i = 100; i < 400; ++i) {
    targets.push_back(Pod("big", std::string(37, 'p') + std::to_string(i), "x"));
  }
  const PodIndex pods(targets);
  const ApiState state{registry_, querier_, pods, {}, kNow};
  querier_.error = absl::UnavailableError("no upstream has answered");
  const HttpReply reply =
      HandleMetric(ParseRoute("/apis/custom.metrics.k8s.io/v1beta2/namespaces/big/pods/*/"
                              "http_requests_per_second"),
                   state);
  EXPECT_EQ(reply.reason, "upstream");
  EXPECT_THAT(querier_.asked, SizeIs(1));
}

// Whose text is longer than names alone make it: here the template has them twice.
TEST_F(CustomMetricsTest, AQueryThatWouldBeTooLongIsSplit) {
  std::string rule(kRequestsRule);
  const size_t by = rule.find(" by (<<.GroupBy>>)");
  ASSERT_NE(by, std::string::npos);
  rule.insert(by + 18, " / sum(x{<<.LabelMatchers>>}) by (<<.GroupBy>>)");
  const MetricRegistry registry(LoadClean(rule), {});
  std::vector<DiscoveredTarget> targets;
  for (int i = 10; i < 20; ++i) {
    const std::string name = std::string(48, 'p') + std::to_string(i);
    targets.push_back(Pod("big", name, "x"));
    PodRow(name, i);
  }
  const PodIndex pods(targets);
  const ApiState state{registry, querier_, pods, {}, kNow, nullptr, absl::ZeroDuration(),
                       nullptr,  600};
  const HttpReply reply =
      HandleMetric(ParseRoute("/apis/custom.metrics.k8s.io/v1beta2/namespaces/big/pods/*/"
                              "http_requests_per_second"),
                   state);
  EXPECT_EQ(reply.status, 200) << reply.body << reply.log;
  EXPECT_GT(querier_.asked.size(), 2u);
  for (const std::string& promql : querier_.asked) EXPECT_LE(promql.size(), 600u);
  for (const DiscoveredTarget& target : targets) {
    EXPECT_THAT(reply.body, HasSubstr("\"" + target.pod_name + "\""));
  }
}

// Nothing is known of a pod while nobody answers, not even that there is none.
TEST_F(CustomMetricsTest, WhileNobodyEvaluatesQueriesTheMetricIsUnknown) {
  querier_.error = absl::UnavailableError("no upstream has answered: http://p: connect");
  for (const char* path : {kByApp, "namespaces/default/pods/pod-a/http_requests_per_second",
                           "namespaces/default/pods/none/http_requests_per_second"}) {
    const HttpReply reply = Metric(path);
    EXPECT_EQ(reply.status, 503) << path;
    EXPECT_EQ(reply.reason, "upstream");
    EXPECT_THAT(reply.body, HasSubstr("no upstream has answered: http://p: connect"));
  }
}

// Section 6, row 4: upstream says 200 and an empty list.
TEST_F(CustomMetricsTest, AListInWhichNoPodHasAValueIsA503) {
  const HttpReply missing = Metric(kByApp);
  EXPECT_EQ(missing.status, 503);
  EXPECT_EQ(missing.reason, "missing");
  EXPECT_THAT(missing.body,
              HasSubstr("the metric http_requests_per_second for pods is known, but has no value "
                        "now: missing: of 2 asked for: missing (2)"));
  querier_.answer.evidence.targets_selected = 2;
  EXPECT_EQ(Metric(kByApp).reason, "warming");
}

TEST_F(CustomMetricsTest, ASelectorThatMatchesNoPodIsA404) {
  const HttpReply reply =
      Metric("namespaces/default/pods/*/http_requests_per_second?labelSelector=app%3Dnone");
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, HasSubstr("\"the server could not find the metric "
                                    "http_requests_per_second for pods\""));
  EXPECT_THAT(querier_.asked, IsEmpty());
}

// Case 17, and section 6, row 4.
TEST_F(CustomMetricsTest, ByNameAKnownPodIs503AndAnUnknownOneIs404) {
  EXPECT_EQ(Metric("namespaces/default/pods/pod-b/http_requests_per_second").status, 503);
  const HttpReply unknown = Metric("namespaces/default/pods/pod-q/http_requests_per_second");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.body, HasSubstr("http_requests_per_second for pods pod-q\""));
}

TEST_F(CustomMetricsTest, AResultThatLostTheLabelSaysSo) {
  querier_.AddRow({}, 5, kSample);
  const HttpReply reply = Metric("namespaces/default/pods/pod-a/http_requests_per_second");
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("has no label \\\"pod\\\"; the rule's metricsQuery must keep"));
}

// F1, F2: section 6, rows 1 and 2.
TEST_F(CustomMetricsTest, NanAndInfinityAreNeverNumbers) {
  PodRow("pod-a", std::nan(""));
  PodRow("pod-b", 2);
  const HttpReply list = Metric(kByApp);
  EXPECT_EQ(list.status, 200);
  EXPECT_THAT(list.body, Not(HasSubstr("pod-a")));
  const HttpReply nan = Metric("namespaces/default/pods/pod-a/http_requests_per_second");
  EXPECT_EQ(nan.status, 503);
  EXPECT_EQ(nan.reason, "nan");
  PodRow("pod-c", std::numeric_limits<double>::infinity());
  const HttpReply inf = Metric("namespaces/default/pods/pod-c/http_requests_per_second");
  EXPECT_EQ(inf.status, 503);
  EXPECT_EQ(inf.reason, "overflow");
  EXPECT_THAT(inf.body, Not(HasSubstr("9223372036854775808")));
}

// F11: section 6, row 3.
TEST_F(CustomMetricsTest, TwoRowsForOnePodAreAmbiguous) {
  PodRow("pod-a", 1);
  PodRow("pod-a", 2);
  const HttpReply reply = Metric("namespaces/default/pods/pod-a/http_requests_per_second");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.reason, "ambiguous");
}

// F4.
TEST_F(CustomMetricsTest, AnOldSampleIsStale) {
  PodRow("pod-a", 1, kNow - absl::Seconds(61));
  const HttpReply reply = Metric("namespaces/default/pods/pod-a/http_requests_per_second");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.reason, "stale");
}

TEST_F(CustomMetricsTest, TheCommonestReasonIsNamedFirst) {
  PodRow("pod-a", std::nan(""));
  PodRow("pod-b", std::nan(""));
  PodRow("pod-c", 1, kNow - absl::Hours(1));
  const HttpReply reply = Metric("namespaces/default/pods/*/http_requests_per_second");
  EXPECT_EQ(reply.reason, "nan");
  EXPECT_THAT(reply.body, HasSubstr("of 3 asked for: stale (1), nan (2)"));
}

TEST_F(CustomMetricsTest, AValueWithoutSamplesIsStampedNow) {
  querier_.AddRow({{"pod", "pod-a"}}, 1, Evidence());
  EXPECT_THAT(Metric("namespaces/default/pods/pod-a/http_requests_per_second").body,
              HasSubstr("2023-11-14T22:13:20Z"));
}

// Case 18.
TEST_F(CustomMetricsTest, AMetricOfTheNamespaceItself) {
  querier_.AddRow({{"namespace", "default"}}, 3, kSample);
  const HttpReply reply = Metric("namespaces/default/metrics/http_requests_per_second");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr(R"({"kind":"Namespace","name":"default","apiVersion":"/v1"})"));
  EXPECT_THAT(querier_.asked,
              ElementsAre("sum(rate(http_requests_total{namespace=\"default\"}[2m])) by "
                          "(namespace)"));
}

TEST_F(CustomMetricsTest, AllNamespacesThatDiscoveryKnows) {
  querier_.AddRow({{"namespace", "default"}}, 3, kSample);
  querier_.AddRow({{"namespace", "other"}}, 4, kSample);
  const HttpReply all = Metric("namespaces/*/metrics/http_requests_per_second");
  EXPECT_EQ(all.status, 200);
  EXPECT_THAT(all.body, HasSubstr("\"name\":\"other\""));
  EXPECT_THAT(querier_.asked, ElementsAre(HasSubstr("{namespace=~\"default|other\"}")));
  const HttpReply one = Metric(
      "namespaces/*/metrics/http_requests_per_second?labelSelector="
      "kubernetes.io/metadata.name%3Dother");
  EXPECT_THAT(one.body, Not(HasSubstr("\"default\"")));
  EXPECT_EQ(Metric("namespaces/nope/metrics/http_requests_per_second").status, 404);
}

// Case 19.
TEST_F(CustomMetricsTest, TheMetricSelectorReachesQueryAndReply) {
  PodRow("pod-a", 1);
  const std::string path = "namespaces/default/pods/pod-a/http_requests_per_second";
  const HttpReply reply = Metric(path + "?metricLabelSelector=code%20notin%20(500)%2Cverb%3DGET");
  EXPECT_THAT(querier_.asked,
              ElementsAre(HasSubstr("{code!~\"500\",verb=\"GET\",namespace=\"default\",")));
  EXPECT_THAT(reply.body,
              HasSubstr(R"("selector":{"matchLabels":{"verb":"GET"},"matchExpressions":[)"
                        R"({"key":"code","operator":"NotIn","values":["500"]}]})"));
  const HttpReply differs = Metric(path + "?metricLabelSelector=verb!%3DGET");
  EXPECT_EQ(differs.status, 500);
  EXPECT_THAT(differs.body, HasSubstr(R"("\"!=\" is not a valid label selector operator","code")"));
  EXPECT_EQ(Metric(path + "?metricLabelSelector=code%3E5").status, 404);
}

TEST_F(CustomMetricsTest, SelectorsThatDoNotParse) {
  const std::string path = "namespaces/default/pods/*/http_requests_per_second";
  const HttpReply objects = Metric(path + "?labelSelector=%3D");
  EXPECT_EQ(objects.status, 400);
  EXPECT_THAT(objects.body, HasSubstr("\"reason\":\"BadRequest\""));
  const HttpReply series = Metric(path + "?metricLabelSelector=%3D");
  EXPECT_EQ(series.status, 500);
  EXPECT_THAT(series.body, Not(HasSubstr("reason")));
}

TEST_F(CustomMetricsTest, UnknownMetricsAndWrongScopesAreA404) {
  for (const std::string path :
       {"namespaces/default/pods/pod-a/nope", "namespaces/default/pods/*/nope",
        "namespaces/default/services/s/http_requests_per_second",
        "namespaces/default/widgets.example.com/w/http_requests_per_second",
        "pods/pod-a/http_requests_per_second", "nodes/n/http_requests_per_second",
        "namespaces/default/namespaces/default/http_requests_per_second"}) {
    EXPECT_EQ(Metric(path).status, 404) << path;
  }
  EXPECT_THAT(Metric("namespaces/default/deployments.apps/d/nope").body,
              HasSubstr("could not find the metric nope for deployments.apps\""));
  EXPECT_THAT(querier_.asked, IsEmpty());
}

TEST_F(CustomMetricsTest, AQueryThatFailsIsA500WithTheCauseInTheLogOnly) {
  querier_.error = absl::ResourceExhaustedError("too many samples");
  const HttpReply reply = Metric(kByApp);
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(reply.body, HasSubstr("Internal error occurred: unable to fetch metrics"));
  EXPECT_THAT(reply.body, Not(HasSubstr("too many")));
  EXPECT_THAT(reply.log, HasSubstr("too many samples: sum(rate("));
  querier_.error = absl::OkStatus();
  querier_.answer.type = ResultType::kScalar;
  EXPECT_THAT(Metric(kByApp).log, HasSubstr("the query gives no vector"));
}

TEST_F(CustomMetricsTest, AMetricWhoseSeriesWereNeverSeenIsNotAsked) {
  const MetricRegistry registry(
      LoadClean("rules:\n- seriesQuery: '{__name__=~\"a_.*\"}'\n  metricsQuery: sum(<<.Series>>)\n"
                "  resources: {overrides: {ns: {resource: namespace}, p: {resource: pod}}}\n"
                "  name: {as: load}\n"),
      {});
  const ApiState state{registry, querier_, pods_, {}, kNow};
  const HttpReply reply = HandleMetric(
      ParseRoute("/apis/custom.metrics.k8s.io/v1beta1/namespaces/default/pods/pod-a/load"), state);
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.reason, "missing");
  EXPECT_THAT(querier_.asked, IsEmpty());
}

TEST_F(CustomMetricsTest, DiscoveryAndVersionAnswer) {
  EXPECT_THAT(Get("/apis").body, StartsWith("{\"kind\":\"APIGroupList\""));
  EXPECT_THAT(Get("/apis/custom.metrics.k8s.io").body, StartsWith("{\"kind\":\"APIGroup\""));
  EXPECT_THAT(Get("/apis/custom.metrics.k8s.io/v1beta1").body,
              HasSubstr("pods/http_requests_per_second"));
  EXPECT_THAT(Get("/version").body, StartsWith("{\"major\":\"1\""));
}

TEST_F(CustomMetricsTest, OtherRoutesAndMethods) {
  EXPECT_EQ(Get("/apis/nope").status, 404);
  EXPECT_EQ(Get("/apis/nope").content_type, "application/json");
  EXPECT_EQ(Get("/nope").content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(Get("/%").status, 400);
  const ApiState state{registry_, querier_, pods_, {}, kNow};
  EXPECT_EQ(HandleApi({"POST", ""}, ParseRoute("/apis"), state).status, 405);
}

TEST_F(CustomMetricsTest, PeopleGetIndentedJson) {
  constexpr const char* kIndented = "{\n  \"kind\": \"APIGroup\",\n";
  EXPECT_THAT(Get("/apis/custom.metrics.k8s.io?pretty=true").body, StartsWith(kIndented));
  for (const char* agent : {"curl/7.88", "Wget/1", "Mozilla/5.0 (X11)"}) {
    EXPECT_THAT(Get("/apis/custom.metrics.k8s.io", agent).body, StartsWith(kIndented));
  }
  EXPECT_THAT(Get("/apis/custom.metrics.k8s.io?pretty=false", "curl/7.88").body,
              StartsWith("{\"kind\""));
  EXPECT_THAT(Get("/apis/custom.metrics.k8s.io", "kubectl/v1").body, StartsWith("{\"kind\""));
}

TEST(PodIndexTest, TargetsOfOnePodAreMergedAndOthersPassedOver) {
  DiscoveredTarget sidecar = Pod("ns", "p", "ignored");
  sidecar.pod_labels["tier"] = "web";
  const std::vector<DiscoveredTarget> targets = {Pod("ns", "p", "x"), sidecar, DiscoveredTarget(),
                                                 Pod("ns", "", "x"), Pod("", "p", "x")};
  const PodIndex pods(targets);
  EXPECT_THAT(pods.ListPods("ns", *Selector::Parse("app=x,tier=web")), ElementsAre("p"));
  EXPECT_THAT(pods.ListPods("ns", *Selector::Parse("app=ignored")), IsEmpty());
  EXPECT_THAT(pods.ListPods("elsewhere", Selector()), IsEmpty());
  EXPECT_THAT(pods.ListNamespaces(), ElementsAre("ns"));
  EXPECT_TRUE(pods.HasPod("ns", "p"));
  EXPECT_FALSE(pods.HasPod("ns", "q"));
  EXPECT_FALSE(pods.HasPod("nope", "p"));
}

}  // namespace
}  // namespace tacho::adapter
