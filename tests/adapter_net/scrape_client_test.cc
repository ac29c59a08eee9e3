#include "adapter/net/scrape_client.h"

#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "adapter/net/credentials.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_net/client_fixture.h"
#include "tests/adapter_net/gzip.h"
#include "tests/adapter_net/raw_socket.h"
#include "tests/support/temp_dir.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::TempDir;
using ::testing::ElementsAre;
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
                "\r\nAccept: text/plain\r\nAccept-Encoding: gzip\r\n"
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

// Answers each path with what `replies` has for it; notes what was asked.
class RedirectTest : public ClientFixture {
 protected:
  RawServer::Script Script() {
    return [this](RawConnection& c) {
      while (true) {
        const std::string request = c.ReadUntil("\r\n\r\n");
        if (request.empty()) return;
        const std::string path = request.substr(4, request.find(" HTTP") - 4);
        const std::lock_guard lock(mutex_);
        asked_.push_back(path);
        last_request_ = request;
        c.Send(replies_.contains(path) ? replies_.at(path) : Ok("", "up 1\n"));
      }
    };
  }
  static std::string To(const std::string& location, const std::string& status = "302 Found") {
    return "HTTP/1.1 " + status + "\r\nContent-Length: 4\r\nLocation: " + location + "\r\n\r\nbody";
  }
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

  std::mutex mutex_;
  std::map<std::string, std::string> replies_;
  std::vector<std::string> asked_;
  std::string last_request_;
};

TEST_F(RedirectTest, IsFollowedWithinTheOrigin) {
  for (const char* status : {"301 M", "302 F", "303 S", "307 T", "308 P"}) {
    asked_.clear();
    replies_ = {{"/metrics?a=b", To("/m", status)}};
    RawServer server(Script());
    replies_["/m"] = To("http://127.0.0.1:" + std::to_string(server.port()) + "/n");
    Use(server.port());
    EXPECT_EQ(Get().body, "up 1\n") << status;
    EXPECT_THAT(asked(), ElementsAre("/metrics?a=b", "/m", "/n"));
    client_->Cancel();
  }
}

TEST_F(RedirectTest, GoesNowhereElseAndTakesNoCredentialsThere) {
  std::atomic<int> strangers{0};
  RawServer stranger([&](RawConnection&) { ++strangers; });
  const std::string other = std::to_string(stranger.port());
  RawServer server(Script());
  for (const std::string& location :
       {"http://127.0.0.1:" + other + "/m", "//127.0.0.1:" + other + "/m",
        "http://localhost:" + std::to_string(server.port()) + "/m",
        "https://127.0.0.1:" + std::to_string(server.port()) + "/m",
        std::string("http://169.254.169.254/latest/meta-data/"), std::string("gopher://x/"),
        std::string("http://u:p@127.0.0.1/")}) {
    replies_["/metrics?a=b"] = To(location);
    Use(server.port());
    const ScrapeReply reply = Get();
    EXPECT_EQ(reply.failure, ScrapeFailure::kRedirect) << location;
    EXPECT_EQ(reply.error.find("u:p"), std::string::npos);
  }
  EXPECT_EQ(strangers, 0);
  client_->Cancel();
}

TEST_F(RedirectTest, ALoopEnds) {
  replies_ = {{"/metrics?a=b", To("/metrics?a=b")}};
  RawServer server(Script());
  Use(server.port());
  const ScrapeReply reply = Get();
  EXPECT_EQ(reply.failure, ScrapeFailure::kRedirect);
  EXPECT_EQ(reply.error, "stopped after 10 redirects");
  EXPECT_EQ(asked().size(), 11U);
}

TEST_F(RedirectTest, IsAFailureWhereItIsNotWantedOrLeadsNowhere) {
  RawServer server(Script());
  ScrapeEndpoint endpoint = {
      .url = *ParseHttpUrl("http://127.0.0.1:" + std::to_string(server.port()) + "/r"),
      .accept = "text/plain",
      .extra_header = "X-A: b",
      .follow_redirects = false};
  replies_["/r"] = To("/m");
  Use(endpoint);
  EXPECT_EQ(Get().error, "server returned HTTP status 302 Found");
  endpoint.follow_redirects = true;
  replies_["/r"] = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n";
  Use(endpoint);
  EXPECT_EQ(Get().failure, ScrapeFailure::kStatus);
  client_->Cancel();
}

TEST_F(RedirectTest, CredentialsAreSentAndReadAnewEachTime) {
  const TempDir dir;
  RawServer server(Script());
  HttpCredentials credentials;
  credentials.secret.file = dir.Write("token", " one\n");
  const ScrapeEndpoint endpoint = {
      .url = *ParseHttpUrl("http://127.0.0.1:" + std::to_string(server.port()) + "/r"),
      .accept = "text/plain",
      .extra_header = "X-A: b",
      .credentials = credentials};
  Use(endpoint);
  EXPECT_EQ(Get().failure, ScrapeFailure::kNone);
  EXPECT_THAT(last_request_, HasSubstr("\r\nAuthorization: Bearer one\r\n"));
  dir.Write("token", "two");
  EXPECT_EQ(Get().failure, ScrapeFailure::kNone);
  EXPECT_THAT(last_request_, HasSubstr("\r\nAuthorization: Bearer two\r\n"));
  dir.Write("token", "two\r\nX-Injected: yes");
  const ScrapeReply reply = Get();
  EXPECT_EQ(reply.failure, ScrapeFailure::kCredentials);
  EXPECT_THAT(reply.error, HasSubstr("control character"));
  EXPECT_EQ(reply.error.find("two"), std::string::npos);
  std::filesystem::remove(credentials.secret.file);
  EXPECT_EQ(Get().failure, ScrapeFailure::kCredentials);
  client_->Cancel();
}

TEST(CredentialsTest, BasicIsUserAndPassword) {
  HttpCredentials credentials;
  credentials.basic = true;
  credentials.user.inline_text = "Aladdin";
  credentials.secret.inline_text = "open sesame";
  // The example of RFC 7617.
  EXPECT_EQ(*AuthorizationHeader(credentials), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

}  // namespace
}  // namespace tacho::adapter
