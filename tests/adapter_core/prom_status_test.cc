#include "adapter/core/prom_status.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/prom_fixture.h"

namespace tacho::adapter {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PromStatusTest : public testing::PromTest {};

TEST_F(PromStatusTest, Targets) {
  status_.targets = {{.job = "b",
                      .url = "http://h:2/metrics",
                      .labels = {{"job", "b"}},
                      .interval = absl::Seconds(90),
                      .timeout = absl::Seconds(10),
                      .last = ScrapeOutcome{testing::kNow, 0.25, "refused"}},
                     {.job = "a",
                      .url = "http://h:1/metrics",
                      .labels = {{"job", "a"}},
                      .interval = absl::Seconds(15),
                      .timeout = absl::Milliseconds(1500),
                      .last = std::nullopt}};
  const std::string a =
      R"({"discoveredLabels":{"job":"a"},"labels":{"job":"a"},"scrapePool":"a",)"
      R"("scrapeUrl":"http://h:1/metrics","globalUrl":"http://h:1/metrics","lastError":"",)"
      R"("lastScrape":"0001-01-01T00:00:00Z","lastScrapeDuration":0,"health":"unknown",)"
      R"("scrapeInterval":"15s","scrapeTimeout":"1s500ms"})";
  const std::string b = R"({"discoveredLabels":{"job":"b"},"labels":{"job":"b"},"scrapePool":"b",)"
                        R"("scrapeUrl":"http://h:2/metrics","globalUrl":"http://h:2/metrics",)"
                        R"("lastError":"refused","lastScrape":"2026-11-23T15:41:51.37Z",)"
                        R"("lastScrapeDuration":0.25,"health":"down","scrapeInterval":"1m30s",)"
                        R"("scrapeTimeout":"10s"})";
  const std::string rest = R"(,"droppedTargets":[],"droppedTargetCounts":{}})";
  EXPECT_EQ(Data("/api/v1/targets"), R"({"activeTargets":[)" + a + "," + b + "]" + rest);
  EXPECT_EQ(Data("/api/v1/targets?scrapePool=b"), R"({"activeTargets":[)" + b + "]" + rest);
  EXPECT_EQ(Data("/api/v1/targets?state=dropped"), R"({"activeTargets":[])" + rest);
  EXPECT_THAT(Data("/api/v1/targets?state=active"), HasSubstr(b));
}

TEST_F(PromStatusTest, BuildInfoNamesTheVersion) {
  EXPECT_EQ(Data("/api/v1/status/buildinfo"),
            R"({"version":"1.2.3","revision":"","branch":"","buildUser":"","buildDate":"",)"
            R"("goVersion":""})");
}

TEST_F(PromStatusTest, RuntimeInfo) {
  status_.runtime = {.start_time = testing::kNow - absl::Minutes(1),
                     .working_directory = "/w",
                     .hostname = "h",
                     .threads = 12,
                     .cores = 2,
                     .memory_limit = 4096,
                     .retention = absl::Minutes(10)};
  EXPECT_EQ(Data("/api/v1/status/runtimeinfo"),
            R"({"startTime":"2026-11-23T15:40:51.37Z","CWD":"/w","hostname":"h",)"
            R"("serverTime":"2026-11-23T15:41:51.37Z","reloadConfigSuccess":true,)"
            R"("lastConfigTime":"2026-11-23T15:40:51.37Z","corruptionCount":0,)"
            R"("goroutineCount":12,"GOMAXPROCS":2,"GOMEMLIMIT":4096,"GOGC":"","GODEBUG":"",)"
            R"("storageRetention":"10m"})");
}

TEST_F(PromStatusTest, QueriesAreFormattedAndParsed) {
  EXPECT_EQ(Data("/api/v1/format_query?query=foo%2Fbar"), R"("foo / bar")");
  EXPECT_EQ(Data("/api/v1/parse_query?query=1"), R"({"type":"numberLiteral","val":"1"})");
  EXPECT_EQ(Ask("/api/v1/format_query?query=foo%7B").status, 400);
  EXPECT_EQ(Get("/api/v1/parse_query"),
            Error("bad_data", R"(invalid parameter \"query\": unknown position: parse error: no )"
                              "expression found in input"));
}

TEST_F(PromStatusTest, UnknownPathsAreAPlain404) {
  for (const char* path : {"/api/v1/rules", "/api/v1", "/api/v2/query", "/api/v1/query/x",
                           "/api/v1/label/a", "/api/v1/status"}) {
    const HttpReply reply = Ask(path);
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_EQ(reply.body, "404 page not found\n");
    EXPECT_THAT(std::string(reply.content_type), HasSubstr("text/plain"));
  }
}

TEST(PromDurationTest, IsWrittenAsPrometheusWritesIt) {
  EXPECT_EQ(FormatPrometheusDuration(absl::ZeroDuration()), "0s");
  EXPECT_EQ(FormatPrometheusDuration(absl::Seconds(15)), "15s");
  EXPECT_EQ(FormatPrometheusDuration(absl::Seconds(90)), "1m30s");
  EXPECT_EQ(FormatPrometheusDuration(absl::Hours(24)), "1d");
  EXPECT_EQ(FormatPrometheusDuration(absl::Hours(25)), "25h");
  EXPECT_EQ(FormatPrometheusDuration(absl::Hours(24 * 7)), "1w");
  EXPECT_EQ(FormatPrometheusDuration(absl::Milliseconds(900)), "900ms");
}

}  // namespace
}  // namespace tacho::adapter
