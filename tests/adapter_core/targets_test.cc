#include "adapter/core/targets.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

ScrapeJob Job() {
  ScrapeJob job;
  job.job_name = "flask";
  return job;
}

// The one target of one address.
DiscoveredTarget Only(const ScrapeJob& job, const std::string& address,
                      std::map<std::string, std::string> labels = {}) {
  const std::vector<TargetGroup> groups = {{{address}, std::move(labels)}};
  TargetSet set = MakeTargets(job, groups);
  EXPECT_THAT(set.problems, IsEmpty());
  EXPECT_EQ(set.targets.size(), 1u);
  return set.targets.empty() ? DiscoveredTarget() : set.targets.front();
}

std::string ProblemOf(const ScrapeJob& job, const std::string& address,
                      std::map<std::string, std::string> labels = {}) {
  const std::vector<TargetGroup> groups = {{{address}, std::move(labels)}};
  const TargetSet set = MakeTargets(job, groups);
  EXPECT_THAT(set.targets, IsEmpty());
  return set.problems.empty() ? "" : set.problems.front();
}

TEST(TargetsTest, JobAndInstanceComeFromJobAndAddress) {
  const ScrapeJob job = Job();
  const DiscoveredTarget target = Only(job, "127.0.0.1:8000", {{"pod", "flask-0"}});
  EXPECT_EQ(target.labels,
            (Labels{{"instance", "127.0.0.1:8000"}, {"job", "flask"}, {"pod", "flask-0"}}));
  EXPECT_EQ(target.url.address.host, "127.0.0.1");
  EXPECT_EQ(target.url.address.port, 8000);
  EXPECT_EQ(target.url.path_and_query, "/metrics");
  EXPECT_EQ(target.url.ToString(), "http://127.0.0.1:8000/metrics");
  EXPECT_EQ(target.job, &job);
}

TEST(TargetsTest, DiscoveredLabelsWinOverTheJobs) {
  const DiscoveredTarget target =
      Only(Job(), "h:1", {{"job", "other"}, {"instance", "pod-1"}, {"__address__", "evil:2"}});
  EXPECT_EQ(target.labels, (Labels{{"instance", "pod-1"}, {"job", "other"}}));
  EXPECT_EQ(target.url.address.host, "h");
}

TEST(TargetsTest, PathAndParamsCanBeOverridden) {
  ScrapeJob job = Job();
  job.params = {{"module", {"a", "b"}}, {"x y", {"1&2"}}, {"none", {}}};
  EXPECT_EQ(Only(job, "h:1").url.path_and_query, "/metrics?module=a&module=b&x+y=1%262");
  EXPECT_EQ(Only(job, "h:1",
                 {{"__metrics_path__", "/m p"}, {"__param_module", "c"}, {"__param_target", "t"}})
                .url.path_and_query,
            "/m%20p?module=c&module=b&target=t&x+y=1%262");
}

TEST(TargetsTest, HiddenLabelsAreDroppedAfterUse) {
  const DiscoveredTarget target = Only(
      Job(), "h:1", {{"__tmp", "x"}, {"__meta_filepath", "f.json"}, {"__param_a", "b"}, {"e", ""}});
  EXPECT_EQ(target.labels, (Labels{{"instance", "h:1"}, {"job", "flask"}}));
}

TEST(TargetsTest, PodLabelsAreKeptAside) {
  const DiscoveredTarget target =
      Only(Job(), "h:1",
           {{"__meta_kubernetes_pod_label_app_kubernetes_io_name", "flask"},
            {"__meta_kubernetes_pod_label_tier", "web"},
            {"__meta_kubernetes_pod_labelpresent_tier", "true"},
            {"__meta_kubernetes_pod_name", "flask-0"},
            {"__meta_kubernetes_namespace", "ms-test"}});
  EXPECT_THAT(target.pod_labels,
              ElementsAre(Pair("app_kubernetes_io_name", "flask"), Pair("tier", "web")));
  EXPECT_EQ(target.pod_namespace, "ms-test");
  EXPECT_EQ(target.pod_name, "flask-0");
  EXPECT_FALSE(target.labels.Has("pod"));
}

