#include "adapter/core/scrape_config.h"

#include <string>

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
  EXPECT_EQ(job.sample_limit, 1000u);
  EXPECT_EQ(job.body_size_limit, size_t{10} << 20);
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
  EXPECT_EQ(job.sample_limit, 0u);
  EXPECT_EQ(job.body_size_limit, 0u);
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
  EXPECT_EQ(ErrorOf("scrape_configs:\n- job_name: a\n  relabel_configs: []\n"),
            "scrape.yaml:3:3: unknown key \"relabel_configs\" in a scrape config");
  EXPECT_EQ(ErrorOf("globals: {}\n"),
            "scrape.yaml:1:1: unknown key \"globals\" in the scrape configuration; did you mean "
            "\"global\"?");
  EXPECT_EQ(ErrorOf("global: {evaluation_interval: 1m}\n"),
            "scrape.yaml:1:10: unknown key \"evaluation_interval\" in global");
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

TEST(ScrapeConfigTest, OnlyPlainHttpForNow) {
  EXPECT_EQ(ErrorOf("scrape_configs:\n- job_name: a\n  scheme: https\n"),
            "scrape.yaml:3:11: scheme https is not supported yet; scrape a plain http port");
  EXPECT_EQ(ErrorOf("scrape_configs:\n- job_name: a\n  scheme: ftp\n"),
            "scrape.yaml:3:11: scheme must be http, not \"ftp\"");
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
