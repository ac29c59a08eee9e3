#include "adapter/net/upstream_client.h"

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>

#include "adapter/net/upstream_querier.h"
#include "adapter/net/upstream_series.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_net/raw_socket.h"

namespace tacho::adapter {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr absl::Duration kLong = absl::Seconds(60);

std::string Reply(std::string_view status, std::string_view body) {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

void Serve(RawConnection& c, std::string_view status, std::string_view body) {
  while (!c.ReadUntil("\r\n\r\n").empty()) c.Send(Reply(status, body));
}

class UpstreamClientTest : public ::testing::Test {
 protected:
  void Use(std::vector<uint16_t> ports) {
    for (const uint16_t port : ports) {
      options_.urls.push_back("http://127.0.0.1:" + std::to_string(port) + "/base/");
    }
    auto client = UpstreamClient::Create(options_, &stats_);
    ASSERT_TRUE(client.ok()) << client.status();
    client_ = *std::move(client);
  }
  absl::StatusOr<std::string> Ask(absl::Duration timeout = kLong) {
    return client_->Ask("/api/v1/query", {{"query", "a{b=\"c d\"}"}}, timeout);
  }

  static UpstreamOptions Patient() {
    UpstreamOptions options;
    options.hedge_after = kLong;
    return options;
  }

  UpstreamOptions options_ = Patient();
  UpstreamStats stats_;
  std::unique_ptr<UpstreamClient> client_;
};

TEST_F(UpstreamClientTest, AsksOverOneKeptConnection) {
  std::string request;
  RawServer server([&](RawConnection& c) {
    for (std::string got = c.ReadUntil("\r\n\r\n"); !got.empty(); got = c.ReadUntil("\r\n\r\n")) {
      request = got;
      c.Send(Reply("200 OK", "{}"));
    }
  });
  options_.headers = {"X-Scope-OrgID: t"};
  Use({server.port()});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*Ask(), "{}");
  EXPECT_EQ(server.connections(), 1);
  EXPECT_THAT(request, HasSubstr("GET /base/api/v1/query?query=a%7Bb%3D%22c+d%22%7D HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nX-Scope-OrgID: t\r\n"));
  client_.reset();
}

TEST_F(UpstreamClientTest, PostsAForm) {
  std::string request;
  RawServer server([&](RawConnection& c) {
    request = c.ReadUntil("%7D");
    c.Send(Reply("200 OK", "{}"));
  });
  options_.post = true;
  Use({server.port()});
  EXPECT_EQ(*Ask(), "{}");
  EXPECT_THAT(request, StartsWith("POST /base/api/v1/query HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nContent-Length: 26\r\n"));
  EXPECT_THAT(request, EndsWith("\r\n\r\nquery=a%7Bb%3D%22c+d%22%7D"));
}

TEST_F(UpstreamClientTest, TheNextServerAnswersForOneThatFails) {
  RawServer broken([](RawConnection& c) { Serve(c, "503 Service Unavailable", "down"); });
  RawServer good([](RawConnection& c) { Serve(c, "200 OK", "{}"); });
  Use({broken.port(), good.port()});
  EXPECT_EQ(*Ask(), "{}");
  EXPECT_EQ(stats_.failovers, 1);
  EXPECT_EQ(*Ask(), "{}");  // and is asked first from then on
  EXPECT_EQ(stats_.failovers, 1);
  client_.reset();
}

TEST_F(UpstreamClientTest, TheNextServerAnswersForOneThatKeepsSilent) {
  RawServer silent([](RawConnection& c) { c.ReadToEnd(); });
  RawServer good([](RawConnection& c) { Serve(c, "200 OK", "{}"); });
  options_.hedge_after = absl::Milliseconds(1);
  Use({silent.port(), good.port()});
  EXPECT_EQ(*Ask(), "{}");
  EXPECT_EQ(stats_.hedges, 1);
  client_.reset();
}

TEST_F(UpstreamClientTest, AWrongQueryIsNotAskedTwice) {
  RawServer first([](RawConnection& c) {
    Serve(c, "400 Bad Request",
          R"({"status":"error","errorType":"bad_data","error":"1:2: parse error"})");
  });
  RawServer second([](RawConnection& c) { Serve(c, "200 OK", "{}"); });
  Use({first.port(), second.port()});
  const auto answer = Ask();
  EXPECT_TRUE(absl::IsInvalidArgument(answer.status()));
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("1:2: parse error"));
  EXPECT_EQ(second.connections(), 0);
  client_.reset();
}