TEST(TargetsTest, WithoutMetadataThePublicLabelsNameThePod) {
  const DiscoveredTarget target = Only(Job(), "h:1", {{"namespace", "ns"}, {"pod", "p"}});
  EXPECT_EQ(target.pod_namespace, "ns");
  EXPECT_EQ(target.pod_name, "p");
}

TEST(TargetsTest, SchemeAndTimesCanBeOverridden) {
  const DiscoveredTarget target = Only(
      Job(), "h",
      {{"__scheme__", "https"}, {"__scrape_interval__", "1m30s"}, {"__scrape_timeout__", "500ms"}});
  EXPECT_EQ(target.url.ToString(), "https://h/metrics");
  EXPECT_EQ(target.url.address.port, 443);
  EXPECT_EQ(target.scrape_interval, absl::Seconds(90));
  EXPECT_EQ(target.scrape_timeout, absl::Milliseconds(500));
  const DiscoveredTarget plain = Only(Job(), "h:1");
  EXPECT_EQ(plain.scrape_interval, absl::Minutes(1));
  EXPECT_EQ(plain.scrape_timeout, absl::Seconds(10));
}

TEST(TargetsTest, BadOverridesAreReported) {
  EXPECT_EQ(ProblemOf(Job(), "h:1", {{"__scheme__", "ftp"}}),
            "job \"flask\", target \"h:1\": __scheme__ must be http or https, not \"ftp\"");
  EXPECT_THAT(ProblemOf(Job(), "h:1", {{"__scrape_interval__", "0s"}}),
              HasSubstr("__scrape_interval__ must be a duration above 0, not \"0s\""));
  EXPECT_THAT(ProblemOf(Job(), "h:1", {{"__scrape_timeout__", "2m"}}),
              HasSubstr("scrape timeout (120s) greater than scrape interval (60s)"));
  EXPECT_THAT(ProblemOf(Job(), "h:1", {{"__metrics_path__", "x"}}),
              HasSubstr("__metrics_path__ must begin with /"));
}

RelabelRule Rule(RelabelConfig config) {
  if (config.action.empty()) config.action = "replace";
  return *RelabelRule::Create(config);
}

// The usual rules for annotated pods.
TEST(TargetsTest, RelabellingDecidesWhatIsScrapedAndHow) {
  ScrapeJob job = Job();
  job.relabel_rules = {
      Rule({.source_labels = {"__meta_scrape"}, .regex = "true", .action = "keep"}),
      Rule({.source_labels = {"__meta_path"}, .regex = "(.+)", .target_label = "__metrics_path__"}),
      Rule({.source_labels = {"__address__", "__meta_port"},
            .regex = "([^:]+)(?::\\d+)?;(\\d+)",
            .target_label = "__address__",
            .replacement = "$1:$2"}),
      Rule({.regex = "__meta_kubernetes_pod_label_(.+)", .action = "labelmap"}),
      Rule({.source_labels = {"__meta_kubernetes_pod_name"}, .target_label = "pod"}),
      Rule({.regex = "__meta_kubernetes_.*", .action = "labeldrop"})};
  const std::map<std::string, std::string> labels = {{"__meta_scrape", "true"},
                                                     {"__meta_path", "/m"},
                                                     {"__meta_port", "9090"},
                                                     {"__meta_kubernetes_pod_name", "p"},
                                                     {"__meta_kubernetes_pod_label_app", "flask"}};
  const DiscoveredTarget target = Only(job, "10.0.0.1:80", labels);
  EXPECT_EQ(target.url.ToString(), "http://10.0.0.1:9090/m");
  EXPECT_EQ(
      target.labels,
      (Labels{{"app", "flask"}, {"instance", "10.0.0.1:9090"}, {"job", "flask"}, {"pod", "p"}}));
  EXPECT_EQ(target.pod_name, "p");
  EXPECT_THAT(target.pod_labels, ElementsAre(Pair("app", "flask")));

  // Each port of a pod becomes the same target, without complaint; others are dropped.
  const std::vector<TargetGroup> groups = {{{"10.0.0.1:80", "10.0.0.1:81", "10.0.0.1"}, labels},
                                           {{"10.0.0.2:80"}, {{"__meta_scrape", "false"}}}};
  const TargetSet set = MakeTargets(job, groups);
  EXPECT_EQ(set.targets.size(), 1u);
  EXPECT_THAT(set.problems, IsEmpty());
  EXPECT_EQ(set.dropped, 1u);
}

