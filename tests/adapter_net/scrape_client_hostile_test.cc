// The scrape client against servers that hang, reset, lie and never end. What the
// bytes of a reply can do wrong is reply_reader_test.cc's; here are time and sockets.
#include <atomic>
#include <chrono>
#include <future>
#include <string>

#include "adapter/net/scrape_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_net/client_fixture.h"
#include "tests/adapter_net/raw_socket.h"

namespace tacho::adapter {
namespace {

using Millis = std::chrono::milliseconds;

constexpr Millis kShort{100};

using HostileTest = ClientFixture;

TEST_F(HostileTest, SilenceEndsAtTheDeadline) {
  RawServer server([](RawConnection& c) { c.WaitForClose(); });
  Use(server.port());
  const ScrapeReply reply = Get(kShort);
  EXPECT_EQ(reply.failure, ScrapeFailure::kTimeout);
  EXPECT_EQ(reply.error, "context deadline exceeded");
}

TEST_F(HostileTest, HangingInTheHeadEndsAtTheDeadline) {
  RawServer server([](RawConnection& c) {
    c.Send("HTTP/1.1 200 OK\r\nConte");
    c.WaitForClose();
  });
  Use(server.port());
  EXPECT_EQ(Get(kShort).failure, ScrapeFailure::kTimeout);
}

// The deadline is of the scrape, not of a read: bytes that keep coming do not move it.
TEST_F(HostileTest, DrippingEndsAtTheDeadline) {
  RawServer server([](RawConnection& c) {
    c.Send("HTTP/1.1 200 OK\r\n\r\n");
    while (c.Send("# \n")) std::this_thread::sleep_for(Millis(5));
  });
  Use(server.port());
  const ScrapeReply reply = Get(kShort);
  EXPECT_EQ(reply.failure, ScrapeFailure::kTimeout);
  EXPECT_GT(reply.wire_bytes, 0U);
}

TEST_F(HostileTest, AResetInTheBodyIsAFailedConnection) {
  RawServer server([](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nup 1\n");
    std::this_thread::sleep_for(Millis(20));
    c.Reset();
  });
  Use(server.port());
  EXPECT_EQ(Get().failure, ScrapeFailure::kConnection);
}

TEST_F(HostileTest, AStreamWithoutEndIsHungUpOnSoonAfterTheLimit) {
  size_t sent = 0;
  std::promise<void> hung_up;
  RawServer server([&](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    c.Send("HTTP/1.1 200 OK\r\n\r\n");
    const std::string block(65536, 'a');
    while (sent < size_t{1} << 30 && c.Send(block)) sent += block.size();
    hung_up.set_value();
  });
  Use(server.port());
  const ScrapeReply reply = Get();
  EXPECT_EQ(reply.failure, ScrapeFailure::kBodyLimit);
  EXPECT_LE(reply.wire_bytes, (size_t{1} << 20) + (64 << 10));
  hung_up.get_future().wait();
  EXPECT_LT(sent, size_t{32} << 20);  // what the sockets' buffers took
}

TEST_F(HostileTest, ARedirectToAnotherPortIsNotFollowed) {
  RawServer elsewhere([](RawConnection& c) { c.WaitForClose(); });
  const std::string location = "http://127.0.0.1:" + std::to_string(elsewhere.port()) + "/";
  RawServer server([&](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    c.Send("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n");
    c.WaitForClose();
  });
  Use(server.port());
  const ScrapeReply reply = Get();
  EXPECT_EQ(reply.failure, ScrapeFailure::kRedirect);
  EXPECT_EQ(elsewhere.connections(), 0);
}

// A first request that fails is not tried again: only a kept connection may have
// been closed under our feet.
TEST_F(HostileTest, AServerThatHangsUpOnEveryRequestIsAskedOnce) {
  RawServer server([](RawConnection& c) { c.ReadUntil("\r\n\r\n"); });
  Use(server.port());
  const ScrapeReply reply = Get();
  EXPECT_EQ(reply.failure, ScrapeFailure::kConnection);
  EXPECT_EQ(reply.error, "connection closed without a reply");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HostileTest, AfterAnyFailureTheNextScrapeIsOnAFreshConnection) {
  std::atomic<int> request{0};
  RawServer server([&](RawConnection& c) {
    while (!c.ReadUntil("\r\n\r\n").empty()) {
      c.Send(request++ == 0 ? "HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nbad"
                            : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nup 1\n");
    }
  });
  Use(server.port());
  EXPECT_EQ(Get().failure, ScrapeFailure::kStatus);
  EXPECT_EQ(Get().body, "up 1\n");
  EXPECT_EQ(server.connections(), 2);
  client_->Cancel();
}

TEST_F(HostileTest, ManyTimeoutsLeaveNothingBehind) {
  RawServer server([](RawConnection& c) { c.WaitForClose(); });
  Use(server.port());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Get(Millis(10)).failure, ScrapeFailure::kTimeout);
  EXPECT_EQ(buffers_.in_use(), 0U);
}

}  // namespace
}  // namespace tacho::adapter