TEST_F(UpstreamClientTest, NamesEveryServerThatFailed) {
  RawServer one([](RawConnection& c) { Serve(c, "500 Internal Server Error", ""); });
  RawServer two([](RawConnection& c) { c.ReadUntil("\r\n\r\n"); });
  Use({one.port(), two.port()});
  const auto answer = Ask();
  EXPECT_TRUE(absl::IsUnavailable(answer.status()));
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr(std::to_string(one.port())));
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr(std::to_string(two.port())));
  EXPECT_EQ(stats_.failures, 1);
  client_.reset();
}

TEST_F(UpstreamClientTest, TheDeadlineHolds) {
  RawServer silent([](RawConnection& c) { c.ReadToEnd(); });
  Use({silent.port()});
  EXPECT_TRUE(absl::IsUnavailable(Ask(absl::Milliseconds(20)).status()));
  client_.reset();
}

TEST_F(UpstreamClientTest, ReadsNoMoreThanItMay) {
  RawServer large([](RawConnection& c) { Serve(c, "200 OK", std::string(5'000, ' ')); });
  options_.max_reply_bytes = 1'000;
  Use({large.port()});
  EXPECT_TRUE(absl::IsUnavailable(Ask().status()));
  client_.reset();
}

TEST_F(UpstreamClientTest, FollowsNoRedirect) {
  RawServer server([](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    c.Send("HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n");
  });
  Use({server.port()});
  EXPECT_THAT(std::string(Ask().status().message()), HasSubstr("302"));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(UpstreamClientTest, RefusesMoreCallsThanItMayMake) {
  std::promise<void> asked;
  RawServer silent([&](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    asked.set_value();
    c.ReadToEnd();
  });
  options_.max_in_flight = 1;
  Use({silent.port()});
  std::thread first([&] { static_cast<void>(Ask(absl::Seconds(2))); });
  asked.get_future().wait();
  EXPECT_THAT(std::string(Ask().status().message()), HasSubstr("--prometheus-max-in-flight"));
  EXPECT_EQ(stats_.busy, 1);
  first.join();
  client_.reset();
}

TEST_F(UpstreamClientTest, AQueryThatIsTooLongIsNotSent) {
  RawServer server([](RawConnection& c) { c.ReadToEnd(); });
  options_.max_query_bytes = 10;
  Use({server.port()});
  UpstreamQuerier querier(options_, Database(Options()), client_.get(), &stats_);
  EXPECT_TRUE(absl::IsResourceExhausted(
      querier.Ask("sum(a_long_name)", Timestamp::FromUnixMillis(0)).status()));
  EXPECT_EQ(stats_.long_queries, 1);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(UpstreamClientTest, SeriesAreListedAndStayWhileTheServerFails) {
  std::atomic<bool> down{false};
  RawServer server([&](RawConnection& c) {
    for (std::string got = c.ReadUntil("\r\n\r\n"); !got.empty(); got = c.ReadUntil("\r\n\r\n")) {
      c.Send(down ? Reply("503 Service Unavailable", "")
                  : Reply("200 OK", R"({"status":"success","data":[{"__name__":"m","pod":"a"},)"
                                    R"({"__name__":"m","ns":"b"}]})"));
    }
  });
  Use({server.port()});
  UpstreamQuerier querier(options_, Database(Options()), client_.get(), &stats_);
  UpstreamSeries series(
      {.relist_interval = absl::Milliseconds(10), .pods_query = ""}, client_.get(), &querier,
      [] { return Timestamp::FromUnixMillis(0); }, [](std::shared_ptr<const PodIndex>) {});
  EXPECT_TRUE(absl::IsUnavailable(series.Find("m").status()));
  EXPECT_FALSE(series.fresh());
  const uint64_t before = series.version();
  series.Start();
  while (series.version() == before) std::this_thread::yield();
  down = true;
  while (series.last_error().ok()) std::this_thread::yield();
  const auto found = series.Find("m");
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_THAT(*found, SizeIs(1));
  EXPECT_EQ((*found)[0], (MetricLabels{"m", {"ns", "pod"}}));
  EXPECT_TRUE(series.fresh());
  series.Stop();
  client_.reset();
}

}  // namespace
}  // namespace tacho::adapter
