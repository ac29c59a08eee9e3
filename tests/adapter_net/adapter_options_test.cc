#include "adapter/net/adapter_options.h"

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

class AdapterOptionsTest : public ::testing::Test {
 protected:
  absl::Status Parse(std::vector<const char*> args) {
    args.insert(args.begin(), {"--config=r.yaml", "--scrape-config=s.yaml"});
    if (absl::Status status = AdapterFlags(&options_).Parse(args); !status.ok()) return status;
    return CheckOptions(options_);
  }
  AdapterOptions options_;
};

TEST_F(AdapterOptionsTest, DefaultsListenOnLoopback) {
  ASSERT_THAT(Parse({}), IsOk());
  EXPECT_EQ(options_.server.address, "127.0.0.1");
  EXPECT_EQ(options_.server.port, 6443);
}

TEST_F(AdapterOptionsTest, EveryBoundOfTheLibraryIsSet) {
  ASSERT_THAT(Parse({"--max-memory=1GiB", "--max-targets=1", "--max-series=2",
                     "--max-samples-per-scrape=3", "--max-body=4", "--max-labels-per-series=5",
                     "--max-label-name=6", "--max-label-value=7", "--max-query-bytes=8",
                     "--max-query-depth=9", "--max-query-nodes=10", "--query.max-samples=11",
                     "--max-regex-bytes=12", "--retention=13m", "--query.lookback-delta=14m",
                     "--max-ahead=15m", "--max-query-points=16", "--max-query-steps=17"}),
              IsOk());
  const StorageLimits& s = options_.database.storage;
  EXPECT_EQ(s.max_bytes, uint64_t{1} << 30);
  EXPECT_EQ(s.max_targets, 1U);
  EXPECT_EQ(s.max_series, 2U);
  EXPECT_EQ(s.max_samples_per_scrape, 3U);
  EXPECT_EQ(s.max_body_bytes, 4U);
  EXPECT_EQ(s.max_labels_per_series, 5U);
  EXPECT_EQ(s.max_label_name_bytes, 6U);
  EXPECT_EQ(s.max_label_value_bytes, 7U);
  const QueryLimits& q = options_.database.query;
  EXPECT_EQ(q.max_query_bytes, 8U);
  EXPECT_EQ(q.max_depth, 9U);
  EXPECT_EQ(q.max_nodes, 10U);
  EXPECT_EQ(q.max_samples, 11U);
  EXPECT_EQ(q.max_regex_bytes, 12);
  EXPECT_EQ(q.max_points, 16U);
  EXPECT_EQ(q.max_steps, 17U);
  EXPECT_EQ(options_.database.retention, absl::Minutes(13));
  EXPECT_EQ(options_.database.lookback, absl::Minutes(14));
  EXPECT_EQ(options_.database.max_ahead, absl::Minutes(15));
}

TEST_F(AdapterOptionsTest, EveryBoundOfTheServerIsSet) {
  ASSERT_THAT(Parse({"--max-connections=1", "--max-requests-in-flight=2", "--handler-threads=3",
                     "--max-header-bytes=4", "--max-header-fields=5", "--max-target-bytes=6",
                     "--max-request-body=7", "--max-buffered-replies=8", "--header-timeout=9s",
                     "--idle-timeout=10s", "--write-timeout=11s", "--max-queries=12",
                     "--query.max-concurrency=16", "--query.timeout=17s",
                     "--query.max-reply-bytes=18", "--query.max-series=19",
                     "--query-cache=13", "--scrape-threads=14", "--max-scrape-buffers=15",
                     "--max-connections-per-peer=16", "--max-requests-per-connection=17",
                     "--tls-handshake-timeout=18s"}),
              IsOk());
  const ServerOptions& s = options_.server;
  EXPECT_EQ(s.max_connections, 1U);
  EXPECT_EQ(s.max_in_flight, 2U);
  EXPECT_EQ(s.max_connections_per_peer, 16U);
  EXPECT_EQ(s.max_requests_per_connection, 17U);
  EXPECT_EQ(s.handshake_timeout, std::chrono::seconds(18));
  EXPECT_EQ(s.handler_threads, 3);
  EXPECT_EQ(s.head.max_bytes, 4U);
  EXPECT_EQ(s.head.max_fields, 5U);
  EXPECT_EQ(s.head.max_target_bytes, 6U);
  EXPECT_EQ(s.max_body_bytes, 7U);
  EXPECT_EQ(s.max_buffered_reply_bytes, 8U);
  EXPECT_EQ(s.header_timeout, std::chrono::seconds(9));
  EXPECT_EQ(s.idle_timeout, std::chrono::seconds(10));
  EXPECT_EQ(s.write_timeout, std::chrono::seconds(11));
  EXPECT_EQ(s.max_queries, 12U);
  EXPECT_EQ(s.query_threads, 16);
  EXPECT_EQ(options_.prom.timeout, absl::Seconds(17));
  EXPECT_EQ(options_.prom.max_reply_bytes, 18U);
  EXPECT_EQ(options_.prom.max_series, 19U);
  EXPECT_EQ(options_.query_cache, 13U);
  EXPECT_EQ(options_.scraper.threads, 14);
  EXPECT_EQ(options_.scraper.buffers.max_bytes_in_use, 15U);
}

