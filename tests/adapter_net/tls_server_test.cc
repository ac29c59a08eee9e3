// The server over TLS: the handshake and its bounds, and that nothing of HTTP is different.
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "adapter/core/authorizer.h"
#include "adapter/net/front_door.h"
#include "adapter/net/guard.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tests/adapter_net/test_server.h"
#include "tests/adapter_net/tls_client.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::TempDir;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Millis = std::chrono::milliseconds;

constexpr char kBob[] = "Authorization: Bearer 0123456789abcdef\r\n";

// /open is for everybody, the rest for whoever has a token.
class TlsServer {
 public:
  explicit TlsServer(const ServerOptions& options = SmallServer()) {
    FrontDoorOptions door;
    door.bind_address = "127.0.0.1";
    door.token_file = dir_.Write("tokens.csv", "0123456789abcdef,bob,1\n");
    auto opened = FrontDoor::Open(door, &stats_.front_door, &log_);
    EXPECT_THAT(opened, IsOk());
    door_ = *std::move(opened);
    server_ = std::make_unique<HttpServer>(options, &guard_, &stats_, &log_, door_.get());
    EXPECT_THAT(server_->Start(), IsOk());
  }
  ~TlsServer() { handler_.Unblock(); }

  uint16_t port() const { return PortOf(server_->address()); }
  TestHandler& handler() { return handler_; }
  ServerStats& stats() { return stats_; }
  HttpServer& server() { return *server_; }
  uint64_t fired(ServerLimit limit) const { return stats_.limits[static_cast<size_t>(limit)]; }

  std::string Ask(const std::string& request) {
    TlsClient client(port());
    if (!client.Handshake() || !client.Send(request)) return "";
    return client.ReadToEnd();
  }

 private:
  TempDir dir_;
  TestHandler handler_;
  ServerStats stats_;
  Logger log_{LogLevel::kError};
  AllowAuthenticated authorizer_;
  Guard guard_{&handler_, &authorizer_, {"/open", "/quick"}, &stats_};
  std::unique_ptr<FrontDoor> door_;
  std::unique_ptr<HttpServer> server_;
};

std::string Get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

TEST(TlsServerTest, AnswersManyRequestsOnAConnection) {
  TlsServer server;
  TlsClient client(server.port());
  ASSERT_TRUE(client.Handshake());
  for (int i = 0; i < 20; ++i) {
    const std::string path = "/" + std::to_string(i) + "end";
    client.Send(Get(path, kBob));
    EXPECT_THAT(client.ReadUntil("GET " + path), StartsWith("HTTP/1.1 200 "));
  }
  EXPECT_EQ(server.stats().connections, 1U);
  EXPECT_EQ(server.stats().front_door.handshakes, 1U);
  EXPECT_EQ(server.handler().last().identity.user, "bob");
}

TEST(TlsServerTest, ALargeReplyArrivesWhole) {
  TlsServer server;
  const std::string reply = server.Ask(Get("/huge", std::string(kBob) + "Connection: close\r\n"));
  EXPECT_EQ(reply.size() - reply.find("\r\n\r\n") - 4, 32'000'000U);
  EXPECT_EQ(server.stats().buffered_reply_bytes, 0U);
}

TEST(TlsServerTest, ABodyThatComesInPiecesIsRead) {
  TlsServer server;
  TlsClient client(server.port());
  ASSERT_TRUE(client.Handshake());
  client.Send(std::string("POST /q HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n") + kBob +
              "\r\na=");
  client.Send("b&c=d");
  client.ReadUntil("POST /q");
  EXPECT_EQ(server.handler().last().body, "a=b&c=d");
}

TEST(TlsServerTest, WithoutCredentialsOnlyOpenPathsAreAnswered) {
  TlsServer server;
  const std::string close = "Connection: close\r\n";
  EXPECT_THAT(server.Ask(Get("/open", close)), EndsWith("GET /open"));
  EXPECT_THAT(server.Ask(Get("/quick", close)), EndsWith("GET /quick"));
  EXPECT_THAT(server.Ask(Get("/x", close)), StartsWith("HTTP/1.1 403 Forbidden\r\n"));
  EXPECT_THAT(server.Ask(Get("/open/x", close)), StartsWith("HTTP/1.1 403 "));
  const std::string wrong = "Authorization: Bearer 0123456789abcdeX\r\n" + close;
  EXPECT_THAT(server.Ask(Get("/open", wrong)), StartsWith("HTTP/1.1 401 Unauthorized\r\n"));
  EXPECT_THAT(server.Ask(Get("/quick", wrong)), StartsWith("HTTP/1.1 401 "));
  for (const char* fields : {"Authorization: Basic Ym9iOng=\r\n", "Authorization: Bearer \r\n",
                             "Authorization: Bearer\r\n", "Authorization:\r\n"}) {
    EXPECT_THAT(server.Ask(Get("/x", fields + close)), StartsWith("HTTP/1.1 401 ")) << fields;
  }
  EXPECT_THAT(server.Ask(Get("/x", std::string(kBob) + kBob + close)), StartsWith("HTTP/1.1 401 "));
  EXPECT_EQ(server.stats().front_door.forbidden, 2U);
}

