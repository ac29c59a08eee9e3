#include "adapter/net/upstream_flags.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::Status Parse(std::vector<const char*> args, AdapterOptions* options) {
  const absl::Status status = AdapterFlags(options).Parse(args);
  return status.ok() ? FinishUpstream(options) : status;
}

// Contract, conformance case 28.
TEST(UpstreamFlagsTest, HeadersAreReadAsTheOriginalReadsThem) {
  AdapterOptions options;
  ASSERT_TRUE(
      Parse({"--prometheus-header=foo=bar,foo=baz,bux=baz=23", "--prometheus-header=foo"}, &options)
          .ok());
  EXPECT_THAT(options.upstream.headers,
              ElementsAre("foo: bar", "foo: baz", "bux: baz=23", "foo: "));
  EXPECT_FALSE(Parse({"--prometheus-header", "a b=c"}, &options).ok());
  EXPECT_FALSE(Parse({"--prometheus-header", "a=b\r\nc: d"}, &options).ok());
}

TEST(UpstreamFlagsTest, UrlsAddUp) {
  AdapterOptions options;
  ASSERT_TRUE(Parse({"--prometheus-url=http://a:1,http://b:2/x", "--prometheus-url", "https://c",
                     "--prometheus-verb=POST"},
                    &options)
                  .ok());
  EXPECT_THAT(options.upstream.urls, ElementsAre("http://a:1", "http://b:2/x", "https://c"));
  EXPECT_TRUE(options.upstream.post);
  EXPECT_THAT(std::string(Parse({"--prometheus-url=ftp://a"}, &options).message()),
              HasSubstr("ftp://a"));
  EXPECT_FALSE(Parse({"--prometheus-verb=PUT"}, &options).ok());
}

TEST(UpstreamFlagsTest, EveryBoundIsSet) {
  AdapterOptions options;
  ASSERT_TRUE(Parse({"--prometheus-url=http://a", "--prometheus-timeout=1s",
                     "--prometheus-series-timeout=2s", "--prometheus-hedge-after=3s",
                     "--prometheus-max-concurrency=4", "--prometheus-max-requests=5",
                     "--prometheus-max-in-flight=6", "--prometheus-max-query-bytes=7",
                     "--prometheus-max-reply-bytes=8", "--prometheus-max-buffered-bytes=9",
                     "--prometheus-list-concurrency=10", "--prometheus-max-selectors=11"},
                    &options)
                  .ok());
  EXPECT_EQ(options.upstream.timeout, absl::Seconds(1));
  EXPECT_EQ(options.upstream.series_timeout, absl::Seconds(2));
  EXPECT_EQ(options.upstream.hedge_after, absl::Seconds(3));
  EXPECT_EQ(options.server.upstream_threads, 4);
  EXPECT_EQ(options.server.max_upstream_requests, 5U);
  EXPECT_EQ(options.upstream.max_in_flight, 6U);
  EXPECT_EQ(options.upstream.max_query_bytes, 7U);
  EXPECT_EQ(options.upstream.max_reply_bytes, 8U);
  EXPECT_EQ(options.upstream.max_buffered_bytes, 9U);
  EXPECT_EQ(options.upstream_series.concurrency, 10);
  EXPECT_EQ(options.upstream_series.max_selectors, 11U);
}

TEST(UpstreamFlagsTest, RefusesWhatDoesNotGoTogether) {
  const auto refused = [](std::vector<const char*> args) {
    AdapterOptions options;
    args.push_back("--prometheus-url=http://a");
    return !Parse(args, &options).ok();
  };
  EXPECT_FALSE(refused({}));
  EXPECT_TRUE(refused({"--prometheus-auth-incluster", "--prometheus-auth-config=x"}));
  EXPECT_TRUE(refused({"--prometheus-client-tls-cert-file=x"}));
  EXPECT_TRUE(refused({"--metrics-relist-interval=10m", "--metrics-max-age=9m"}));
}

constexpr char kConfig[] = R"(apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: k, user: u}}]
clusters: [{name: k, cluster: {server: https://x, certificate-authority-data: Q0E=}}]
users: [{name: u, user: {tokenFile: token, client-certificate: c.pem, client-key: /k.pem}}]
)";

TEST(UpstreamFlagsTest, ReadsAKubeconfig) {
  HttpClientConfig http;
  const absl::Status status = ReadKubeconfig("/etc/kube/config", kConfig, &http);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(http.tls.ca.inline_text, "CA");
  EXPECT_EQ(http.tls.cert.file, "/etc/kube/c.pem");
  EXPECT_EQ(http.tls.key.file, "/k.pem");
  ASSERT_TRUE(http.credentials.has_value());
  EXPECT_EQ(http.credentials->secret.file, "/etc/kube/token");
}

TEST(UpstreamFlagsTest, SaysWhatIsWrongWithAKubeconfig) {
  HttpClientConfig http;
  const auto error = [&](std::string text) {
    return std::string(ReadKubeconfig("kc", text, &http).message());
  };
  EXPECT_THAT(error("[]"), HasSubstr("kc:1:1"));
  EXPECT_THAT(error("current-context: c"), HasSubstr("contexts"));
  std::string other = kConfig;
  other.replace(other.find("user: u}"), 8, "user: v}");
  EXPECT_THAT(error(other), HasSubstr("\"v\""));
  std::string exec = kConfig;
  exec.replace(exec.find("tokenFile: token"), 16, "exec: {command: x}");
  EXPECT_THAT(error(exec), HasSubstr("exec is not supported"));
  std::string data = kConfig;
  data.replace(data.find("Q0E="), 4, "'*'");
  EXPECT_THAT(error(data), HasSubstr("base64"));
}

}  // namespace
}  // namespace tacho::adapter
