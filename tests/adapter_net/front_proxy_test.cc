#include "adapter/net/front_proxy.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

HttpFields Fields(const std::vector<HttpField>& list) {
  HttpFields out;
  for (const HttpField& field : list) out.Add(field);
  return out;
}

TEST(FrontProxyTest, ReadsTheIdentityOfTheDefaultHeaders) {
  const HttpFields fields = Fields({{"x-remote-user", "bob"},
                                    {"X-Remote-Group", "a"},
                                    {"X-Remote-Group", "b"},
                                    {"X-Remote-Extra-Scopes", "one"},
                                    {"x-remote-extra-scopes", "two"},
                                    {"X-Remote-Extra-Acme.com%2FProject", "p"},
                                    {"X-Remote-Extra-", "nameless"}});
  ASSERT_TRUE(NamesUser({}, fields));
  const auto identity = ReadFrontProxyIdentity({}, fields);
  ASSERT_THAT(identity, IsOk());
  EXPECT_EQ(identity->source, IdentitySource::kFrontProxy);
  EXPECT_EQ(identity->user, "bob");
  EXPECT_THAT(identity->groups, ElementsAre("a", "b", "system:authenticated"));
  EXPECT_THAT(identity->extra, ElementsAre(Pair("scopes", "one"), Pair("scopes", "two"),
                                           Pair("acme.com/project", "p")));
}

// C10: kube-apiservers before 1.32 pass X-Remote-Uid on as the client sent it.
TEST(FrontProxyTest, T41UidsAreIgnoredUnlessNamed) {
  const HttpFields fields = Fields({{"X-Remote-User", "bob"}, {"X-Remote-Uid", "7"}});
  EXPECT_EQ(ReadFrontProxyIdentity({}, fields)->uid, "");
  FrontProxyOptions options;
  options.uid_headers = {"X-Remote-Uid"};
  EXPECT_EQ(ReadFrontProxyIdentity(options, fields)->uid, "7");
}

TEST(FrontProxyTest, T41NamesAreExact) {
  for (const char* name : {"X_Remote_User", "X-Remote-User2", "X-Remote-Use", "Remote-User",
                           "X-X-Remote-User", "X-Remote_User"}) {
    EXPECT_FALSE(NamesUser({}, Fields({{name, "admin"}}))) << name;
  }
  EXPECT_FALSE(NamesUser({}, Fields({{"X-Remote-User", ""}})));
}

// With names of its own, the default ones are nobody's.
TEST(FrontProxyTest, T41ConfiguredNamesReplaceTheDefaultOnes) {
  FrontProxyOptions options;
  options.username_headers = {"X-My-User", "X-Other-User"};
  options.group_headers = {"X-My-Group"};
  options.extra_prefixes = {};
  EXPECT_FALSE(NamesUser(options, Fields({{"X-Remote-User", "admin"}})));
  const auto identity =
      ReadFrontProxyIdentity(options, Fields({{"X-Remote-User", "admin"},
                                              {"X-Remote-Group", "system:masters"},
                                              {"X-Remote-Extra-A", "b"},
                                              {"X-My-User", "bob"},
                                              {"X-My-Group", "staff"}}));
  ASSERT_THAT(identity, IsOk());
  EXPECT_EQ(identity->user, "bob");
  EXPECT_THAT(identity->groups, ElementsAre("staff", "system:authenticated"));
  EXPECT_THAT(identity->extra, IsEmpty());
}

TEST(FrontProxyTest, T41TwoUsersAreNone) {
  EXPECT_THAT(ReadFrontProxyIdentity({}, Fields({{"X-Remote-User", "a"}, {"X-Remote-User", "b"}})),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("two users")));
}

TEST(FrontProxyTest, WhoIsAnonymousToTheProxyIsNotAuthenticated) {
  const auto identity =
      ReadFrontProxyIdentity({}, Fields({{"X-Remote-User", "system:anonymous"},
                                         {"X-Remote-Group", "system:unauthenticated"}}));
  EXPECT_THAT(identity->groups, ElementsAre("system:unauthenticated"));
}

TEST(FrontProxyTest, AllowedNamesAreCompared) {
  FrontProxyOptions options;
  EXPECT_TRUE(IsAllowedName(options, "anything"));
  options.allowed_names = {"front-proxy-client", "other"};
  EXPECT_TRUE(IsAllowedName(options, "other"));
  for (const char* name : {"", "*", "Front-Proxy-Client", "front-proxy-client ", "front-proxy"}) {
    EXPECT_FALSE(IsAllowedName(options, name)) << name;
  }
}

// T40: with no header for it, no request could ever name its user.
TEST(FrontProxyTest, T40HeaderNamesMustBeUsable) {
  EXPECT_THAT(CheckHeaderNames({}), IsOk());
  FrontProxyOptions options;
  options.username_headers = {};
  EXPECT_THAT(CheckHeaderNames(options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("username-headers is empty")));
  options.username_headers = {"X Remote"};
  EXPECT_THAT(CheckHeaderNames(options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"X Remote\"")));
}

}  // namespace
}  // namespace tacho::adapter
