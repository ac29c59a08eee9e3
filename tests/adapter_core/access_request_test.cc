#include "adapter/core/access_request.h"

#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

constexpr char kBase[] = "/apis/custom.metrics.k8s.io/v1beta2";

// verb group version namespace resource name subresource; or verb and path.
std::string Describe(std::string_view method, const std::string& target) {
  const AccessRequest r = DescribeAccess(method, target);
  if (!r.is_resource) return r.verb + " " + r.path;
  return r.verb + " " + r.group + " " + r.version + " ns=" + r.namespace_name + " " + r.resource +
         " name=" + r.name + " sub=" + r.subresource;
}

TEST(AccessRequestTest, MetricsAreResourcesAsKubernetesSeesThem) {
  const std::string base = kBase;
  const std::string group = " custom.metrics.k8s.io v1beta2 ";
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {"GET", base + "/namespaces/d/pods/*/m", "get" + group + "ns=d pods name=* sub=m"},
      {"GET", base + "/namespaces/d/pods/%2A/m?a=b", "get" + group + "ns=d pods name=* sub=m"},
      {"HEAD", base + "/nodes/n1/m", "get" + group + "ns= nodes name=n1 sub=m"},
      {"GET", base + "/namespaces/d/metrics/m", "get" + group + "ns=d metrics name=m sub="},
      {"GET", base + "/namespaces/d", "get" + group + "ns=d namespaces name=d sub="},
      {"GET", base + "/namespaces/d/queue", "list" + group + "ns=d queue name= sub="},
      {"POST", base + "/namespaces/d/pods", "create" + group + "ns=d pods name= sub="},
      {"DELETE", base + "/namespaces/d/pods", "deletecollection" + group + "ns=d pods name= sub="},
      {"DELETE", base + "/namespaces/d/pods/p", "delete" + group + "ns=d pods name=p sub="},
      {"PUT", base + "/nodes/n", "update" + group + "ns= nodes name=n sub="},
      {"PATCH", base + "/nodes/n", "patch" + group + "ns= nodes name=n sub="},
  };
  for (const auto& [method, target, expected] : cases) {
    EXPECT_EQ(Describe(method, target), expected) << target;
  }
}

TEST(AccessRequestTest, AllElseIsAPath) {
  EXPECT_EQ(Describe("GET", "/healthz?verbose"), "get /healthz");
  EXPECT_EQ(Describe("GET", kBase), std::string("get ") + kBase);
  EXPECT_EQ(Describe("GET", "/apis/custom.metrics.k8s.io/v1beta2/"),
            "get /apis/custom.metrics.k8s.io/v1beta2/");
  EXPECT_EQ(Describe("OPTIONS", "*"), "options *");
  EXPECT_EQ(Describe("GET", "/%68ealthz"), "get /healthz");
  EXPECT_EQ(Describe("GET", "/apis/g/v/a%zz"), "get /apis/g/v/a%zz");  // a broken escape
}

TEST(AccessRequestTest, RefusalsAreKubernetesOwn) {
  EXPECT_EQ(Unauthorized().body,
            R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
            R"("message":"Unauthorized","reason":"Unauthorized","code":401})"
            "\n");
  const AccessRequest pods = DescribeAccess(
      "GET", "/apis/custom.metrics.k8s.io/v1beta2/namespaces/default/pods/*/http_requests");
  EXPECT_EQ(Forbidden(pods, "system:anonymous").body,
            R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":)"
            R"("pods.custom.metrics.k8s.io \"*\" is forbidden: User \"system:anonymous\" cannot )"
            R"(get resource \"pods/http_requests\" in API group \"custom.metrics.k8s.io\" in the )"
            R"(namespace \"default\"","reason":"Forbidden","details":{"name":"*","group":)"
            R"("custom.metrics.k8s.io","kind":"pods"},"code":403})"
            "\n");
  const AccessRequest list = DescribeAccess("GET", "/apis/metrics.k8s.io/v1beta1/nodes");
  EXPECT_EQ(Forbidden(list, "a\"b").body,
            R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":)"
            R"("nodes.metrics.k8s.io is forbidden: User \"a\\\"b\" cannot list resource )"
            R"(\"nodes\" in API group \"metrics.k8s.io\" at the cluster scope","reason":)"
            R"("Forbidden","details":{"group":"metrics.k8s.io","kind":"nodes"},"code":403})"
            "\n");
  EXPECT_EQ(Forbidden(DescribeAccess("GET", "/metrics"), "x").body,
            R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":)"
            R"("forbidden: User \"x\" cannot get path \"/metrics\"","reason":"Forbidden",)"
            R"("details":{},"code":403})"
            "\n");
}

}  // namespace
}  // namespace tacho::adapter
