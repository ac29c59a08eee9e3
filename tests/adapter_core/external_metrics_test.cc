// External metrics: the contract's cases 20, 22 and 23, and tacho's policy for sums.
#include <cmath>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/api_fixture.h"

namespace tacho::adapter {
namespace {

using ::tacho::adapter::testing::ApiTest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view kQueue = R"(
externalRules:
- seriesQuery: 'queue_depth{namespace!=""}'
  resources: {overrides: {namespace: {resource: namespace}}}
  metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (name)'
)";

class ExternalTest : public ApiTest {
 protected:
  void SetUp() override { Serve(kQueue); }
  void Row(const std::string& name, double value) {
    querier_.AddRow({{"name", name}}, value, kSample);
  }
};

TEST_F(ExternalTest, Case22UnknownMetricsAndRulesWithoutANamespace) {
  EXPECT_THAT(External("default/m").body,
              HasSubstr("could not find the metric m for namespaces\""));
  EXPECT_THAT(External("foo/m").body, HasSubstr("could not find the metric m for \""));
  const auto rules = std::make_shared<const RuleSet>(
      *testing::Load("externalRules:\n- {seriesQuery: m, metricsQuery: x}\n"));
  registry_ = std::make_unique<MetricRegistry>(rules);
  const HttpReply reply = External("default/m");
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(reply.body, HasSubstr("\"Internal error occurred: unable to fetch metrics\""));
  EXPECT_THAT(reply.log, HasSubstr("the rule names no label for namespaces"));
}

TEST_F(ExternalTest, WhileNobodyEvaluatesQueriesTheMetricIsUnknown) {
  querier_.error = absl::UnavailableError("no upstream has answered");
  const HttpReply reply = External("default/queue_depth");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.reason, "upstream");
  EXPECT_THAT(reply.body, HasSubstr("no upstream has answered"));
}

TEST_F(ExternalTest, Case23EveryRowIsAnItem) {
  Row("a", 1);
  Row("b", 1.5);
  const HttpReply reply = External("default/queue_depth?labelSelector=name%20in%20(a%2Cb)");
  EXPECT_EQ(reply.body,
            R"({"kind":"ExternalMetricValueList","apiVersion":"external.metrics.k8s.io/v1beta1",)"
            R"("metadata":{},"items":[{"metricName":"queue_depth","metricLabels":{"name":"a"},)"
            R"("timestamp":"2023-11-14T22:13:15Z","value":"1"},{"metricName":"queue_depth",)"
            R"("metricLabels":{"name":"b"},"timestamp":"2023-11-14T22:13:15Z","value":"1500m"}]})"
            "\n");
  EXPECT_THAT(querier_.asked,
              ElementsAre("sum(queue_depth{name=~\"a|b\",namespace=\"default\"}) by (name)"));
}

TEST_F(ExternalTest, Case23AScalarIsOneItemWithoutLabels) {
  querier_.answer.type = ResultType::kScalar;
  querier_.answer.scalar = 1500;
  EXPECT_THAT(
      External("default/queue_depth").body,
      HasSubstr(R"("metricLabels":null,"timestamp":"2023-11-14T22:13:20Z","value":"1500")"));
}

// The HPA adds the items up: without one of them the sum would be too low.
TEST_F(ExternalTest, Case20ARowWithoutAValueFailsTheSum) {
  Row("a", 1);
  Row("b", std::nan(""));
  const HttpReply reply = External("default/queue_depth");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.reason, "nan");
  EXPECT_THAT(reply.body, HasSubstr("now: nan: the query gives NaN; 1 of 2 rows have no value"));
  Serve(std::string(kQueue) + "  tacho: {onNaN: omit}\n");
  EXPECT_THAT(External("default/queue_depth").body, HasSubstr("{\"name\":\"a\"}"));
  Serve(std::string(kQueue) + "  tacho: {onNaN: zero}\n");
  EXPECT_THAT(External("default/queue_depth").body,
              HasSubstr(R"({"name":"b"},"timestamp":"2023-11-14T22:13:20Z","value":"0")"));
}

TEST_F(ExternalTest, NoRowsAreUnknownUnlessTheRuleSaysZero) {
  EXPECT_EQ(External("default/queue_depth").reason, "missing");
  Serve(std::string(kQueue) + "  tacho: {onMissing: zero}\n");
  EXPECT_THAT(External("default/queue_depth").body,
              HasSubstr(R"("metricLabels":{},"timestamp":"2023-11-14T22:13:20Z","value":"0")"));
}

TEST_F(ExternalTest, OtherResultsAndRequestsAreErrors) {
  querier_.answer.type = ResultType::kMatrix;
  EXPECT_THAT(External("default/queue_depth").body,
              HasSubstr("\"encountered an unexpected query result type\""));
  querier_.answer.type = ResultType::kString;
  EXPECT_THAT(External("default/queue_depth").body, HasSubstr("unable to fetch metrics"));
  querier_.error = absl::InternalError("broken");
  EXPECT_EQ(External("default/queue_depth").status, 500);
  EXPECT_EQ(External("default/queue_depth?labelSelector=%3D").status, 400);
  EXPECT_EQ(External("default/queue_depth?watch=true").status, 405);
  EXPECT_EQ(External("default/queue_depth?labelSelector=a%3E5").status, 500);
}

TEST_F(ExternalTest, ApisWithoutRulesAreNotThere) {
  EXPECT_EQ(Custom("").status, 404);
  EXPECT_EQ(Resource("nodes").status, 404);
  EXPECT_EQ(Custom("namespaces/default/pods/p/queue_depth").status, 404);
  EXPECT_EQ(Get("/apis/external.metrics.k8s.io").status, 200);
  EXPECT_THAT(Get("/apis").body, StartsWith(R"({"kind":"APIGroupList","groups":[{"name":"ext)"));
}

TEST_F(ExternalTest, TheLastKnownSumIsHeldIfTheRuleSaysSo) {
  Serve(std::string(kQueue) + "  tacho: {holdLast: 2m}\n");
  Row("a", 4);
  EXPECT_EQ(External("default/queue_depth").status, 200);
  EXPECT_EQ(held_.size(), 1u);
  querier_ = {};
  Row("a", std::nan(""));
  EXPECT_THAT(External("default/queue_depth").body,
              HasSubstr(R"("timestamp":"2023-11-14T22:13:15Z","value":"4")"));
  EXPECT_EQ(External("other/queue_depth").reason, "nan");
}

}  // namespace
}  // namespace tacho::adapter