TEST_F(AdapterOptionsTest, FeaturesHavePrometheusNames) {
  ASSERT_THAT(Parse({"--enable-feature=promql-experimental-functions,use-start-timestamps",
                     "--enable-feature=promql-extended-range-selectors"}),
              IsOk());
  const PromqlFeatures& f = options_.database.promql;
  EXPECT_TRUE(f.experimental_functions);
  EXPECT_TRUE(f.start_timestamps);
  EXPECT_TRUE(f.extended_range_selectors);
  EXPECT_TRUE(f.duration_expressions);  // on without being asked for
  EXPECT_FALSE(f.fill_modifiers);
  EXPECT_FALSE(f.delayed_name_removal);
  ASSERT_THAT(Parse({"--enable-feature=promql-binop-fill-modifiers,promql-delayed-name-removal,"
                     "promql-duration-expr"}),
              IsOk());
  EXPECT_TRUE(f.fill_modifiers);
  EXPECT_TRUE(f.delayed_name_removal);
  for (const char* bad : {"--enable-feature=", "--enable-feature=promql", "--enable-feature=x,",
                          "--enable-feature=use-start-timestamps,"}) {
    EXPECT_THAT(Parse({bad}), StatusIs(absl::StatusCode::kInvalidArgument,
                                       HasSubstr("promql-experimental-functions")))
        << bad;
  }
}

TEST_F(AdapterOptionsTest, TheDefaultsThatHelpShowsAreThoseOfTheOptions) {
  const std::string help = AdapterFlags(&options_).Help();
  EXPECT_THAT(help, HasSubstr("--header-timeout=DURATION (default 5s)"));
  EXPECT_EQ(options_.server.header_timeout, std::chrono::seconds(5));
  EXPECT_THAT(help, HasSubstr("--idle-timeout=DURATION (default 90s)"));
  EXPECT_EQ(options_.server.idle_timeout, std::chrono::seconds(90));
  EXPECT_THAT(help, HasSubstr("--write-timeout=DURATION (default 10s)"));
  EXPECT_EQ(options_.server.write_timeout, std::chrono::seconds(10));
  EXPECT_THAT(help, HasSubstr("--listen=HOST:PORT (default 127.0.0.1:6443)"));
}

