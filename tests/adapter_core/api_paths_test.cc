#include "adapter/core/api_paths.h"

#include <string>

#include "adapter/core/url_escape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr const char* kGroup = "/apis/custom.metrics.k8s.io";

RouteKind Kind(const std::string& target) { return ParseRoute(target).kind; }

// version|namespace|resource|name|metric, or "-" if it is no metric.
std::string Metric(const std::string& rest) {
  const Route route = ParseRoute(kGroup + rest);
  if (route.kind != RouteKind::kMetric) return "-";
  const MetricRequest& m = route.metric;
  return std::string(ToString(m.version)) + "|" + m.namespace_name + "|" + m.resource + "|" +
         m.name + "|" + m.metric;
}

TEST(ApiPathsTest, DiscoveryRoutes) {
  EXPECT_EQ(Kind("/apis"), RouteKind::kGroupList);
  EXPECT_EQ(Kind("/apis/"), RouteKind::kGroupList);
  EXPECT_EQ(Kind(kGroup), RouteKind::kGroup);
  EXPECT_EQ(Kind("/apis/custom.metrics.k8s.io/v1beta1"), RouteKind::kResourceList);
  EXPECT_EQ(ParseRoute("/apis/custom.metrics.k8s.io/v1beta1").version, ApiVersion::kV1beta1);
  EXPECT_EQ(ParseRoute("/apis/custom.metrics.k8s.io/v1beta2/").version, ApiVersion::kV1beta2);
}

// The contract's case 25.
TEST(ApiPathsTest, MetricRoutes) {
  EXPECT_EQ(Metric("/v1beta1/nodes/*/some-metric"), "v1beta1||nodes|*|some-metric");
  EXPECT_EQ(Metric("/v1beta2/namespaces/ns/pods/%2A/m"), "v1beta2|ns|pods|*|m");
  EXPECT_EQ(Metric("/v1beta2/namespaces/ns/pods/foo/m/"), "v1beta2|ns|pods|foo|m");
  EXPECT_EQ(Metric("/v1beta1/namespaces/ns/deployments.apps/d/m"),
            "v1beta1|ns|deployments.apps|d|m");
  EXPECT_EQ(Metric("/v1beta1/namespaces/ns/metrics/m"), "v1beta1||namespaces|ns|m");
  EXPECT_EQ(Metric("/v1beta1/namespaces/*/metrics/m"), "v1beta1||namespaces|*|m");
}

TEST(ApiPathsTest, OtherPathsBelowTheGroupAreUnknown) {
  for (const std::string rest :
       {"/v1beta1/blah", "/v1beta1/nodes/foo", "/v1beta1/namespaces/ns", "/v1beta1/namespaces",
        "/v1beta1/namespaces/ns/pods/bar", "/v1beta1/namespaces/ns/pods/a/b/c", "/v1beta3", "/v1",
        "/v1beta1/namespaces/ns/metrics", "/v1beta1/a/b/c/d", "/v1beta1/namespaces/a/b"}) {
    EXPECT_EQ(Kind(kGroup + rest), RouteKind::kUnknownApi) << rest;
  }
}

// Case 25, the external half: only a metric in a namespace is one.
TEST(ApiPathsTest, ExternalRoutes) {
  const std::string group = "/apis/external.metrics.k8s.io";
  EXPECT_EQ(Kind(group), RouteKind::kGroup);
  EXPECT_EQ(Kind(group + "/v1beta1"), RouteKind::kResourceList);
  const Route route = ParseRoute(group + "/v1beta1/namespaces/ns/m?labelSelector=a%3Db");
  EXPECT_EQ(route.kind, RouteKind::kExternalMetric);
  EXPECT_EQ(route.metric.namespace_name, "ns");
  EXPECT_EQ(route.metric.metric, "m");
  for (const char* rest : {"/v1beta2", "/v1beta1/x", "/v1beta1/namespaces/foo",
                           "/v1beta1/namespaces/foo/group/metric", "/v1beta1/a/b/c"}) {
    EXPECT_EQ(Kind(group + rest), RouteKind::kUnknownApi) << rest;
  }
}

