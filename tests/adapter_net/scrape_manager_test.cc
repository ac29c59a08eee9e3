#include "adapter/net/scrape_manager.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_net/raw_socket.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;

class ScrapeManagerTest : public ::testing::Test {
 protected:
  ScrapeManagerTest() {
    job_.job_name = "j";
    job_.scrape_interval = absl::Milliseconds(100);
    job_.scrape_timeout = absl::Milliseconds(80);
  }

  DiscoveredTarget At(uint16_t port, const std::string& pod) {
    DiscoveredTarget target;
    target.url = *ParseHttpUrl(absl::StrCat("http://127.0.0.1:", port, "/metrics"));
    target.labels = {{"pod", pod}};
    target.scrape_interval = job_.scrape_interval;
    target.scrape_timeout = job_.scrape_timeout;
    target.job = &job_;
    return target;
  }

  // The only sample that the query gives now; nothing where there is none.
  std::optional<double> Ask(const std::string& query) {
    const auto result = database_.Ask(query, clock_.Now());
    EXPECT_THAT(result, IsOk());
    if (!result.ok() || result->samples().size() != 1) return std::nullopt;
    return result->samples()[0].value;
  }

  template <typename Condition>
  static void WaitUntil(Condition condition) {
    bool met = condition();
    for (int i = 0; i < 2000 && !met; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      met = condition();
    }
    EXPECT_TRUE(met);
  }

  uint64_t failed(ScrapeFailure f) const { return stats_.failed[static_cast<size_t>(f)]; }

  Clock clock_;
  Logger log_{LogLevel::kError};
  ScrapeStats stats_;
  Database database_;
  ScrapeJob job_;
};

