#include "adapter/core/replies.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

using ::testing::HasSubstr;

// 2023-11-14T22:13:20Z, and some milliseconds that are cut off.
constexpr Timestamp kTime = Timestamp::FromUnixMillis(1'700'000'000'999);

MetricItem Pod() { return {FindResource("pod", ""), "default", "pod1", kTime, 0, "66m"}; }

TEST(RepliesTest, MetricValueListV1beta1) {
  EXPECT_EQ(MetricValueListJson(ApiVersion::kV1beta1, "http_requests", "null", {Pod()}),
            R"({"kind":"MetricValueList","apiVersion":"custom.metrics.k8s.io/v1beta1",)"
            R"("metadata":{},"items":[{"describedObject":{"kind":"Pod","namespace":"default",)"
            R"("name":"pod1","apiVersion":"/v1"},"metricName":"http_requests",)"
            R"("timestamp":"2023-11-14T22:13:20Z","value":"66m","selector":null}]})"
            "\n");
}

TEST(RepliesTest, MetricValueListV1beta2) {
  EXPECT_EQ(MetricValueListJson(ApiVersion::kV1beta2, "http_requests", "null", {Pod()}),
            R"({"kind":"MetricValueList","apiVersion":"custom.metrics.k8s.io/v1beta2",)"
            R"("metadata":{},"items":[{"describedObject":{"kind":"Pod","namespace":"default",)"
            R"("name":"pod1","apiVersion":"/v1"},"metric":{"name":"http_requests",)"
            R"("selector":null},"timestamp":"2023-11-14T22:13:20Z","value":"66m"}]})"
            "\n");
}

TEST(RepliesTest, TheWindowIsNamedDifferentlyInEachVersion) {
  MetricItem item = Pod();
  item.window_seconds = 120;
  EXPECT_THAT(MetricValueListJson(ApiVersion::kV1beta1, "m", "null", {item}),
              HasSubstr(R"(:20Z","window":120,"value":"66m","selector":null}]})"));
  EXPECT_THAT(MetricValueListJson(ApiVersion::kV1beta2, "m", "null", {item}),
              HasSubstr(R"(:20Z","windowSeconds":120,"value":"66m"}]})"));
}

TEST(RepliesTest, RootObjectsHaveNoNamespaceAndGroupsAreNamed) {
  const MetricItem ns = {FindResource("namespace", ""), "", "default", kTime, 0, "1"};
  EXPECT_THAT(MetricValueListJson(ApiVersion::kV1beta2, "m", "null", {ns}),
              HasSubstr(R"({"kind":"Namespace","name":"default","apiVersion":"/v1"})"));
  const MetricItem d = {FindResource("deployment", "apps"), "n", "d", kTime, 0, "1"};
  EXPECT_THAT(
      MetricValueListJson(ApiVersion::kV1beta2, "m", "null", {d, d}),
      HasSubstr(R"("kind":"Deployment","namespace":"n","name":"d","apiVersion":"apps/v1"},)"));
}

TEST(RepliesTest, TheSelectorIsPartOfEveryItem) {
  EXPECT_THAT(
      MetricValueListJson(ApiVersion::kV1beta2, "m", R"({"matchLabels":{"a":"b"}})", {Pod()}),
      HasSubstr(R"("metric":{"name":"m","selector":{"matchLabels":{"a":"b"}}},)"));
}

TEST(RepliesTest, EmptyLists) {
  EXPECT_EQ(MetricValueListJson(ApiVersion::kV1beta2, "m", "null", {}),
            R"({"kind":"MetricValueList","apiVersion":"custom.metrics.k8s.io/v1beta2",)"
            R"("metadata":{},"items":[]})"
            "\n");
}

TEST(RepliesTest, ExternalValues) {
  const Timestamp t = Timestamp::FromUnixMillis(1'700'000'000'000);
  EXPECT_EQ(ExternalValueListJson("queue_depth",
                                  {{{{{"__name__", "queue_depth"}, {"name", "q1"}}}, t, 0, "1500"},
                                   {std::nullopt, t, 60, "1"}}),
            R"({"kind":"ExternalMetricValueList","apiVersion":"external.metrics.k8s.io/v1beta1",)"
            R"("metadata":{},"items":[{"metricName":"queue_depth",)"
            R"("metricLabels":{"__name__":"queue_depth","name":"q1"},)"
            R"("timestamp":"2023-11-14T22:13:20Z","value":"1500"},{"metricName":"queue_depth",)"
            R"("metricLabels":null,"timestamp":"2023-11-14T22:13:20Z","window":60,"value":"1"}]})"
            "\n");
}

