// Upstream mode's threads: lists that hang beside lists that do not, many callers at a
// time, and the end of it all. Built for ThreadSanitizer, too.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapter/net/upstream_querier.h"
#include "adapter/net/upstream_series.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_net/upstream_fixture.h"

namespace tacho::adapter {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kSeries[] =
    R"({"status":"success","data":[{"__name__":"m","pod":"a"},{"__name__":"m","ns":"b"}]})";
constexpr char kPods[] = R"({"status":"success","data":{"resultType":"vector","result":[)"
                         R"({"metric":{"namespace":"ns","pod":"p0"},"value":[1,"1"]}]}})";

class UpstreamSeriesTest : public UpstreamTest {
 protected:
  void List(const UpstreamSeries::Options& options) {
    querier_ = std::make_unique<UpstreamQuerier>(options_, Database(tacho::Options()),
                                                 client_.get(), &stats_);
    series_ = std::make_unique<UpstreamSeries>(
        options, client_.get(), &stats_, querier_.get(),
        [] { return Timestamp::FromUnixMillis(0); },
        [this](const std::shared_ptr<const PodIndex>& pods) {
          if (pods->HasPod("ns", "p0")) ++pods_seen_;
        });
  }
  // Ends what hangs, as the process does.
  void End() {
    client_->EndWithin(absl::ZeroDuration());
    series_->Stop();
    client_.reset();
  }
  bool Listed(const std::string& selector) { return series_->Find(selector).ok(); }

  std::unique_ptr<UpstreamQuerier> querier_;
  std::unique_ptr<UpstreamSeries> series_;
  std::atomic<int> pods_seen_{0};
};

// Answers all but what has "hang" in its target.
void ServeOrHang(RawConnection& c, const std::string& body) {
  for (std::string got = c.ReadUntil("\r\n\r\n"); !got.empty(); got = c.ReadUntil("\r\n\r\n")) {
    if (got.find("hang") != std::string::npos) {
      c.ReadToEnd();
      return;
    }
    c.Send(Reply("200 OK", got.find("/query") != std::string::npos ? kPods : body));
  }
}

TEST_F(UpstreamSeriesTest, SeriesAreListedAndStayWhileTheServerFails) {
  std::atomic<bool> down{false};
  RawServer server([&](RawConnection& c) {
    while (!c.ReadUntil("\r\n\r\n").empty()) {
      c.Send(down ? Reply("503 Service Unavailable", "") : Reply("200 OK", kSeries));
    }
  });
  Use({server.port()});
  List({.relist_interval = absl::Milliseconds(10), .pods_query = ""});
  EXPECT_TRUE(absl::IsUnavailable(series_->Find("m").status()));
  EXPECT_FALSE(series_->fresh());
  const uint64_t before = series_->version();
  series_->Start();
  while (series_->version() == before) std::this_thread::yield();
  down = true;
  while (series_->last_error().ok()) std::this_thread::yield();
  const auto found = series_->Find("m");
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_THAT(*found, SizeIs(1));
  EXPECT_EQ((*found)[0], (MetricLabels{"m", {"ns", "pod"}}));
  EXPECT_TRUE(series_->fresh());
  End();
}

// With one thread left for them, the others are listed again and again, and pods are seen.
TEST_F(UpstreamSeriesTest, AListThatHangsHoldsUpNoOther) {
  RawServer server([](RawConnection& c) { ServeOrHang(c, kSeries); });
  Use({server.port()});
  List({.relist_interval = absl::Milliseconds(1),
        .series_timeout = kLong,
        .pods_query = "up",
        .pods_interval = absl::Milliseconds(1),
        .concurrency = 2});
  EXPECT_FALSE(Listed("a_hang"));
  for (const char* selector : {"a", "b", "c"}) EXPECT_FALSE(Listed(selector));
  series_->Start();
  while (!Listed("a") || !Listed("b") || !Listed("c")) std::this_thread::yield();
  const uint64_t calls = stats_.calls;
  while (stats_.calls < calls + 20 || pods_seen_ < 3) std::this_thread::yield();
  EXPECT_FALSE(Listed("a_hang"));
  EXPECT_FALSE(series_->fresh());  // one has not been tried yet
  End();
}

// A rule whose seriesQuery the server refuses takes no other rule's metrics away.
TEST_F(UpstreamSeriesTest, AListThatIsRefusedLeavesTheOthersServing) {
  RawServer server([](RawConnection& c) {
    for (std::string got = c.ReadUntil("\r\n\r\n"); !got.empty(); got = c.ReadUntil("\r\n\r\n")) {
      const bool bad = got.find("=bad") != std::string::npos;
      c.Send(bad ? Reply("400 Bad Request",
                         R"({"status":"error","errorType":"bad_data","error":"no such"})")
                 : Reply("200 OK", kSeries));
    }
  });
  Use({server.port()});
  List({.pods_query = ""});
  EXPECT_FALSE(Listed("bad"));
  EXPECT_FALSE(Listed("good"));
  series_->Start();
  while (!series_->fresh()) std::this_thread::yield();
  EXPECT_TRUE(Listed("good"));
  EXPECT_THAT(std::string(series_->Find("bad").status().message()), HasSubstr("no such"));
  End();
}

TEST_F(UpstreamSeriesTest, RefusesMoreListsThanItMayKeep) {
  RawServer server([](RawConnection& c) { c.ReadToEnd(); });
  Use({server.port()});
  List({.pods_query = "", .max_selectors = 1});
  EXPECT_TRUE(absl::IsUnavailable(series_->Find("a").status()));
  const absl::Status refused = series_->Find("b").status();
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("--prometheus-max-selectors"));
  EXPECT_EQ(stats_.selectors, 1);
}

TEST_F(UpstreamSeriesTest, CallsUnderWayEndWithTheProcess) {
  std::atomic<int> asked{0};
  RawServer silent([&](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    ++asked;
    c.ReadToEnd();
  });
  Use({silent.port()});
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([this] { EXPECT_TRUE(absl::IsUnavailable(Ask(kLong).status())); });
  }
  while (asked < 4) std::this_thread::yield();
  client_->EndWithin(absl::ZeroDuration());
  for (std::thread& caller : callers) caller.join();
  EXPECT_TRUE(absl::IsUnavailable(Ask(kLong).status()));
  client_.reset();
}

// Callers, lists and pods at once; the first server fails, so that each call goes twice.
TEST_F(UpstreamSeriesTest, ManyAskAtOnce) {
  RawServer broken([](RawConnection& c) { Serve(c, "503 Service Unavailable", ""); });
  RawServer good([](RawConnection& c) { ServeOrHang(c, kSeries); });
  Use({broken.port(), good.port()});
  List({.relist_interval = absl::Milliseconds(1),
        .pods_query = "up",
        .pods_interval = absl::Milliseconds(1)});
  series_->Start();
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([this, i] {
      const std::string selector = absl::StrCat("s", i);
      for (int n = 0; n < 50; ++n) {
        static_cast<void>(Listed(selector));
        const auto answer = querier_->Ask("m", Timestamp::FromUnixMillis(0));
        EXPECT_TRUE(answer.ok()) << answer.status();
      }
      while (!Listed(selector)) std::this_thread::yield();
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_TRUE(series_->fresh());
  EXPECT_GT(pods_seen_, 0);
  End();
}

}  // namespace
}  // namespace tacho::adapter
