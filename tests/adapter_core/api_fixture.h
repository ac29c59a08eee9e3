// ApiTest: the API as a client sees it, over rules of the test's choice, values of a
// FakeQuerier and a few pods.
#ifndef TACHO_TESTS_ADAPTER_CORE_API_FIXTURE_H_
#define TACHO_TESTS_ADAPTER_CORE_API_FIXTURE_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/core/custom_metrics.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/fake_querier.h"
#include "tests/adapter_core/rules_test_support.h"

namespace tacho::adapter::testing {

class ApiTest : public ::testing::Test {
 protected:
  static constexpr Timestamp kNow = Timestamp::FromUnixMillis(1'700'000'000'000);  // 22:13:20
  static constexpr Timestamp kSample = Timestamp::FromUnixMillis(1'699'999'995'000);

  void Serve(std::string_view rules, const FoundSeries& custom = {},
             const FoundSeries& external = {}) {
    registry_ = std::make_unique<MetricRegistry>(LoadClean(rules), custom, external);
  }

  void AddPod(const std::string& ns, const std::string& name, const std::string& app) {
    DiscoveredTarget target;
    target.pod_namespace = ns;
    target.pod_name = name;
    target.pod_labels = {{"app", app}};
    targets_.push_back(target);
  }

  HttpReply Get(const std::string& target, std::string_view accept = "") {
    const PodIndex pods(targets_);
    const ApiState state{*registry_, querier_, pods, policy_, kNow, &held_, coverage_reach_};
    return HandleApi({"GET", "", accept}, ParseRoute(target), state);
  }
  HttpReply Custom(const std::string& rest) {
    return Get("/apis/custom.metrics.k8s.io/v1beta2/" + rest);
  }
  HttpReply External(const std::string& rest) {
    return Get("/apis/external.metrics.k8s.io/v1beta1/namespaces/" + rest);
  }
  HttpReply Resource(const std::string& rest) {
    return Get("/apis/metrics.k8s.io/v1beta1/" + rest);
  }

  FakeQuerier querier_;
  ValuePolicy policy_;
  LastValues held_;
  Duration coverage_reach_ = absl::ZeroDuration();
  std::unique_ptr<MetricRegistry> registry_;
  std::vector<DiscoveredTarget> targets_;
};

}  // namespace tacho::adapter::testing

#endif  // TACHO_TESTS_ADAPTER_CORE_API_FIXTURE_H_