RawServer::Script Counting(std::atomic<int>* counter) {
  return [counter](RawConnection& c) {
    while (!c.ReadUntil("\r\n\r\n").empty()) {
      const std::string body = absl::StrCat("requests_total ", ++*counter, "\n");
      c.Send(absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
    }
  };
}

TEST_F(ScrapeManagerTest, ScrapesAreStoredWithTheirHealth) {
  std::atomic<int> counter{0};
  RawServer server(Counting(&counter));
  {
    ScrapeManager manager({}, database_, &clock_, &log_, &stats_);
    manager.SetTargets(std::vector{At(server.port(), "a")});
    WaitUntil([&] { return stats_.samples >= 3; });
    EXPECT_EQ(stats_.targets_up, 1U);
  }
  EXPECT_EQ(Ask("up"), 1);
  EXPECT_EQ(Ask("scrape_samples_scraped"), 1);
  EXPECT_GE(Ask("requests_total").value_or(0), 3);
  EXPECT_GT(Ask("scrape_duration_seconds").value_or(0), 0);
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(stats_.targets_up, 0U);
}

// A scrape that begins within 1 ms of its tick gets the tick's time: a whole multiple
// of 100 ms plus the offset that the target's labels give.
TEST_F(ScrapeManagerTest, TimesAreThoseOfTheTicks) {
  std::atomic<int> counter{0};
  RawServer server(Counting(&counter));
  ScrapeManager manager({}, database_, &clock_, &log_, &stats_);
  const DiscoveredTarget target = At(server.port(), "a");
  manager.SetTargets(std::vector{target});
  const Cadence cadence = CadenceOf(100, target.labels.ToString());
  WaitUntil([&] {
    const auto result = database_.Ask("requests_total", clock_.Now());
    if (!result.ok() || result->samples().empty()) return false;
    return result->samples()[0].evidence.newest.unix_millis() % 100 == cadence.offset_ms;
  });
}

TEST_F(ScrapeManagerTest, AFailedScrapeIsDownAndEndsTheSeries) {
  std::atomic<bool> broken{false};
  RawServer server([&](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    c.Send(broken ? "HTTP/1.1 503 Busy\r\n\r\n" : "HTTP/1.1 200 OK\r\n\r\nrequests_total 1\n");
  });
  ScrapeManager manager({}, database_, &clock_, &log_, &stats_);
  manager.SetTargets(std::vector{At(server.port(), "a")});
  WaitUntil([&] { return Ask("requests_total") == 1; });
  broken = true;
  WaitUntil([&] { return Ask("up") == 0; });
  EXPECT_EQ(Ask("requests_total"), std::nullopt);
  EXPECT_EQ(Ask("scrape_samples_scraped"), 0);
  EXPECT_EQ(Ask("scrape_samples_post_metric_relabeling"), 0);
  EXPECT_EQ(Ask("scrape_series_added"), 0);
  EXPECT_GE(failed(ScrapeFailure::kStatus), 1U);
  broken = false;
  WaitUntil([&] { return Ask("requests_total") == 1; });
}

TEST_F(ScrapeManagerTest, ABodyThatDoesNotParseIsAFailedScrape) {
  RawServer server([](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    c.Send("HTTP/1.1 200 OK\r\n\r\nrequests_total 1\n}{\n");
  });
  ScrapeManager manager({}, database_, &clock_, &log_, &stats_);
  manager.SetTargets(std::vector{At(server.port(), "a")});
  WaitUntil([&] { return failed(ScrapeFailure::kIngest) >= 1; });
  WaitUntil([&] { return Ask("up") == 0; });
  EXPECT_EQ(Ask("requests_total"), std::nullopt);
}

TEST_F(ScrapeManagerTest, TargetsThatStayAreNotDisturbed) {
  std::atomic<int> a{0};
  std::atomic<int> b{0};
  RawServer first(Counting(&a));
  RawServer second(Counting(&b));
  ScrapeManager manager({}, database_, &clock_, &log_, &stats_);
  manager.SetTargets(std::vector{At(first.port(), "a"), At(second.port(), "b")});
  WaitUntil([&] { return a >= 2 && b >= 2; });
  manager.SetTargets(std::vector{At(first.port(), "a")});
  WaitUntil([&] { return Ask("requests_total{pod=\"b\"}") == std::nullopt; });
  const int before = a;
  WaitUntil([&] { return a >= before + 2; });
  EXPECT_EQ(first.connections(), 1);
  EXPECT_EQ(manager.target_count(), 1U);
}

TEST_F(ScrapeManagerTest, ATargetThatMovesKeepsItsSeries) {
  std::atomic<int> counter{0};
  RawServer first(Counting(&counter));
  RawServer second(Counting(&counter));
  ScrapeManager manager({}, database_, &clock_, &log_, &stats_);
  manager.SetTargets(std::vector{At(first.port(), "a")});
  WaitUntil([&] { return Ask("requests_total") >= 2; });
  manager.SetTargets(std::vector{At(second.port(), "a")});
  WaitUntil([&] { return second.connections() >= 1 && Ask("requests_total") == counter; });
}

TEST_F(ScrapeManagerTest, WhatTheDatabaseHasNoRoomForIsCounted) {
  Options options;
  options.storage.max_targets = 1;
  const Database small(options);
  std::atomic<int> counter{0};
  RawServer server(Counting(&counter));
  ScrapeManager manager({}, small, &clock_, &log_, &stats_);
  manager.SetTargets(std::vector{At(server.port(), "a"), At(server.port(), "b")});
  WaitUntil([&] { return failed(ScrapeFailure::kTarget) >= 1 && counter >= 1; });
}

TEST_F(ScrapeManagerTest, EndsWhileScrapesHang) {
  RawServer server([](RawConnection& c) { c.WaitForClose(); });
  job_.scrape_timeout = absl::Seconds(30);
  ScrapeManager manager({}, database_, &clock_, &log_, &stats_);
  manager.SetTargets(std::vector{At(server.port(), "a"), At(server.port(), "b")});
  WaitUntil([&] { return server.connections() >= 1; });
}

RelabelRule Rule(const RelabelConfig& config) { return *RelabelRule::Create(config); }

RawServer::Script Always(const std::string& body) {
  return [body](RawConnection& c) {
    while (!c.ReadUntil("\r\n\r\n").empty()) {
      c.Send(absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
    }
  };
}

TEST_F(ScrapeManagerTest, MetricsAreRelabelledDroppedAndCounted) {
  job_.metric_relabel_rules = {
      Rule({.source_labels = {"__name__"}, .regex = "go_.*", .action = "drop"}),
      Rule({.source_labels = {"l"}, .target_label = "m", .action = "replace"}),
      Rule({.regex = "l", .action = "labeldrop"})};
  RawServer server(Always("go_a 1\ngo_b 2\nx{l=\"v\"} 3\n"));
  ScrapeManager manager({}, database_, &clock_, &log_, &stats_);
  manager.SetTargets(std::vector{At(server.port(), "a")});
  WaitUntil([&] { return Ask("x{m=\"v\",l=\"\",pod=\"a\"}") == 3; });
  EXPECT_EQ(Ask("go_a"), std::nullopt);
  EXPECT_EQ(Ask("scrape_samples_scraped"), 3);
  EXPECT_EQ(Ask("scrape_samples_post_metric_relabeling"), 1);
  EXPECT_EQ(Ask("max_over_time(scrape_series_added[1m])"), 1);
  EXPECT_EQ(stats_.series_dropped, 2U);
  // 10 min of rows every 100 ms, at 8 bytes, and 16 of identity, for each of the two.
  EXPECT_EQ(stats_.bytes_saved, 2U * (6000 * 8 + 16));
  manager.SetTargets({});
  WaitUntil([&] { return stats_.series_dropped == 0; });
}

class OnlyX final : public MetricFilter {
 public:
  bool Keeps(std::string_view metric) const override { return metric == "x"; }
};

TEST_F(ScrapeManagerTest, OnlyWhatTheFilterKeepsIsKept) {
  RawServer server(Always("x 1\ny 2\n"));
  ScrapeManager manager({.filter = std::make_shared<OnlyX>()}, database_, &clock_, &log_, &stats_);
  manager.SetTargets(std::vector{At(server.port(), "a")});
  WaitUntil([&] { return Ask("x") == 1; });
  EXPECT_EQ(Ask("y"), std::nullopt);
  EXPECT_EQ(Ask("up"), 1);
}

TEST_F(ScrapeManagerTest, ARefusedTargetIsDownAndNotAsked) {
  RawServer server(Always("x 1\n"));
  DiscoveredTarget target = At(server.port(), "a");
  target.refusal = "target_limit exceeded";
  ScrapeManager manager({}, database_, &clock_, &log_, &stats_);
  manager.SetTargets(std::vector{target});
  WaitUntil([&] { return failed(ScrapeFailure::kTargetLimit) >= 2; });
  EXPECT_EQ(Ask("up"), 0);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(ScrapeManagerTest, LimitsOfTheJobFailTheScrape) {
  job_.limits.sample_limit = 1;
  RawServer server(Always("x 1\ny 2\n"));
  ScrapeManager manager({}, database_, &clock_, &log_, &stats_);
  manager.SetTargets(std::vector{At(server.port(), "a")});
  WaitUntil([&] { return failed(ScrapeFailure::kIngest) >= 1; });
  WaitUntil([&] { return Ask("up") == 0; });
}

// A wall clock that jumps 12 h back and forth on every reading, beside one that nobody
// sets: F9, T55.
std::atomic<int64_t> wall_readings{0};
int64_t JumpingWall() {
  constexpr int64_t kHalfDay = int64_t{12} * 3600 * 1'000'000'000;
  return 1'700'000'000'000'000'000 + (++wall_readings % 2 == 0 ? kHalfDay : -kHalfDay);
}
int64_t Monotonic() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

TEST_F(ScrapeManagerTest, StepsOfTheWallClockLoseNoScrapeAndMoveNoTimestamp) {
  const Clock clock(JumpingWall, Monotonic);
  const int64_t readings = wall_readings;
  std::atomic<int> counter{0};
  RawServer server(Counting(&counter));
  ScrapeManager manager({}, database_, &clock, &log_, &stats_);
  manager.SetTargets(std::vector{At(server.port(), "a")});
  WaitUntil([&] { return stats_.samples >= 8; });
  const auto result = database_.Ask("requests_total[5m]", clock.Now());
  ASSERT_THAT(result, IsOk());
  ASSERT_EQ(result->series().size(), 1U);
  const auto points = result->series()[0].points();
  ASSERT_GE(points.size(), 7U);
  for (size_t i = 1; i < points.size(); ++i) {
    EXPECT_EQ(points[i].value, points[i - 1].value + 1) << "a lost scrape";
    EXPECT_GT(points[i].time, points[i - 1].time);
    EXPECT_LT(points[i].time - points[i - 1].time, absl::Minutes(1));
  }
  EXPECT_EQ(wall_readings, readings) << "the wall clock is read once, when the process begins";
}

}  // namespace
}  // namespace tacho::adapter
