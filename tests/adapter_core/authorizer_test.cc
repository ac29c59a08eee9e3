#include "adapter/core/authorizer.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::testing::HasSubstr;

Identity Who(IdentitySource source, std::string user, std::vector<std::string> groups) {
  Identity out;
  out.source = source;
  out.user = std::move(user);
  out.groups = std::move(groups);
  return out;
}

const std::vector<std::string>& Targets() {
  static const std::vector<std::string> targets = {
      "/",
      "/metrics",
      "/healthz",
      "/livez",
      "/readyz",
      "/healthz/ping",
      "/healthz/",
      "/Healthz",
      "//healthz",
      "/version",
      "/openapi/v2",
      "/apis",
      "/explain",
      "/api/v1/query",
      "/apis/g/v1/healthz",
      "/%68ealthz",
      "*",
      "/readyz?verbose",
      "/apis/custom.metrics.k8s.io/v1beta2/namespaces/a/pods/*/m"};
  return targets;
}

// T44: every verb by path by identity. Only the three health paths are open, by exact name
// once decoded; all the rest is for those who proved themselves.
TEST(AuthorizerTest, T44DecisionTable) {
  const AllowAuthenticated authorizer;
  const AlwaysAllowedPaths open({"/healthz", "/livez", "/readyz"});
  const std::vector<std::pair<Identity, bool>> identities = {
      {Identity(), false},
      {Who(IdentitySource::kAnonymous, "system:anonymous", {"system:masters"}), false},
      {Who(IdentitySource::kRefused, "admin", {"system:masters"}), false},
      {Who(IdentitySource::kFrontProxy, "system:anonymous", {"system:unauthenticated"}), false},
      {Who(IdentitySource::kFrontProxy, "hpa", {"system:authenticated"}), true},
      {Who(IdentitySource::kFrontProxy, "root", {"system:masters"}), true},
      {Who(IdentitySource::kClientCertificate, "bob", {}), true},
      {Who(IdentitySource::kToken, "eve", {}), true}};
  for (const auto& [identity, allowed] : identities) {
    for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "X"}) {
      for (const std::string& target : Targets()) {
        const AccessRequest request = DescribeAccess(method, target);
        EXPECT_EQ(authorizer.Allows(identity, request), allowed) << identity.user << target;
        const bool is_open = target == "/healthz" || target == "/livez" || target == "/%68ealthz" ||
                             target == "/readyz" || target == "/readyz?verbose";
        EXPECT_EQ(open.Has(request), is_open) << target;
      }
    }
  }
}

TEST(AuthorizerTest, APathWithAStarOpensWhatBeginsWithIt) {
  const AlwaysAllowedPaths open({"/healthz/*", "/metrics"});
  EXPECT_TRUE(open.Has(DescribeAccess("GET", "/healthz/ping")));
  EXPECT_FALSE(open.Has(DescribeAccess("GET", "/healthz")));
  EXPECT_TRUE(open.Has(DescribeAccess("GET", "/metrics")));
  EXPECT_FALSE(open.Has(DescribeAccess("GET", "/metrics2")));
}

// A resource has a path too, but it is not its path that is asked for.
TEST(AuthorizerTest, NoOpenPathOpensAResource) {
  const AlwaysAllowedPaths open({"/*"});
  EXPECT_FALSE(open.Has(DescribeAccess("GET", "/apis/g/v/namespaces/a/pods/*/m")));
}

TEST(AuthorizerTest, RefusesPathsThatMeanNothing) {
  EXPECT_THAT(AlwaysAllowedPaths::Check({"/a", "/b/*", "/*"}), IsOk());
  EXPECT_THAT(AlwaysAllowedPaths::Check({"a"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"a\"")));
  EXPECT_THAT(AlwaysAllowedPaths::Check({"/a*b"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/a*b")));
}

}  // namespace
}  // namespace tacho::adapter
