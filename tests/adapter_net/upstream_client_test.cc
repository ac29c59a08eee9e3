#include "adapter/net/upstream_client.h"

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "adapter/net/upstream_querier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_net/upstream_fixture.h"

namespace tacho::adapter {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(UpstreamTest, AsksOverOneKeptConnection) {
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

TEST_F(UpstreamTest, PostsAForm) {
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

TEST_F(UpstreamTest, TheNextServerAnswersForOneThatFails) {
  RawServer broken([](RawConnection& c) { Serve(c, "503 Service Unavailable", "down"); });
  RawServer good([](RawConnection& c) { Serve(c, "200 OK", "{}"); });
  Use({broken.port(), good.port()});
  EXPECT_EQ(*Ask(), "{}");
  EXPECT_EQ(stats_.failovers, 1);
  EXPECT_EQ(*Ask(), "{}");  // and is asked first from then on
  EXPECT_EQ(stats_.failovers, 1);
  client_.reset();
}

TEST_F(UpstreamTest, TheNextServerAnswersForOneThatKeepsSilent) {
  RawServer silent([](RawConnection& c) { c.ReadToEnd(); });
  RawServer good([](RawConnection& c) { Serve(c, "200 OK", "{}"); });
  options_.hedge_after = absl::Milliseconds(1);
  Use({silent.port(), good.port()});
  EXPECT_EQ(*Ask(), "{}");
  EXPECT_EQ(stats_.hedges, 1);
  client_.reset();
}

TEST_F(UpstreamTest, AWrongQueryIsNotAskedTwice) {
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

TEST_F(UpstreamTest, NamesEveryServerThatFailed) {
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

TEST_F(UpstreamTest, TheDeadlineHolds) {
  RawServer silent([](RawConnection& c) { c.ReadToEnd(); });
  Use({silent.port()});
  EXPECT_TRUE(absl::IsUnavailable(Ask(absl::Milliseconds(20)).status()));
  EXPECT_EQ(stats_.timeouts, 1);
  client_.reset();
}

TEST_F(UpstreamTest, ReadsNoMoreThanItMay) {
  RawServer large([](RawConnection& c) { Serve(c, "200 OK", std::string(5'000, ' ')); });
  options_.max_reply_bytes = 1'000;
  Use({large.port()});
  EXPECT_TRUE(absl::IsUnavailable(Ask().status()));
  EXPECT_EQ(stats_.large_replies, 1);
  client_.reset();
}

TEST_F(UpstreamTest, HoldsNoMoreThanItMay) {
  RawServer large([](RawConnection& c) { Serve(c, "200 OK", std::string(5'000, ' ')); });
  options_.max_buffered_bytes = 1'000;
  Use({large.port()});
  EXPECT_TRUE(absl::IsUnavailable(Ask().status()));
  EXPECT_EQ(stats_.refused_buffers, 1);
  client_.reset();
}

// As good as none: the metric is "upstream", a 503, and not the rule's fault.
TEST_F(UpstreamTest, AMalformedReplyIsNoAnswer) {
  RawServer server([](RawConnection& c) { Serve(c, "200 OK", "<html>"); });
  Use({server.port()});
  UpstreamQuerier querier(options_, Database(Options()), client_.get(), &stats_);
  const auto answer = querier.Ask("m", Timestamp::FromUnixMillis(0));
  EXPECT_TRUE(absl::IsUnavailable(answer.status())) << answer.status();
  EXPECT_EQ(stats_.unusable, 1);
  client_.reset();
}

TEST_F(UpstreamTest, FollowsNoRedirect) {
  RawServer server([](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    c.Send("HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n");
  });
  Use({server.port()});
  EXPECT_THAT(std::string(Ask().status().message()), HasSubstr("302"));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(UpstreamTest, RefusesMoreCallsThanItMayMake) {
  std::promise<void> asked;
  RawServer silent([&](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    asked.set_value();
    c.ReadToEnd();
  });
  options_.max_in_flight = 1;
  Use({silent.port()});
  std::thread first([&] { static_cast<void>(Ask()); });
  asked.get_future().wait();
  EXPECT_THAT(std::string(Ask().status().message()), HasSubstr("--prometheus-max-in-flight"));
  EXPECT_EQ(stats_.busy, 1);
  client_->EndWithin(absl::ZeroDuration());
  first.join();
  client_.reset();
}

TEST_F(UpstreamTest, AQueryThatIsTooLongIsNotSent) {
  RawServer server([](RawConnection& c) { c.ReadToEnd(); });
  options_.max_query_bytes = 10;
  Use({server.port()});
  UpstreamQuerier querier(options_, Database(Options()), client_.get(), &stats_);
  EXPECT_TRUE(absl::IsResourceExhausted(
      querier.Ask("sum(a_long_name)", Timestamp::FromUnixMillis(0)).status()));
  EXPECT_EQ(stats_.long_queries, 1);
  EXPECT_EQ(server.connections(), 0);
}

}  // namespace
}  // namespace tacho::adapter
