#include "adapter/core/scrape_config.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

absl::StatusOr<ScrapeConfig> Parse(std::string_view text) {
  return ParseScrapeConfig("scrape.yaml", text);
}

std::string ErrorOf(std::string_view text) { return std::string(Parse(text).status().message()); }

TEST(ScrapeConfigTest, ReadsEveryKeyThatItKnows) {
  const auto config = Parse(R"(
global: {scrape_interval: 15s, scrape_timeout: 5s}
scrape_configs:
- job_name: flask
  scrape_interval: 10s
  scrape_timeout: 3s
  metrics_path: /m
  scheme: http
  params: {module: [a, b], empty: []}
  honor_labels: true
  honor_timestamps: true
  sample_limit: 1000
  body_size_limit: 10MB
  static_configs:
  - targets: ['127.0.0.1:8000', 'h:1']
    labels: {pod: flask-0, __meta_kubernetes_pod_label_app: flask}
  file_sd_configs:
  - files: [targets/*.json, more.yml]
    refresh_interval: 30s
)");
  ASSERT_THAT(config, IsOk());
  ASSERT_EQ(config->jobs.size(), 1u);
  const ScrapeJob& job = config->jobs[0];
  EXPECT_EQ(job.job_name, "flask");
  EXPECT_EQ(job.scrape_interval, absl::Seconds(10));
  EXPECT_EQ(job.scrape_timeout, absl::Seconds(3));
  EXPECT_EQ(job.metrics_path, "/m");
  EXPECT_THAT(job.params,
              ElementsAre(Pair("empty", ElementsAre()), Pair("module", ElementsAre("a", "b"))));
  EXPECT_TRUE(job.honor_labels);
  EXPECT_TRUE(job.honor_timestamps);
  EXPECT_EQ(job.limits.sample_limit, 1000u);
  EXPECT_EQ(job.limits.body_size_limit, size_t{10} << 20);
  ASSERT_EQ(job.static_configs.size(), 1u);
  EXPECT_THAT(job.static_configs[0].targets, ElementsAre("127.0.0.1:8000", "h:1"));
  EXPECT_EQ(job.static_configs[0].labels.at("pod"), "flask-0");
  ASSERT_EQ(job.file_sd_configs.size(), 1u);
  EXPECT_THAT(job.file_sd_configs[0].files, ElementsAre("targets/*.json", "more.yml"));
  EXPECT_EQ(job.file_sd_configs[0].refresh_interval, absl::Seconds(30));
}

TEST(ScrapeConfigTest, DefaultsArePrometheusOwnButForTimestamps) {
  const auto config =
      Parse("scrape_configs: [{job_name: a, file_sd_configs: [{files: [x.json]}]}]");
  ASSERT_THAT(config, IsOk());
  const ScrapeJob& job = config->jobs[0];
  EXPECT_EQ(job.scrape_interval, absl::Minutes(1));
  EXPECT_EQ(job.scrape_timeout, absl::Seconds(10));
  EXPECT_EQ(job.metrics_path, "/metrics");
  EXPECT_EQ(job.scheme, "http");
  EXPECT_FALSE(job.honor_labels);
  EXPECT_FALSE(job.honor_timestamps);  // true in Prometheus
  EXPECT_EQ(job.limits.sample_limit, 0u);
  EXPECT_EQ(job.limits.body_size_limit, 0u);
  EXPECT_EQ(job.file_sd_configs[0].refresh_interval, absl::Minutes(5));
}

TEST(ScrapeConfigTest, AnEmptyFileHasNoJobs) {
  ASSERT_THAT(Parse(""), IsOk());
  EXPECT_TRUE(Parse("")->jobs.empty());
  EXPECT_TRUE(Parse("scrape_configs: []")->jobs.empty());
}

// The default of 10 s cannot be kept under an interval of 5 s.
TEST(ScrapeConfigTest, ADefaultTimeoutShrinksToTheInterval) {
  EXPECT_EQ(Parse("global: {scrape_interval: 5s}\nscrape_configs: [{job_name: a}]")
                ->jobs[0]
                .scrape_timeout,
            absl::Seconds(5));
  EXPECT_EQ(Parse("scrape_configs: [{job_name: a, scrape_interval: 2s}]")->jobs[0].scrape_timeout,
            absl::Seconds(2));
}

TEST(ScrapeConfigTest, AGivenTimeoutMayNotExceedTheInterval) {
  EXPECT_EQ(ErrorOf("global: {scrape_interval: 5s, scrape_timeout: 6s}"),
            "scrape.yaml:1:9: global scrape timeout greater than scrape interval");
  EXPECT_EQ(ErrorOf("scrape_configs:\n- {job_name: a, scrape_interval: 5s, scrape_timeout: 6s}"),
            "scrape.yaml:2:3: scrape timeout greater than scrape interval for scrape config with "
            "job name \"a\"");
}

TEST(ScrapeConfigTest, UnknownKeysAreRefusedByNameAndPlace) {
  EXPECT_EQ(ErrorOf("scrape_configs:\n- job_name: a\n  relabel_config: []\n"),
            "scrape.yaml:3:3: unknown key \"relabel_config\" in a scrape config; did you mean "
            "\"relabel_configs\"?");
  EXPECT_EQ(ErrorOf("globals: {}\n"),
            "scrape.yaml:1:1: unknown key \"globals\" in the scrape configuration; did you mean "
            "\"global\"?");
  for (const char* key : {"rule_files", "alerting", "remote_write", "storage"}) {
    EXPECT_EQ(ErrorOf(absl::StrCat("global: {}\n", key, ": []\n")),
              absl::StrCat("scrape.yaml:2:1: ", key, " is not supported: tacho reads global and ",
                           "scrape_configs; give it a file with those alone"));
  }
  EXPECT_THAT(ErrorOf("apiVersion: v1\nkind: ConfigMap\n"),
              HasSubstr("1:1: the scrape configuration is a Kubernetes object"));
  EXPECT_EQ(ErrorOf("global: {query_log: x}\n"),
            "scrape.yaml:1:10: unknown key \"query_log\" in global");
  EXPECT_THAT(ErrorOf("scrape_configs: [{job_name: a, static_configs: [{target: [x]}]}]"),
              HasSubstr("unknown key \"target\" in a target group; did you mean \"targets\"?"));
  EXPECT_THAT(ErrorOf("scrape_configs: [{job_name: a, file_sd_configs: [{file: [x]}]}]"),
              HasSubstr("unknown key \"file\" in an entry of file_sd_configs"));
}

TEST(ScrapeConfigTest, JobsNeedDistinctNames) {
  EXPECT_EQ(ErrorOf("scrape_configs: [{scheme: http}]"), "scrape.yaml:1:18: job_name is empty");
  EXPECT_EQ(ErrorOf("scrape_configs:\n- job_name: a\n- job_name: a\n"),
            "scrape.yaml:3:3: found multiple scrape configs with job name \"a\"");
}

TEST(ScrapeConfigTest, SchemesAreHttpAndHttps) {
  EXPECT_EQ(ErrorOf("scrape_configs:\n- job_name: a\n  scheme: ftp\n"),
            "scrape.yaml:3:11: scheme must be http or https, not \"ftp\"");
  EXPECT_EQ(Parse("scrape_configs: [{job_name: a, scheme: https}]")->jobs[0].scheme, "https");
}

TEST(ScrapeConfigTest, KeysThatPrometheusHasAndTachoHasNotSayWhy) {
  const auto error = [](const std::string& line) {
    return ErrorOf("scrape_configs:\n- job_name: a\n  " + line + "\n");
  };
  EXPECT_THAT(error("kubernetes_sd_configs: [{role: pod}]"),
              HasSubstr("scrape.yaml:3:3: kubernetes_sd_configs is not supported by this version"));
  EXPECT_THAT(error("proxy_url: http://p"), HasSubstr("proxy_url is not supported: tacho uses no"));
  EXPECT_THAT(error("oauth2: {}"), HasSubstr("oauth2 is not supported"));
  EXPECT_THAT(error("proxy_from_environment: true"), HasSubstr("proxy_from_environment"));
  for (const char* key : {"scrape_native_histograms", "track_timestamps_staleness",
                          "convert_classic_histograms_to_nhcb"}) {
    EXPECT_EQ(error(std::string(key) + ": false"), "");
    EXPECT_THAT(error(std::string(key) + ": true"), HasSubstr(std::string(key) + " is not"));
  }
  EXPECT_EQ(error("enable_http2: true"), "");
  EXPECT_EQ(error("keep_dropped_targets: 100"), "");
}

TEST(ScrapeConfigTest, AJobBeginsWithWhatGlobalSays) {
  const auto config = Parse(R"(
global:
  sample_limit: 10
  label_limit: 11
  target_limit: 12
  scrape_protocols: [PrometheusText0.0.4, PrometheusProto]
  evaluation_interval: 1m
  external_labels: {cluster: c}
scrape_configs:
- {job_name: a}
- {job_name: b, sample_limit: 20, label_name_length_limit: 21, label_value_length_limit: 22}
)");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->jobs[0].limits.sample_limit, 10u);
  EXPECT_EQ(config->jobs[0].limits.label_limit, 11u);
  EXPECT_EQ(config->jobs[0].limits.target_limit, 12u);
  EXPECT_EQ(config->jobs[0].protocols.Accept(), "text/plain;version=0.0.4;q=0.3,*/*;q=0.2");
  EXPECT_EQ(config->jobs[1].limits.sample_limit, 20u);
  EXPECT_EQ(config->jobs[1].limits.label_limit, 11u);
  EXPECT_EQ(config->jobs[1].limits.label_name_length_limit, 21u);
  EXPECT_EQ(config->jobs[1].limits.label_value_length_limit, 22u);
}

TEST(ScrapeConfigTest, RelabellingRulesAreReadAndCheckedInPlace) {
  const auto config = Parse(R"(
scrape_configs:
- job_name: a
  relabel_configs:
  - {source_labels: [a, b], separator: '-', regex: x, modulus: 18446744073709551615,
     target_label: t, action: HashMod}
  - {target_label: t, replacement: ''}
  metric_relabel_configs:
  - {source_labels: [__name__], regex: go_.*, action: drop}
  static_configs: [{targets: ['http://not-an-address/']}]
)");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->jobs[0].relabel_rules.size(), 2u);
  EXPECT_EQ(config->jobs[0].metric_relabel_rules.size(), 1u);
  LabelBuilder labels(Labels({{"t", "x"}}));
  EXPECT_TRUE(config->jobs[0].relabel_rules[1].Apply(&labels));
  EXPECT_EQ(labels.Get("t"), "");
  const auto error = [](const std::string& rule) {
    return ErrorOf("scrape_configs:\n- job_name: a\n  relabel_configs:\n  - " + rule + "\n");
  };
  EXPECT_EQ(error("{action: labeldrop, source_labels: [a]}"),
            "scrape.yaml:4:5: labeldrop action requires only 'regex', and no other fields");
  EXPECT_THAT(error("{target_labels: [a]}"), HasSubstr("did you mean \"target_label\"?"));
  EXPECT_THAT(error("{modulus: -1}"), HasSubstr("scrape.yaml:4:15: modulus must be a whole"));
  EXPECT_THAT(error("{regex: '('}"), HasSubstr("scrape.yaml:4:5: "));
}

TEST(ScrapeConfigTest, LegacyNamesAreCheckedAndAskedFor) {
  const std::string rule = "relabel_configs: [{target_label: a.b, replacement: x}]}]";
  EXPECT_THAT(Parse("scrape_configs: [{job_name: a, " + rule), IsOk());
  EXPECT_THAT(
      ErrorOf("scrape_configs: [{job_name: a, metric_name_validation_scheme: legacy, " + rule),
      HasSubstr("\"a.b\" is invalid 'target_label'"));
  EXPECT_THAT(Parse("scrape_configs: [{job_name: a, metric_name_validation_scheme: legacy}]")
                  ->jobs[0]
                  .protocols.Accept(),
              HasSubstr("version=1.0.0;escaping=underscores;q=0.5"));
  EXPECT_THAT(ErrorOf("scrape_configs: [{job_name: a, metric_name_validation_scheme: x}]"),
              HasSubstr("must be utf8 or legacy"));
  EXPECT_THAT(ErrorOf("scrape_configs: [{job_name: a, metric_name_escaping_scheme: x}]"),
              HasSubstr("must be allow-utf-8"));
}

TEST(ScrapeConfigTest, Protocols) {
  const auto of = [](const std::string& keys) {
    return Parse("scrape_configs: [{job_name: a, " + keys + "}]");
  };
  const ScrapeProtocols protocols =
      of("fallback_scrape_protocol: OpenMetricsText1.0.0")->jobs[0].protocols;
  EXPECT_EQ(protocols.FormatOf(""), Exposition::kOpenMetrics);
  EXPECT_EQ(protocols.FormatOf("text/html"), Exposition::kOpenMetrics);
  EXPECT_EQ(protocols.FormatOf("Text/Plain; version=0.0.4"), Exposition::kText);
  EXPECT_EQ(ScrapeProtocols().FormatOf(""), Exposition::kText);
  EXPECT_EQ(ScrapeProtocols().FormatOf("application/openmetrics-text"), Exposition::kOpenMetrics);
  EXPECT_THAT(of("scrape_protocols: [x]").status().message(), HasSubstr("unknown scrape protocol"));
  EXPECT_THAT(of("scrape_protocols: [PrometheusProto]").status().message(),
              HasSubstr("must name a text format"));
  EXPECT_THAT(of("scrape_protocols: [PrometheusText0.0.4, PrometheusText0.0.4]").status().message(),
              HasSubstr("duplicated protocol"));
  EXPECT_THAT(of("fallback_scrape_protocol: PrometheusProto").status().message(),
              HasSubstr("unknown scrape protocol"));
}

TEST(ScrapeConfigTest, HttpDiscovery) {
  const auto config = Parse(R"(
scrape_configs:
- job_name: a
  http_sd_configs:
  - {url: 'https://sd:8443/targets?x=1', refresh_interval: 30s, follow_redirects: false,
     basic_auth: {username: u, password: p}, tls_config: {insecure_skip_verify: true}}
)");
  ASSERT_THAT(config, IsOk());
  const HttpSdConfig& sd = config->jobs[0].http_sd_configs[0];
  EXPECT_EQ(sd.url.ToString(), "https://sd:8443/targets?x=1");
  EXPECT_EQ(sd.refresh_interval, absl::Seconds(30));
  EXPECT_FALSE(sd.http.follow_redirects);
  EXPECT_TRUE(sd.http.tls.insecure_skip_verify);
  EXPECT_EQ(sd.http.credentials->user.inline_text, "u");
  const auto error = [](const std::string& sd_config) {
    return ErrorOf("scrape_configs: [{job_name: a, http_sd_configs: [" + sd_config + "]}]");
  };
  EXPECT_THAT(error("{}"), HasSubstr("URL is missing"));
  EXPECT_THAT(error("{url: 'ftp://h'}"), HasSubstr("neither http nor https"));
  EXPECT_THAT(error("{url: 'http://u:p@h'}"), HasSubstr("user name"));
  EXPECT_THAT(error("{url: 'http://h', refresh_interval: 1ms}"), HasSubstr("at least 1s"));
  EXPECT_THAT(error("{url: 'http://h', uri: x}"), HasSubstr("unknown key \"uri\""));
}

TEST(ScrapeConfigTest, BadValuesNameTheirPlace) {
  const std::string head = "scrape_configs:\n- job_name: a\n  ";
  EXPECT_THAT(ErrorOf(head + "scrape_interval: 15"),
              HasSubstr("scrape.yaml:3:20: scrape_interval: not a valid duration string: \"15\""));
  EXPECT_THAT(ErrorOf(head + "body_size_limit: 10"),
              HasSubstr("scrape.yaml:3:20: body_size_limit: not a valid size: \"10\""));
  EXPECT_THAT(ErrorOf(head + "sample_limit: many"), HasSubstr("scrape.yaml:3:17: sample_limit"));
  EXPECT_THAT(ErrorOf(head + "metrics_path: metrics"),
              HasSubstr("metrics_path must begin with /, not be \"metrics\""));
  EXPECT_THAT(ErrorOf(head + "params: {a: x}"), HasSubstr("params.a must be a list"));
  EXPECT_THAT(ErrorOf(head + "static_configs: {targets: [a]}"),
              HasSubstr("static_configs must be a list, not a mapping"));
}

TEST(ScrapeConfigTest, AddressesAreChecked) {
  const auto error = [](const std::string& address) {
    return ErrorOf("scrape_configs:\n- job_name: a\n  static_configs:\n  - targets: ['" + address +
                   "']\n");
  };
  EXPECT_EQ(error("http://h:80/x"),
            "scrape.yaml:4:15: \"http://h:80/x\" is not a target address; write host:port, without "
            "a scheme or a path");
  EXPECT_EQ(error("127.0.0.1:8000"), "");
}

TEST(ScrapeConfigTest, FilePatternsAreChecked) {
  const auto error = [](const std::string& file) {
    return ErrorOf("scrape_configs: [{job_name: a, file_sd_configs: [{files: ['" + file + "']}]}]");
  };
  EXPECT_EQ(error("a/*.json"), "");
  EXPECT_THAT(error("a/*.txt"), HasSubstr("must end in .json, .yml or .yaml"));
  EXPECT_THAT(error("*/a.json"), HasSubstr("only after its last /"));
  EXPECT_THAT(ErrorOf("scrape_configs: [{job_name: a, file_sd_configs: [{files: []}]}]"),
              HasSubstr("at least one file"));
  EXPECT_THAT(ErrorOf("scrape_configs: [{job_name: a, file_sd_configs: "
                      "[{files: [a.json], refresh_interval: 10ms}]}]"),
              HasSubstr("refresh_interval must be at least 1s"));
}

TEST(ScrapeConfigTest, ALabelNeedsAName) {
  EXPECT_THAT(ErrorOf("scrape_configs: [{job_name: a, static_configs: [{labels: {'': x}}]}]"),
              HasSubstr("a label's name is empty"));
}

}  // namespace
}  // namespace tacho::adapter