TEST(RepliesTest, ResourceMetrics) {
  const Timestamp t = Timestamp::FromUnixMillis(1'700'000'000'000);
  ResourceItem pod{"ns", "p", t, absl::Minutes(5), {{"c", {"66m", "12345Ki"}}}, {}};
  EXPECT_EQ(PodMetricsListJson({pod}, t),
            R"({"kind":"PodMetricsList","apiVersion":"metrics.k8s.io/v1beta1","metadata":{},)"
            R"("items":[{"metadata":{"name":"p","namespace":"ns",)"
            R"("creationTimestamp":"2023-11-14T22:13:20Z"},"timestamp":"2023-11-14T22:13:20Z",)"
            R"("window":"5m0s","containers":[{"name":"c","usage":{"cpu":"66m",)"
            R"("memory":"12345Ki"}}]}]})"
            "\n");
  ResourceItem node{"", "n", t, absl::Seconds(3661), {}, {"1", "1Gi"}};
  EXPECT_EQ(NodeMetricsJson(node, t),
            R"({"kind":"NodeMetrics","apiVersion":"metrics.k8s.io/v1beta1",)"
            R"("metadata":{"name":"n","creationTimestamp":"2023-11-14T22:13:20Z"},)"
            R"("timestamp":"2023-11-14T22:13:20Z","window":"1h1m1s",)"
            R"("usage":{"cpu":"1","memory":"1Gi"}})"
            "\n");
}

constexpr std::string_view kFailure =
    R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":)";

void ExpectFailure(const HttpReply& reply, int code, const std::string& rest) {
  EXPECT_EQ(reply.status, code);
  EXPECT_EQ(reply.content_type, "application/json");
  EXPECT_EQ(reply.body, std::string(kFailure) + rest + "\n");
}

TEST(RepliesTest, Failures) {
  ExpectFailure(MetricNotFound("m", "pods"), 404,
                R"("the server could not find the metric m for pods","reason":"NotFound",)"
                R"("code":404})");
  ExpectFailure(MetricNotFound("m", "pods", "pod1"), 404,
                R"("the server could not find the metric m for pods pod1","reason":"NotFound",)"
                R"("code":404})");
  ExpectFailure(RouteNotFound(), 404,
                R"("the server could not find the requested resource","reason":"NotFound",)"
                R"("details":{},"code":404})");
  ExpectFailure(InternalError("unable to fetch metrics"), 500,
                R"("Internal error occurred: unable to fetch metrics","reason":"InternalError",)"
                R"("details":{"causes":[{"message":"unable to fetch metrics"}]},"code":500})");
  ExpectFailure(PlainError("\"!=\" is not a valid label selector operator"), 500,
                R"("\"!=\" is not a valid label selector operator","code":500})");
  ExpectFailure(BadRequest("bad <thing>"), 400,
                R"("bad \u003cthing\u003e","reason":"BadRequest","code":400})");
  ExpectFailure(MethodNotAllowed(), 405,
                R"("the server does not allow this method on the requested resource",)"
                R"("reason":"MethodNotAllowed","details":{},"code":405})");
}

TEST(RepliesTest, AnUnknownValueIsA503WithItsReason) {
  const HttpReply reply = ValueUnknown("nan", "no value");
  ExpectFailure(reply, 503,
                R"("no value","reason":"ServiceUnavailable","details":{"causes":[)"
                R"({"reason":"nan","message":"no value"}]},"code":503})");
  EXPECT_EQ(reply.reason, "nan");
}

TEST(RepliesTest, APageThatIsNoApiIsPlainText) {
  const HttpReply reply = PageNotFound();
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(reply.body, "404 page not found\n");
}

TEST(IndentTest, TwoSpacesAndEmptyThingsTogether) {
  EXPECT_EQ(IndentJson("{\"a\":{},\"b\":[1,{\"c\":\"x,:{\\\"}\"}],\"d\":[]}\n"),
            "{\n  \"a\": {},\n  \"b\": [\n    1,\n    {\n      \"c\": \"x,:{\\\"}\"\n    }\n  ],\n"
            "  \"d\": []\n}\n");
}

}  // namespace
}  // namespace tacho::adapter