TEST(TargetsTest, AnAddressIsCheckedAfterRelabelling) {
  ScrapeJob job = Job();
  job.relabel_rules = {Rule({.source_labels = {"__address__"}, .target_label = "__param_target"}),
                       Rule({.target_label = "__address__", .replacement = "prober:9115"})};
  EXPECT_EQ(Only(job, "https://example.com/x").url.ToString(),
            "http://prober:9115/metrics?target=https%3A%2F%2Fexample.com%2Fx");
}

TEST(TargetsTest, OneTargetTooManyFailsThemAll) {
  ScrapeJob job = Job();
  job.limits.target_limit = 2;
  const std::vector<TargetGroup> two = {{{"h:1", "h:2", "h:1"}, {}}};
  EXPECT_EQ(MakeTargets(job, two).targets[0].refusal, "");
  const std::vector<TargetGroup> three = {{{"h:1", "h:2", "h:3"}, {}}};
  const TargetSet set = MakeTargets(job, three);
  EXPECT_EQ(set.targets.size(), 3u);
  for (const DiscoveredTarget& target : set.targets) {
    EXPECT_EQ(target.refusal, "target_limit exceeded (number of targets: 3, limit: 2)");
  }
  EXPECT_THAT(set.problems, ElementsAre(HasSubstr("job \"flask\": target_limit exceeded")));
}

TEST(TargetsTest, OneBadAddressDoesNotTakeTheOthers) {
  const ScrapeJob job = Job();
  const std::vector<TargetGroup> groups = {{{"h:1", "not an address", "h:2"}, {}}};
  const TargetSet set = MakeTargets(job, groups);
  EXPECT_EQ(set.targets.size(), 2u);
  ASSERT_EQ(set.problems.size(), 1u);
  EXPECT_THAT(set.problems[0], HasSubstr("target \"not an address\""));
}

// F11: a pod found twice would count twice in every sum.
TEST(TargetsTest, TwinsByLabelsOrByUrlAreDroppedAndReported) {
  const ScrapeJob job = Job();
  const std::vector<TargetGroup> groups = {{{"h:1", "h:1"}, {}},
                                           {{"h:1"}, {{"service", "s"}}},
                                           {{"h:2", "h:3"}, {{"instance", "same"}}}};
  const TargetSet set = MakeTargets(job, groups);
  std::vector<std::string> urls;
  for (const auto& target : set.targets) urls.push_back(target.url.ToString());
  EXPECT_THAT(urls, ElementsAre("http://h:1/metrics", "http://h:2/metrics"));
  EXPECT_THAT(set.problems, ElementsAre(HasSubstr("same URL"),
                                        HasSubstr("\"h:3\": dropped: another target of the job has "
                                                  "the same labels")));
}

TEST(TargetsTest, AddressesOfAllForms) {
  const auto parsed = [](std::string_view address) {
    const auto out = ParseAddress(address, 80);
    return out.ok() ? out->host + "|" + std::to_string(out->port) : "refused";
  };
  EXPECT_EQ(parsed("h"), "h|80");
  EXPECT_EQ(parsed("h:1"), "h|1");
  EXPECT_EQ(parsed("a-b.c_d:65535"), "a-b.c_d|65535");
  EXPECT_EQ(parsed("[::1]:9100"), "::1|9100");
  EXPECT_EQ(parsed("[fe80::1%eth0]"), "fe80::1%eth0|80");
  for (const std::string_view bad :
       {"", ":1", "h:", "h:0", "h:65536", "h:1x", "h:-1", "h h:1", "::1", "[::1", "[]:1", "[::1]1",
        "h/x", "h:1/x", "user@h:1", "h\r\nX: y:1", "h:1:2", "[a b]:1", "h?x"}) {
    EXPECT_EQ(parsed(bad), "refused") << bad;
  }
  EXPECT_EQ(parsed(std::string(301, 'h')), "refused");
}

TEST(TargetsTest, LabelNamesAreSanitizedAsDiscoveryDoes) {
  EXPECT_EQ(SanitizeLabelName("app.kubernetes.io/name"), "app_kubernetes_io_name");
  EXPECT_EQ(SanitizeLabelName("a-b_C9"), "a_b_C9");
}

}  // namespace
}  // namespace tacho::adapter
