#include "adapter/net/scrape_client.h"

#include <atomic>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_net/client_fixture.h"
#include "tests/adapter_net/gzip.h"
#include "tests/adapter_net/raw_socket.h"

namespace tacho::adapter {
namespace {

using ::testing::HasSubstr;

std::string Ok(std::string_view fields, std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(fields) + "\r\n" + std::string(body);
}

using ScrapeClientTest = ClientFixture;

TEST_F(ScrapeClientTest, AsksAsPrometheusDoes) {
  std::string request;
  RawServer server([&](RawConnection& c) {
    request = c.ReadUntil("\r\n\r\n");
    c.Send(Ok("Content-Type: text/plain\r\n", "up 1\n"));
  });
  Use(server.port());
  const ScrapeReply reply = Get();
  EXPECT_EQ(reply.failure, ScrapeFailure::kNone) << reply.error;
  EXPECT_EQ(reply.body, "up 1\n");
  EXPECT_EQ(reply.content_type, "text/plain");
  EXPECT_EQ(request,
            "GET /metrics?a=b HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                "\r\nUser-Agent: tacho/" TACHO_VERSION
                "\r\nAccept: application/openmetrics-text;version=1.0.0;q=0.5,"
                "application/openmetrics-text;version=0.0.1;q=0.4,"
                "text/plain;version=0.0.4;q=0.3,*/*;q=0.2\r\nAccept-Encoding: gzip\r\n"
                "X-Prometheus-Scrape-Timeout-Seconds: 1.5\r\n\r\n");
}

TEST_F(ScrapeClientTest, KeepsTheConnectionAndUnpacksGzip) {
  RawServer server([](RawConnection& c) {
    for (int i = 0; !c.ReadUntil("\r\n\r\n").empty(); ++i) {
      c.Send(Ok("Content-Encoding: gzip\r\n", Gzip("up " + std::to_string(i) + "\n")));
    }
  });
  Use(server.port());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Get().body, "up " + std::to_string(i) + "\n");
  EXPECT_EQ(server.connections(), 1);
  client_->Cancel();
}

TEST_F(ScrapeClientTest, ConnectsAgainAfterAConnectionThatCloses) {
  RawServer server([](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    c.Send(Ok("", "up 1\n"));  // kept open by what it says, and closed all the same
  });
  Use(server.port());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Get().body, "up 1\n");
  EXPECT_EQ(server.connections(), 5);
}

TEST_F(ScrapeClientTest, BytesLeftOnAnIdleConnectionAreNotTheNextReply) {
  std::atomic<bool> sent{false};
  RawServer server([&](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    c.Send(Ok("", "honest 1\n"));
    if (!sent.exchange(true)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      c.Send(Ok("", "forged 1\n"));
      c.WaitForClose();
    }
  });
  Use(server.port());
  EXPECT_EQ(Get().body, "honest 1\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  EXPECT_EQ(Get().body, "honest 1\n");
}

TEST_F(ScrapeClientTest, FindsAHostByName) {
  RawServer server([](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    c.Send(Ok("", "up 1\n"));
  });
  Use(server.port(), "localhost");
  EXPECT_EQ(Get().body, "up 1\n");
}

TEST_F(ScrapeClientTest, AHostThatHasNoAddressIsAFailureOfItsOwn) {
  Use(80, "no.such.host.invalid");
  const ScrapeReply reply = Get(std::chrono::seconds(30));
  // Where no name server answers, the deadline passes first.
  EXPECT_TRUE(reply.failure == ScrapeFailure::kResolve || reply.failure == ScrapeFailure::kTimeout)
      << reply.error;
}

TEST_F(ScrapeClientTest, ARefusedConnectionIsAFailureOfItsOwn) {
  uint16_t port = 0;
  {
    RawServer gone([](RawConnection&) {});
    port = gone.port();
  }
  Use(port);
  const ScrapeReply reply = Get();
  EXPECT_EQ(reply.failure, ScrapeFailure::kConnect);
  EXPECT_THAT(reply.error, HasSubstr("refused"));
}

TEST_F(ScrapeClientTest, ACancelledScrapeIsNeverReported) {
  std::promise<void> asked;
  RawServer server([&](RawConnection& c) {
    c.ReadUntil("\r\n\r\n");
    asked.set_value();
    c.WaitForClose();
  });
  Use(server.port());
  std::atomic<bool> called{false};
  asio::post(strand_, [&, client = client_] {
    client->Get(std::chrono::steady_clock::now() + std::chrono::seconds(60),
                [&](ScrapeReply) { called = true; });
  });
  asked.get_future().wait();
  std::promise<void> cancelled;
  asio::post(strand_, [&, client = client_] {
    client->Cancel();
    cancelled.set_value();
  });
  cancelled.get_future().wait();
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace tacho::adapter
