// Resource metrics over a real database: the contract's case 24, and tacho's policy.
#include <cmath>
#include <memory>
#include <string>

#include "adapter/core/custom_metrics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/rules_test_support.h"

namespace tacho::adapter {
namespace {

using ::tacho::adapter::testing::LoadClean;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kRules = R"(
resourceRules:
  cpu:
    containerQuery: sum(c_cpu{<<.LabelMatchers>>}) by (<<.GroupBy>>)
    nodeQuery: sum(n_cpu{<<.LabelMatchers>>}) by (<<.GroupBy>>)
    resources: {template: <<.Resource>>}
    containerLabel: container
  memory:
    containerQuery: sum(c_mem{<<.LabelMatchers>>}) by (<<.GroupBy>>)
    nodeQuery: sum(n_mem{<<.LabelMatchers>>}) by (<<.GroupBy>>)
    resources: {template: <<.Resource>>}
    containerLabel: container
  window: 1m
)";

class ResourceTest : public ::testing::Test {
 protected:
  void Container(const std::string& ns, const std::string& pod, const std::string& container,
                 int64_t base, double cpu, double memory) {
    Append({{"__name__", "c_cpu"}, {"namespace", ns}, {"pod", pod}, {"container", container}}, base,
           cpu);
    Append({{"__name__", "c_mem"}, {"namespace", ns}, {"pod", pod}, {"container", container}},
           base + 1, memory);
  }
  void Append(const Labels& series, int64_t second, double value) {
    ASSERT_TRUE(database_.Append(series, kBegin + absl::Seconds(second), value).ok());
  }
  void Serve(const std::string& more = "") {
    registry_ = std::make_unique<MetricRegistry>(LoadClean(std::string(kRules) + more));
  }
  HttpReply Get(const std::string& path) {
    const PodIndex pods(targets_);
    const ApiState state{*registry_, querier_, pods, {}, kBegin + absl::Seconds(60)};
    return HandleApi({"GET", ""}, ParseRoute("/apis/metrics.k8s.io/v1beta1/" + path), state);
  }

  void SetUp() override {
    Container("some-ns", "pod1", "cont1", 10, 1100, 3100);
    Container("some-ns", "pod1", "cont2", 20, 1110, 3110);
    Container("some-ns", "pod3", "cont1", 30, 1300, 3300);
    Container("other-ns", "pod27", "cont1", 27, 2200, 4200);
    Serve();
  }