// T41: without the front proxy's certificate nobody's headers are believed, and in no
// case does a handler see them.
TEST(TlsServerTest, T41HeadersOfAClientNameNobody) {
  TlsServer server;
  const std::string forged = "X-Remote-User: admin\r\nX-Remote-Group: system:masters\r\n";
  EXPECT_THAT(server.Ask(Get("/x", forged + "Connection: close\r\n")), StartsWith("HTTP/1.1 403 "));
  server.Ask(Get("/x", forged + kBob + "Connection: close\r\n"));
  EXPECT_EQ(server.handler().last().identity.user, "bob");
  EXPECT_EQ(server.handler().last().identity.source, IdentitySource::kToken);
}

TEST(TlsServerTest, OldVersionsAndWeakSuitesAreRefused) {
  TlsServer server;
  const std::vector<std::pair<int, const char*>> refused = {
      {TLS1_VERSION, "ALL:@SECLEVEL=0"},
      {TLS1_1_VERSION, "ALL:@SECLEVEL=0"},
      {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA"},
      {TLS1_2_VERSION, "AES128-GCM-SHA256"}};
  for (const auto& [version, suites] : refused) {
    TlsClient client(server.port());
    SSL_CTX_set_max_proto_version(client.context(), version);
    SSL_CTX_set_min_proto_version(client.context(), version);
    ASSERT_EQ(SSL_CTX_set_cipher_list(client.context(), suites), 1);
    EXPECT_FALSE(client.Handshake()) << version << suites;
  }
  EXPECT_EQ(server.stats().front_door.failed_handshakes, refused.size());
  TlsClient client(server.port());
  SSL_CTX_set_max_proto_version(client.context(), TLS1_2_VERSION);
  ASSERT_TRUE(client.Handshake());
  EXPECT_THAT(SSL_get_cipher_name(client.tls()), StartsWith("ECDHE-ECDSA-"));
}

// T36
TEST(TlsServerTest, T36OnlyHttp11IsNegotiated) {
  TlsServer server;
  const std::vector<std::pair<std::string, bool>> cases = {
      {"\x08http/1.1", true}, {"\x02h2\x08http/1.1", true},  {"\x02h2", false},
      {"\x07garbage", false}, {"\x08http/1.0\x02h2", false}, {"\x08HTTP/1.1", false}};
  for (const auto& [offered, accepted] : cases) {
    TlsClient client(server.port());
    SSL_CTX_set_alpn_protos(client.context(),
                            reinterpret_cast<const unsigned char*>(offered.data()),
                            static_cast<unsigned>(offered.size()));
    ASSERT_EQ(client.Handshake(), accepted) << offered;
    if (!accepted) continue;
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(client.tls(), &chosen, &size);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");
  }
  TlsClient silent(server.port());
  EXPECT_TRUE(silent.Handshake());
}

// T42
TEST(TlsServerTest, T42NoSessionIsEverResumed) {
  TlsServer server;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    std::unique_ptr<SSL_SESSION, OpenSslFree<SSL_SESSION_free>> session;
    for (int round = 0; round < 2; ++round) {
      TlsClient client(server.port());
      SSL_CTX_set_max_proto_version(client.context(), version);
      SSL_CTX_set_session_cache_mode(client.context(), SSL_SESS_CACHE_CLIENT);
      ASSERT_TRUE(client.Handshake(session.get()));
      EXPECT_EQ(SSL_session_reused(client.tls()), 0) << version;
      client.Send(Get("/open", "Connection: close\r\n"));
      client.ReadToEnd();
      session.reset(SSL_get1_session(client.tls()));
      EXPECT_EQ(SSL_SESSION_has_ticket(session.get()), 0) << version;
    }
  }
}