TEST(ApiPathsTest, ResourceRoutes) {
  const std::string group = "/apis/metrics.k8s.io/v1beta1";
  EXPECT_EQ(Kind(group + "/pods"), RouteKind::kPodMetrics);
  EXPECT_EQ(Kind(group + "/namespaces/ns/pods"), RouteKind::kPodMetrics);
  const Route pod = ParseRoute(group + "/namespaces/ns/pods/p");
  EXPECT_EQ(pod.kind, RouteKind::kPodMetrics);
  EXPECT_EQ(pod.metric.namespace_name + "/" + pod.metric.name, "ns/p");
  EXPECT_EQ(Kind(group + "/nodes"), RouteKind::kNodeMetrics);
  EXPECT_EQ(ParseRoute(group + "/nodes/n").metric.name, "n");
  for (const char* rest : {"/pods/p", "/namespaces/ns/nodes", "/namespaces/ns", "/services",
                           "/namespaces/ns/pods/p/x", "/nodes/n/x"}) {
    EXPECT_EQ(Kind(group + rest), RouteKind::kUnknownApi) << rest;
  }
}

TEST(ApiPathsTest, ExplainMirrorsTheMetricPathsOnly) {
  const Route route =
      ParseRoute("/explain/apis/custom.metrics.k8s.io/v1beta2/namespaces/ns/pods/p/m?format=text");
  EXPECT_EQ(route.kind, RouteKind::kExplain);
  EXPECT_EQ(route.explained, RouteKind::kMetric);
  EXPECT_EQ(route.metric.name, "p");
  EXPECT_EQ(route.Param("format"), "text");
  EXPECT_EQ(Kind("/explain/apis/custom.metrics.k8s.io"), RouteKind::kUnknownApi);
  EXPECT_EQ(Kind("/explain/metrics"), RouteKind::kUnknown);
  EXPECT_EQ(Kind("/explain"), RouteKind::kUnknown);
}

TEST(ApiPathsTest, OpenApiRoutes) {
  EXPECT_EQ(ParseRoute("/openapi/v2").openapi, "v2");
  EXPECT_EQ(ParseRoute("/openapi/v3/apis/metrics.k8s.io/v1beta1?hash=1").openapi,
            "v3/apis/metrics.k8s.io/v1beta1");
  EXPECT_EQ(Kind("/openapi/v3"), RouteKind::kOpenApi);
  EXPECT_EQ(Kind("/openapi/v4"), RouteKind::kUnknown);
  EXPECT_EQ(Kind("/openapi"), RouteKind::kUnknown);
}

// T48: none of these reaches anything, and none is taken for another.
TEST(ApiPathsTest, TricksWithSeparatorsFindNothing) {
  EXPECT_EQ(Metric("/v1beta1/namespaces//pods/a/m"), "-");
  EXPECT_EQ(Metric("/v1beta1/namespaces/ns/pods//m"), "-");
  EXPECT_EQ(Metric("//v1beta1/namespaces/ns/pods/a/m"), "-");
  EXPECT_EQ(Metric("/v1beta1/namespaces/ns/pods/..%2fa/m"), "-");
  EXPECT_EQ(Metric("/v1beta1/namespaces/ns/pods/../m"), "v1beta1|ns|pods|..|m");
  EXPECT_EQ(Metric("/v1beta1/namespaces/ns/pods%2fa%2fm"), "v1beta1|ns|pods|a|m");
  EXPECT_EQ(Metric("/v1beta1/namespaces/ns/pods/a;x/m"), "v1beta1|ns|pods|a;x|m");
  EXPECT_EQ(Metric("/v1beta1/namespaces/ns/pods/a%00b/m"),
            std::string("v1beta1|ns|pods|a\0b|m", 21));
  EXPECT_EQ(Metric("/v1beta1/namespaces/ns/pods/+/m"), "v1beta1|ns|pods|+|m");
  EXPECT_EQ(Kind("/apis/../healthz"), RouteKind::kUnknownApi);
  EXPECT_EQ(Kind("/APIS"), RouteKind::kUnknown);
  const std::string huge(4096, 'n');
  EXPECT_EQ(Metric("/v1beta1/namespaces/ns/pods/" + huge + "/m"), "v1beta1|ns|pods|" + huge + "|m");
}

