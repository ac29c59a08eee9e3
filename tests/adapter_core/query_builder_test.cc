#include "adapter/core/query_builder.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/rules_test_support.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::adapter::testing::GeneratedRules;
using ::tacho::adapter::testing::LoadClean;
using ::tacho::testing::StatusIs;
using ::testing::HasSubstr;

class QueryBuilderTest : public ::testing::Test {
 protected:
  // The query of the generated rule number `rule`, or what is wrong.
  std::string Query(size_t rule, const std::string& series, GroupResource resource,
                    std::string_view namespace_name, std::vector<std::string> names,
                    std::string_view selector = "") const {
    const absl::StatusOr<Selector> parsed = Selector::Parse(selector);
    const auto query = BuildQuery({&rules_->rules.at(rule), series},
                                  {std::move(resource), namespace_name, std::move(names), *parsed});
    return query.ok() ? query->promql : std::string(query.status().message());
  }

  const std::shared_ptr<const RuleSet> rules_ = LoadClean(GeneratedRules());
};

// The contract's cases 1 to 5, with today's groups.
TEST_F(QueryBuilderTest, ConformanceCases) {
  const GroupResource pods = {"", "pods"};
  EXPECT_EQ(Query(2, "container_some_usage", pods, "somens", {"somepod1", "somepod2"}),
            "sum(container_some_usage{namespace=\"somens\",pod=~\"somepod1|somepod2\","
            "container!=\"POD\"}) by (pod)");
  EXPECT_EQ(Query(1, "container_some_count_total", pods, "somens", {"somepod1", "somepod2"}),
            "sum(rate(container_some_count_total{namespace=\"somens\",pod=~\"somepod1|somepod2\","
            "container!=\"POD\"}[1m])) by (pod)");
  EXPECT_EQ(
      Query(4, "ingress_hits_total", {"", "services"}, "somens", {"somesvc"}, "param1=value1"),
      "sum(rate(ingress_hits_total{param1=\"value1\",kube_namespace=\"somens\","
      "kube_service=\"somesvc\"}[1m])) by (kube_service)");
  EXPECT_EQ(Query(4, "ingress_hits_total", {"", "services"}, "somens", {"somesvc"}),
            "sum(rate(ingress_hits_total{kube_namespace=\"somens\",kube_service=\"somesvc\"}[1m])) "
            "by (kube_service)");
  EXPECT_EQ(
      Query(4, "ingress_hits_total", {"networking.k8s.io", "ingresses"}, "somens", {"someingress"}),
      "sum(rate(ingress_hits_total{kube_namespace=\"somens\",kube_ingress=\"someingress\"}"
      "[1m])) by (kube_ingress)");
  EXPECT_EQ(
      Query(5, "work_queue_wait_seconds_total", {"apps", "deployments"}, "somens", {"somedep"}),
      "sum(rate(work_queue_wait_seconds_total{kube_namespace=\"somens\","
      "kube_deployment=\"somedep\"}[1m])) by (kube_deployment)");
  EXPECT_EQ(Query(3, "node_gigawatts", {"", "nodes"}, "", {"somenode"}),
            "sum(node_gigawatts{kube_node=\"somenode\"}) by (kube_node)");
  EXPECT_EQ(Query(4, "volume_claims_total", {"", "persistentvolumes"}, "", {"somepv"}),
            "sum(rate(volume_claims_total{kube_persistentvolume=\"somepv\"}[1m])) by "
            "(kube_persistentvolume)");
}

// Case 19: the selector's matchers come first, by key.
TEST_F(QueryBuilderTest, TheMetricSelectorComesFirst) {
  EXPECT_THAT(Query(3, "m", {"", "pods"}, "ns", {"p"}, "verb=GET,code notin (500)"),
              HasSubstr("m{code!~\"500\",verb=\"GET\",kube_namespace=\"ns\",kube_pod=\"p\"}"));
}

// F22: a name from a request is never a pattern, and never ends its string.
TEST_F(QueryBuilderTest, NamesFromRequestsAreText) {
  EXPECT_THAT(Query(3, "m", {"", "pods"}, "n\"s", {"a.b", "c\"d"}),
              HasSubstr(R"(kube_namespace="n\"s",kube_pod=~"a\\.b|c\"d")"));
}

TEST_F(QueryBuilderTest, WhatCannotBeAskedIsRefused) {
  const Selector all;
  const Rule& containers = rules_->rules.at(0);
  EXPECT_THAT(BuildQuery({&containers, "m"}, {{"", "services"}, "ns", {"s"}, all}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "the rule names no label for services; add it to resources.overrides"));
  const absl::StatusOr<Selector> ordered = Selector::Parse("code>5");
  EXPECT_THAT(BuildQuery({&containers, "m"}, {{"", "pods"}, "ns", {"p"}, *ordered}),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("operator >")));
}

TEST_F(QueryBuilderTest, TheObjectsLabelIsHandedBack) {
  const Selector all;
  const auto query = BuildQuery({&rules_->rules.at(3), "m"}, {{"", "pods"}, "ns", {"p"}, all});
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query->object_label, "kube_pod");
}

}  // namespace
}  // namespace tacho::adapter
