#include "adapter/core/http_client_config.h"

#include <string>
#include <vector>

#include "adapter/core/scrape_config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<HttpClientConfig> Read(const std::string& keys) {
  const auto config =
      ParseScrapeConfig("scrape.yaml", "scrape_configs:\n- job_name: a\n  " + keys + "\n");
  if (!config.ok()) return config.status();
  return config->jobs[0].http;
}

std::string ErrorOf(const std::string& keys) { return std::string(Read(keys).status().message()); }

TEST(HttpClientConfigTest, NothingIsAPlainClientThatFollows) {
  const auto http = Read("scheme: http");
  ASSERT_THAT(http, IsOk());
  EXPECT_FALSE(http->credentials.has_value());
  EXPECT_TRUE(http->follow_redirects);
  EXPECT_TRUE(http->tls.ca.empty());
  EXPECT_EQ(http->tls.min_version, TlsVersion::kTls12);
}

TEST(HttpClientConfigTest, BasicAuth) {
  const auto http = Read("basic_auth: {username: u, password_file: /p}");
  ASSERT_THAT(http, IsOk());
  EXPECT_TRUE(http->credentials->basic);
  EXPECT_EQ(http->credentials->user.inline_text, "u");
  EXPECT_EQ(http->credentials->secret.file, "/p");
  EXPECT_THAT(ErrorOf("basic_auth: {password: p, password_file: /p}"),
              HasSubstr("at most one of password & password_file must be configured"));
  EXPECT_THAT(ErrorOf("basic_auth: {username: 'a:b'}"), HasSubstr("colon"));
  EXPECT_THAT(ErrorOf("basic_auth: {user: u}"), HasSubstr("unknown key \"user\""));
}

TEST(HttpClientConfigTest, Authorization) {
  const auto bearer = Read("authorization: {credentials_file: /t}");
  ASSERT_THAT(bearer, IsOk());
  EXPECT_FALSE(bearer->credentials->basic);
  EXPECT_EQ(bearer->credentials->scheme, "Bearer");
  EXPECT_EQ(bearer->credentials->secret.file, "/t");
  EXPECT_EQ(Read("authorization: {type: ' Token ', credentials: t}")->credentials->scheme, "Token");
  EXPECT_THAT(ErrorOf("authorization: {type: Basic, credentials: t}"),
              HasSubstr("use \"basic_auth\" instead"));
  EXPECT_THAT(ErrorOf("authorization: {type: \"a\\r\\nX: y\", credentials: t}"),
              HasSubstr("is no token"));
  EXPECT_EQ(Read("bearer_token_file: /t")->credentials->secret.file, "/t");
}

TEST(HttpClientConfigTest, OneWayToAuthenticate) {
  const std::string many = "at most one of basic_auth, authorization, bearer_token";
  EXPECT_THAT(ErrorOf("basic_auth: {username: u}\n  authorization: {credentials: t}"),
              HasSubstr(many));
  EXPECT_THAT(ErrorOf("bearer_token: t\n  authorization: {credentials: t}"), HasSubstr(many));
  EXPECT_THAT(ErrorOf("bearer_token: t\n  bearer_token_file: /t"),
              HasSubstr("at most one of bearer_token & bearer_token_file"));
}

TEST(HttpClientConfigTest, Tls) {
  const auto http = Read(
      "tls_config: {ca_file: /ca, cert_file: /c, key_file: /k, server_name: n, "
      "min_version: TLS13, insecure_skip_verify: true}");
  ASSERT_THAT(http, IsOk());
  EXPECT_EQ(http->tls.ca.file, "/ca");
  EXPECT_EQ(http->tls.server_name, "n");
  EXPECT_EQ(http->tls.min_version, TlsVersion::kTls13);
  EXPECT_TRUE(http->tls.insecure_skip_verify);
  EXPECT_THAT(ErrorOf("tls_config: {cert_file: /c}"),
              HasSubstr("exactly one of key or key_file must be configured when a client "
                        "certificate is used"));
  EXPECT_THAT(ErrorOf("tls_config: {key_file: /k}"), HasSubstr("exactly one of cert or cert_file"));
  EXPECT_THAT(ErrorOf("tls_config: {min_version: TLS11}"), HasSubstr("unsupported TLS version"));
  EXPECT_THAT(ErrorOf("tls_config: {max_version: TLS12}"), HasSubstr("max_version below TLS13"));
}

TEST(HttpClientConfigTest, SecretsAreInNoMessage) {
  for (const char* keys : {"basic_auth: {password: hunter2, password_file: /p}",
                           "authorization: {credentials: hunter2, credentials_file: /p}",
                           "bearer_token: hunter2\n  basic_auth: {username: u}",
                           "authorization: {type: basic, credentials: hunter2}"}) {
    EXPECT_NE(ErrorOf(keys), "");
    EXPECT_EQ(ErrorOf(keys).find("hunter2"), std::string::npos) << ErrorOf(keys);
  }
}

TEST(HttpClientConfigTest, FilesCanBeMadeAbsolute) {
  auto http = Read(
      "basic_auth: {username_file: u, password_file: p}\n"
      "  tls_config: {ca_file: a, cert_file: c, key_file: k}");
  ASSERT_THAT(http, IsOk());
  std::vector<std::string> files;
  ForEachFile(&*http, [&files](std::string* file) {
    files.push_back(*file);
    file->insert(0, "/x/");
  });
  EXPECT_THAT(files, ElementsAre("a", "c", "k", "u", "p"));
  EXPECT_EQ(http->tls.ca.file, "/x/a");
  EXPECT_EQ(http->credentials->secret.file, "/x/p");
}

}  // namespace
}  // namespace tacho::adapter