TEST_F(AdapterOptionsTest, BeyondLoopbackNeedsAWordOfConsent) {
  for (const char* listen :
       {"--listen=0.0.0.0:6443", "--listen=[::]:6443", "--listen=10.1.2.3:1"}) {
    options_ = AdapterOptions();
    EXPECT_THAT(Parse({listen}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--insecure-listen")));
    EXPECT_THAT(Parse({listen, "--insecure-listen"}), IsOk()) << listen;
  }
  options_ = AdapterOptions();
  EXPECT_THAT(Parse({"--listen=[::1]:0"}), IsOk());
  EXPECT_EQ(options_.server.address, "::1");
}

TEST_F(AdapterOptionsTest, RefusesAddressesThatAreNone) {
  for (const char* listen : {"--listen=6443", "--listen=localhost:6443", "--listen=127.0.0.1:x",
                             "--listen=127.0.0.1:65536", "--listen=127.0.0.1:"}) {
    options_ = AdapterOptions();
    EXPECT_FALSE(Parse({listen}).ok()) << listen;
  }
}

TEST(AdapterOptionsCheckTest, BothFilesAreNeeded) {
  AdapterOptions options;
  options.rules_file = "r.yaml";
  EXPECT_THAT(CheckOptions(options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--scrape-config")));
}

TEST_F(AdapterOptionsTest, TlsIsServedAsSoonAsOneOfItsFlagsIsGiven) {
  ASSERT_THAT(Parse({}), IsOk());
  EXPECT_FALSE(options_.serve_tls);
  EXPECT_TRUE(ServesPlain(options_));
  for (const char* flag : {"--secure-port=6443", "--bind-address=0.0.0.0", "--tls-cert-file=a",
                           "--cert-dir=c", "--tls-private-key-file=b", "--client-ca-file=d",
                           "--requestheader-client-ca-file=e", "--token-auth-file=f"}) {
    options_ = {};
    ASSERT_THAT(Parse({flag}), IsOk()) << flag;
    EXPECT_TRUE(options_.serve_tls) << flag;
    EXPECT_FALSE(ServesPlain(options_)) << flag;
    EXPECT_EQ(options_.secure_port, 6443) << flag;
    EXPECT_EQ(options_.front_door.bind_address, "0.0.0.0") << flag;
  }
  options_ = {};
  ASSERT_THAT(Parse({"--secure-port=1", "--listen=127.0.0.1:2"}), IsOk());
  EXPECT_TRUE(options_.serve_tls && ServesPlain(options_));
}

// The command line of prometheus-adapter's own manifests, and every flag it has that
// means nothing here.
TEST_F(AdapterOptionsTest, TheFlagsOfPrometheusAdapterAreTaken) {
  ASSERT_THAT(Parse({"--cert-dir=/var/run/serving-cert",
                     "--secure-port=6443",
                     "--bind-address=0.0.0.0",
                     "--tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,"
                     "TLS_RSA_WITH_AES_128_GCM_SHA256",
                     "--tls-min-version=VersionTLS13",
                     "--requestheader-allowed-names=a,b",
                     "--requestheader-username-headers=X-U",
                     "--requestheader-uid-headers=X-I",
                     "--requestheader-group-headers=X-G",
                     "--requestheader-extra-headers-prefix=X-E-",
                     "--authorization-always-allow-paths=/healthz,/metrics",
                     "--logtostderr=true",
                     "--v=4",
                     "--lister-kubeconfig=x",
                     "--authentication-kubeconfig=x",
                     "--authorization-kubeconfig=x",
                     "--audit-log-path=-",
                     "--disable-http2",
                     "--http2-max-streams-per-connection",
                     "9",
                     "--feature-gates=A=true",
                     "--profiling",
                     "--contention-profiling=false",
                     "--kubeconfig=x",
                     "--client-qps=5"}),
              IsOk());
  const FrontDoorOptions& d = options_.front_door;
  EXPECT_EQ(d.tls.min_version, TLS1_3_VERSION);
  EXPECT_EQ(d.tls.suites, "ECDHE-ECDSA-AES128-GCM-SHA256");
  EXPECT_EQ(options_.refused_suites.size(), 1U);
  EXPECT_EQ(d.front_proxy.allowed_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(d.front_proxy.username_headers, (std::vector<std::string>{"X-U"}));
  EXPECT_EQ(d.front_proxy.uid_headers, (std::vector<std::string>{"X-I"}));
  EXPECT_EQ(d.front_proxy.group_headers, (std::vector<std::string>{"X-G"}));
  EXPECT_EQ(d.front_proxy.extra_prefixes, (std::vector<std::string>{"X-E-"}));
  EXPECT_EQ(options_.always_allow_paths, (std::vector<std::string>{"/healthz", "/metrics"}));
  EXPECT_EQ(options_.flags_without_effect.size(), 13U);
}

TEST_F(AdapterOptionsTest, SecurityFlagsThatAreWrongSayWhy) {
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(Parse({"--secure-port=65536"}), StatusIs(code, HasSubstr("--secure-port")));
  EXPECT_THAT(Parse({"--tls-min-version=VersionTLS11"}), StatusIs(code, HasSubstr("VersionTLS12")));
  EXPECT_THAT(Parse({"--tls-cipher-suites=X"}), StatusIs(code, HasSubstr("--tls-cipher-suites")));
  EXPECT_THAT(Parse({"--bind-address=localhost"}), StatusIs(code, HasSubstr("--bind-address")));
  options_ = {};
  EXPECT_THAT(Parse({"--secure-port=1", "--authorization-always-allow-paths=healthz"}),
              StatusIs(code, HasSubstr("--authorization-always-allow-paths")));
}

}  // namespace
}  // namespace tacho::adapter
