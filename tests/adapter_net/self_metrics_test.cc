#include "adapter/net/self_metrics.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "adapter/net/metrics_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tacho/database.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::testing::HasSubstr;

class SelfMetricsTest : public ::testing::Test {
 protected:
  SelfMetricsTest() {
    metrics_.scrape = &scrape_;
    metrics_.server = &server_;
  }

  std::string Render() { return RenderSelfMetrics(metrics_); }

  ScrapeStats scrape_;
  ServerStats server_;
  SelfMetrics metrics_;
};

TEST_F(SelfMetricsTest, OurOwnParserTakesThem) {
  metrics_.process = ReadProcessInfo();
  metrics_.answers["rules.yaml:3:5"] = {{{"ok", 3}, {"stale", 1}}, 12.5, 0.75};
  server_.CountAnswer(RouteKind::kMetric, 200);
  Database db;
  auto target = db.AddTarget({{"job", "tacho"}});
  ASSERT_THAT(target, IsOk());
  const auto report =
      target->Ingest(Render(), Exposition::kText, Timestamp::FromUnixMillis(1'000'000));
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->refused, 0U);
  EXPECT_EQ(report->stored, report->samples);
  EXPECT_GT(report->samples, 70U);
}

TEST_F(SelfMetricsTest, EveryFamilyHasItsTypeOnceAndEverySeriesIsOne) {
  std::set<std::string> types;
  std::set<std::string> series;
  for (absl::string_view line : absl::StrSplit(Render(), '\n', absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words[1] == "TYPE") {
      EXPECT_TRUE(types.insert(words[2]).second) << line;
    }
    if (words[0] == "#") continue;
    EXPECT_TRUE(series.insert(words[0]).second) << line;
    EXPECT_TRUE(types.contains(words[0].substr(0, words[0].find('{')))) << line;
  }
}

TEST_F(SelfMetricsTest, CountersShowWhereTheyBelong) {
  Add(&scrape_.failed[static_cast<size_t>(ScrapeFailure::kTimeout)], 7);
  Add(&scrape_.ingest_micros, 1'500'000);
  server_.CountLimit(ServerLimit::kMalformed);
  server_.CountAnswer(RouteKind::kMetric, 503);
  server_.CountAnswer(RouteKind::kUnknown, 299);
  metrics_.database.refused_scrapes[static_cast<size_t>(Refusal::kSampleLimit)] = 9;
  metrics_.rules.refused = 2;
  metrics_.rules.error = "bad";
  const std::string text = Render();
  EXPECT_THAT(text, HasSubstr("\ntacho_scrapes_failed_total{reason=\"timeout\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("\ntacho_ingest_seconds_total 1.5\n"));
  EXPECT_THAT(text, HasSubstr("\ntacho_http_limits_total{limit=\"malformed\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\ntacho_http_requests_total{route=\"metric\",code=\"503\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\ntacho_http_requests_total{route=\"unknown\",code=\"other\"} 1\n"));
  EXPECT_THAT(text,
              HasSubstr("\ntacho_storage_refused_scrapes_total{reason=\"sample_limit\"} 9\n"));
  EXPECT_THAT(text, HasSubstr("\ntacho_rules_broken 2\n"));
  EXPECT_THAT(text, HasSubstr("\ntacho_rules_load_failed 1\n"));
}

TEST_F(SelfMetricsTest, TheProcessIsMeasured) {
  const ProcessInfo info = ReadProcessInfo();
  EXPECT_GT(info.resident_bytes, 1'000'000U);
  EXPECT_GE(info.open_fds, 3U);
}

TEST(MetricsTextTest, LabelValuesAreEscaped) {
  MetricsText text;
  text.Gauge("x", "Help.");
  text.Sample(0.1, {{"a", "q\"b\\n\n"}, {"c", ""}});
  EXPECT_EQ(text.Take(), "# HELP x Help.\n# TYPE x gauge\nx{a=\"q\\\"b\\\\n\\n\",c=\"\"} 0.1\n");
}

TEST(NamesTest, EveryFailureAndLimitHasANameOfItsOwn) {
  std::set<std::string_view> failures;
  for (size_t i = 0; i < kScrapeFailureCount; ++i) {
    failures.insert(ScrapeFailureName(static_cast<ScrapeFailure>(i)));
  }
  EXPECT_EQ(failures.size(), kScrapeFailureCount);
  std::set<std::string_view> limits;
  for (size_t i = 0; i < kServerLimitCount; ++i) {
    limits.insert(ServerLimitName(static_cast<ServerLimit>(i)));
  }
  EXPECT_EQ(limits.size(), kServerLimitCount);
  EXPECT_FALSE(failures.contains("") || limits.contains(""));
}

}  // namespace
}  // namespace tacho::adapter