  static constexpr Timestamp kBegin = Timestamp::FromUnixMillis(1'700'000'000'000);  // 22:13:20
  Database database_;
  CachingQuerier querier_{database_};
  std::unique_ptr<MetricRegistry> registry_;
  std::vector<DiscoveredTarget> targets_;
};

// The time of a pod is that of its oldest sample.
TEST_F(ResourceTest, Case24PodsOfANamespace) {
  EXPECT_EQ(Get("namespaces/some-ns/pods").body,
            R"({"kind":"PodMetricsList","apiVersion":"metrics.k8s.io/v1beta1","metadata":{},)"
            R"("items":[{"metadata":{"name":"pod1","namespace":"some-ns",)"
            R"("creationTimestamp":"2023-11-14T22:14:20Z"},"timestamp":"2023-11-14T22:13:30Z",)"
            R"("window":"1m0s","containers":[)"
            R"({"name":"cont1","usage":{"cpu":"1100","memory":"3100"}},)"
            R"({"name":"cont2","usage":{"cpu":"1110","memory":"3110"}}]},)"
            R"({"metadata":{"name":"pod3","namespace":"some-ns",)"
            R"("creationTimestamp":"2023-11-14T22:14:20Z"},"timestamp":"2023-11-14T22:13:50Z",)"
            R"("window":"1m0s","containers":[)"
            R"({"name":"cont1","usage":{"cpu":"1300","memory":"3300"}}]}]})"
            "\n");
}

TEST_F(ResourceTest, Case24PodsOfAllNamespacesAndOnePod) {
  const std::string all = Get("pods").body;
  EXPECT_LT(all.find("\"pod27\""), all.find("\"pod1\""));
  EXPECT_LT(all.find("\"pod1\""), all.find("\"pod3\""));
  EXPECT_THAT(
      Get("namespaces/other-ns/pods/pod27").body,
      HasSubstr(R"({"kind":"PodMetrics","apiVersion":"metrics.k8s.io/v1beta1","metadata")"));
  const HttpReply none = Get("namespaces/some-ns/pods/pod-nonexistant");
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body,
              HasSubstr(R"("podmetrics.metrics.k8s.io \"some-ns/pod-nonexistant\" not found")"));
}

TEST_F(ResourceTest, Case24Nodes) {
  Append({{"__name__", "n_cpu"}, {"node", "node1"}}, 10, 1100);
  Append({{"__name__", "n_mem"}, {"node", "node1"}}, 11, 2100);
  Append({{"__name__", "n_cpu"}, {"node", "node2"}}, 14, 1200);
  Append({{"__name__", "n_mem"}, {"node", "node2"}}, 12, 2200);
  Append({{"__name__", "n_cpu"}, {"node", "node3"}}, 14, 1200);
  const std::string body = Get("nodes").body;
  EXPECT_THAT(body, HasSubstr(R"("timestamp":"2023-11-14T22:13:30Z","window":"1m0s",)"
                              R"("usage":{"cpu":"1100","memory":"2100"})"));
  EXPECT_THAT(body, HasSubstr(R"("timestamp":"2023-11-14T22:13:32Z","window":"1m0s",)"
                              R"("usage":{"cpu":"1200","memory":"2200"})"));
  EXPECT_THAT(body, Not(HasSubstr("node3")));
  EXPECT_EQ(Get("nodes/node1").status, 200);
  EXPECT_EQ(Get("nodes/node3").status, 404);
}

// A negative usage is none. A NaN is unknown, and with it the pod, unless the rule says
// zero as prometheus-adapter does (safety F1).
TEST_F(ResourceTest, Case24NegativeIsZeroAndNanIsUnknown) {
  Container("n", "below", "c", 30, -1100, -3110);
  Container("n", "nan", "c", 30, std::nan(""), 1);
  const std::string body = Get("namespaces/n/pods").body;
  EXPECT_THAT(body, HasSubstr(R"("usage":{"cpu":"0","memory":"0"})"));
  EXPECT_THAT(body, Not(HasSubstr("\"nan\"")));
  Serve("  tacho: {onNaN: zero}\n");
  EXPECT_THAT(Get("namespaces/n/pods/nan").body, HasSubstr(R"("usage":{"cpu":"0","memory":"1"})"));
}

// A pod that lacks one of its containers would look idle.
TEST_F(ResourceTest, APodWithAnUnknownContainerIsLeftOutWhole) {
  Container("n", "p", "good", 30, 5, 5);
  Container("n", "p", "bad", 30, std::nan(""), 5);
  EXPECT_THAT(Get("namespaces/n/pods").body, HasSubstr("\"items\":[]"));
  Serve("  tacho: {maxAge: 35s}\n");
  EXPECT_THAT(Get("namespaces/some-ns/pods").body,
              AllOf(HasSubstr("pod3"), Not(HasSubstr("pod1"))));
}

TEST_F(ResourceTest, SelectorsChoosePods) {
  DiscoveredTarget target;
  target.pod_namespace = "some-ns";
  target.pod_name = "pod3";
  target.pod_labels = {{"app", "x"}};
  targets_.push_back(target);
  for (const char* path :
       {"namespaces/some-ns/pods?labelSelector=app%3Dx", "pods?labelSelector=app%3Dx",
        "pods?fieldSelector=metadata.name%3Dpod3"}) {
    EXPECT_THAT(Get(path).body, AllOf(HasSubstr("pod3"), Not(HasSubstr("pod1")))) << path;
  }
  EXPECT_THAT(Get("pods?labelSelector=app%3Dnone").body, HasSubstr("\"items\":[]"));
  EXPECT_THAT(Get("pods?fieldSelector=metadata.namespace%3Dother-ns").body, HasSubstr("pod27"));
  EXPECT_EQ(Get("pods?fieldSelector=spec.x%3Dy").status, 400);
  EXPECT_EQ(Get("pods?labelSelector=%3D").status, 400);
}

}  // namespace
}  // namespace tacho::adapter