TEST(TlsServerTest, RenegotiationIsRefused) {
  TlsServer server;
  TlsClient client(server.port());
  SSL_CTX_set_max_proto_version(client.context(), TLS1_2_VERSION);
  ASSERT_TRUE(client.Handshake());
  EXPECT_EQ(SSL_renegotiate(client.tls()), 1);
  EXPECT_NE(SSL_do_handshake(client.tls()), 1);
}

TEST(TlsServerTest, HttpOnTheTlsPortIsToldSo) {
  TlsServer server;
  RawConnection plain(ConnectTo(server.port()));
  plain.Send(Get("/open"));
  EXPECT_THAT(plain.ReadToEnd(), HasSubstr("HTTP request to an HTTPS server"));
}

// T34
TEST(TlsServerTest, T34SlowHandshakesAndHeadsAreClosed) {
  ServerOptions options = SmallServer();
  options.handshake_timeout = Millis(50);
  options.header_timeout = Millis(50);
  TlsServer server(options);
  RawConnection silent(ConnectTo(server.port()));
  RawConnection slow(ConnectTo(server.port()));
  slow.Send("\x16\x03\x01");
  EXPECT_TRUE(silent.WaitForClose());
  EXPECT_TRUE(slow.WaitForClose());
  EXPECT_EQ(server.fired(ServerLimit::kHandshake), 2U);
  TlsClient client(server.port());
  ASSERT_TRUE(client.Handshake());
  client.Send("GET / HT");
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(server.fired(ServerLimit::kHeaderTimeout), 1U);
}

// T33
TEST(TlsServerTest, T33ARequesterThatDoesNotReadIsClosed) {
  ServerOptions options = SmallServer();
  options.write_timeout = Millis(50);
  TlsServer server(options);
  TlsClient client(server.port());
  ASSERT_TRUE(client.Handshake());
  client.Send(Get("/huge", kBob));
  while (server.fired(ServerLimit::kWriteTimeout) == 0) std::this_thread::yield();
  while (server.stats().open_connections > 0) std::this_thread::yield();
  EXPECT_EQ(server.stats().buffered_reply_bytes, 0U);
}

// T38: the second request would be under the identity of the first's connection.
TEST(TlsServerTest, T38NothingBehindARequestIsAnswered) {
  TlsServer server;
  const std::string second = Get("/second", "X-Remote-User: admin\r\n");
  const std::vector<std::string> bad = {
      Get("/open", kBob), Get("/open", "Content-Length: 0\r\n"),
      "POST /open HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /open HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n"};
  for (const std::string& first : bad) {
    const std::string reply = server.Ask(first + second);
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 400 ")) << first;
    EXPECT_EQ(reply.find("HTTP/1.1", 1), std::string::npos) << first;
    EXPECT_THAT(reply, Not(HasSubstr("/second")));
  }
}

TEST(TlsServerTest, AQueryIsCancelledWhenItsClientHasGone) {
  TlsServer server;
  {
    TlsClient leaves(server.port());
    ASSERT_TRUE(leaves.Handshake());
    leaves.Send(Get("/query/gone", kBob));
    server.handler().WaitForBlocked(1);
  }
  server.handler().WaitForCancelled(1);
  TlsClient says_so(server.port());
  ASSERT_TRUE(says_so.Handshake());
  says_so.Send(Get("/query/gone", kBob));
  server.handler().WaitForBlocked(2);
  SSL_shutdown(says_so.tls());
  server.handler().WaitForCancelled(2);
}

TEST(TlsServerTest, AClientThatSendsMoreHasNotGone) {
  TlsServer server;
  TlsClient client(server.port());
  ASSERT_TRUE(client.Handshake());
  client.Send(Get("/query/gone", kBob));
  server.handler().WaitForBlocked(1);
  client.Send(Get("/quick"));
  server.handler().Unblock();
  const std::string both = client.ReadUntil("GET /quick");
  EXPECT_THAT(both, HasSubstr("GET /query/gone"));
  EXPECT_THAT(both, EndsWith("GET /quick"));
  EXPECT_EQ(server.handler().cancelled(), 0);
}

TEST(TlsServerTest, AStopWaitsForTheAnswerUnderWay) {
  TlsServer server;
  TlsClient client(server.port());
  ASSERT_TRUE(client.Handshake());
  client.Send(Get("/block", kBob));
  server.handler().WaitForBlocked(1);
  std::thread stopper([&] { server.server().Stop(std::chrono::seconds(5)); });
  server.handler().Unblock();
  EXPECT_THAT(client.ReadUntil("GET /block"), EndsWith("GET /block"));
  stopper.join();
}

}  // namespace
}  // namespace tacho::adapter