TEST(ApiPathsTest, BrokenTargetsAreMalformed) {
  for (const std::string target : {"", "apis", "*", "/%", "/%2", "/%zz", "http://h/apis", "?a=b"}) {
    EXPECT_EQ(Kind(target), RouteKind::kMalformed) << target;
  }
}

TEST(ApiPathsTest, TheServersOwnRoutes) {
  for (const std::string name : {"healthz", "livez", "readyz"}) {
    EXPECT_EQ(ParseRoute("/" + name).health, name);
    EXPECT_EQ(Kind("/" + name + "/ping"), RouteKind::kHealth);
    EXPECT_EQ(Kind("/" + name + "/a/b"), RouteKind::kUnknown);
  }
  EXPECT_EQ(Kind("/metrics"), RouteKind::kMetrics);
  EXPECT_EQ(Kind("/metrics/x"), RouteKind::kUnknown);
  EXPECT_EQ(Kind("/version"), RouteKind::kVersion);
  EXPECT_EQ(Kind("/api/v1/query?query=up"), RouteKind::kPromQuery);
  EXPECT_EQ(Kind("/api/v1/query_range"), RouteKind::kPromQueryRange);
  EXPECT_EQ(Kind("/api/v1/status/buildinfo/"), RouteKind::kPromBuildInfo);
  EXPECT_EQ(ParseRoute("/api/v1/label/a%20b/values?x=1").label, "a b");
  EXPECT_EQ(Kind("/api/v1/label/a/values"), RouteKind::kPromLabelValues);
  EXPECT_EQ(Kind("/api/v1/query/x"), RouteKind::kUnknown);
  EXPECT_EQ(Kind("/api"), RouteKind::kUnknown);
  EXPECT_EQ(ParseRoute("/-/ready").health, "ready");
  EXPECT_EQ(Kind("/-/reload"), RouteKind::kUnknown);
  EXPECT_EQ(Kind("/"), RouteKind::kUnknown);
}

TEST(QueryStringTest, IsReadAsGoReadsIt) {
  EXPECT_THAT(ParseQueryString("a=1&b=x+y%3Dz&&c&d=&a=2"),
              ElementsAre(Pair("a", "1"), Pair("b", "x y=z"), Pair("c", ""), Pair("d", ""),
                          Pair("a", "2")));
  EXPECT_THAT(ParseQueryString(""), IsEmpty());
  EXPECT_THAT(ParseQueryString("a;b=1&%zz=1&c=%4&d=1"), ElementsAre(Pair("d", "1")));
}

TEST(QueryStringTest, TheFirstValueOfAParameterCounts) {
  const Route route = ParseRoute("/apis?labelSelector=app%3Dx&labelSelector=y");
  EXPECT_EQ(route.Param("labelSelector"), "app=x");
  EXPECT_EQ(route.Param("nope"), "");
}

TEST(UrlEscapeTest, WritesWhatItReads) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(UnescapePath(EscapePath(all)), all);
  EXPECT_EQ(UnescapeQuery(EscapeQuery(all)), all);
  EXPECT_EQ(EscapePath("/a b?c%d"), "/a%20b%3Fc%25d");
  EXPECT_EQ(EscapeQuery("/a b+c"), "%2Fa+b%2Bc");
  EXPECT_EQ(UnescapePath("a+b%2f"), "a+b/");
  EXPECT_EQ(UnescapeQuery("a+b"), "a b");
  EXPECT_EQ(UnescapePath("%4"), std::nullopt);
}

}  // namespace
}  // namespace tacho::adapter
