// Each bound of the server, and each request that it refuses whatever the path.
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapter/net/http_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_net/raw_socket.h"
#include "tests/adapter_net/test_server.h"

namespace tacho::adapter {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Millis = std::chrono::milliseconds;

// One reply, a 4xx or 505, and the end of the connection; the request that follows in
// the same bytes must not have been answered.
void ExpectRefused(TestServer* server, const std::string& bytes, const std::string& status) {
  const std::string reply = server->Ask(bytes + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 " + status)) << bytes;
  EXPECT_THAT(reply, HasSubstr("\r\nConnection: close\r\n")) << bytes;
  EXPECT_THAT(reply, Not(HasSubstr("/second"))) << bytes;
  EXPECT_EQ(reply.find("HTTP/1.1", 1), std::string::npos) << bytes;
}

TEST(HttpServerLimitsTest, SmugglingIsRefusedAndTheConnectionCloses) {
  TestServer server;
  const std::string post = "POST /q HTTP/1.1\r\nHost: a\r\n";
  const std::vector<std::string> requests = {
      post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde",
      post + "Content-Length: 5,5\r\n\r\nabcde",
      post + "Content-Length: +5\r\n\r\nabcde",
      post + "Content-Length: 0x5\r\n\r\nabcde",
      post + "Content-Length : 5\r\n\r\nabcde",
      post + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\n\r\n1;\n\r\na\r\n0\r\n\r\n",
      post + "X: a\r\n folded\r\n\r\n",
      post + "Content-Length: 0\r\n\r\n",  // whole, but a second request follows at once
      "GET / HTTP/1.1\nHost: a\n\n",
      "GET / HTTP/1.1\r\nHost: a\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
      "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
      std::string("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 28),
  };
  for (const std::string& request : requests) ExpectRefused(&server, request, "400 ");
  EXPECT_EQ(server.fired(ServerLimit::kMalformed), requests.size());
}

TEST(HttpServerLimitsTest, UpgradeConnectAndTraceAreRefused) {
  TestServer server;
  const std::string host = " HTTP/1.1\r\nHost: a\r\n";
  for (const char* protocol : {"websocket", "h2c", "SPDY/3.1"}) {
    ExpectRefused(
        &server,
        absl::StrCat("GET /apis", host, "Connection: Upgrade\r\nUpgrade: ", protocol, "\r\n\r\n"),
        "400 ");
  }
  ExpectRefused(&server, "GET /" + host + "Upgrade: x\r\n\r\n", "400 ");
  ExpectRefused(&server, "GET /" + host + "Connection: close, upgrade\r\n\r\n", "400 ");
  ExpectRefused(&server, "CONNECT a:1" + host + "\r\n", "405 ");
  ExpectRefused(&server, "TRACE /" + host + "\r\n", "405 ");
  EXPECT_EQ(server.fired(ServerLimit::kUpgrade), 7U);
}

TEST(HttpServerLimitsTest, OtherRefusalsHaveTheirOwnStatus) {
  TestServer server;
  ExpectRefused(&server, "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505 ");
  ExpectRefused(&server, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 ");
  ExpectRefused(&server, "POST /q HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", "417 ");
  ExpectRefused(&server, "POST /q HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n", "413 ");
  EXPECT_EQ(server.fired(ServerLimit::kBodyBytes), 1U);
  ExpectRefused(&server, "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", "414 ");
  EXPECT_EQ(server.fired(ServerLimit::kTargetBytes), 1U);
}

TEST(HttpServerLimitsTest, HeaderFloodsAreA431) {
  TestServer server;
  ExpectRefused(&server, "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(64 << 10, 'x'), "431 ");
  EXPECT_EQ(server.fired(ServerLimit::kHeaderBytes), 1U);
  std::string fields = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 1000; ++i) fields += "X: y\r\n";
  ExpectRefused(&server, fields, "431 ");
  EXPECT_EQ(server.fired(ServerLimit::kHeaderFields), 1U);
}

TEST(HttpServerLimitsTest, ASlowHeadIsClosed) {
  ServerOptions options = SmallServer();
  options.header_timeout = Millis(50);
  TestServer server(options);
  RawConnection silent(ConnectTo(server.port()));
  RawConnection slow(ConnectTo(server.port()));
  slow.Send("GET / HT");
  EXPECT_TRUE(silent.WaitForClose());
  EXPECT_TRUE(slow.WaitForClose());
  EXPECT_EQ(server.fired(ServerLimit::kHeaderTimeout), 2U);
}

TEST(HttpServerLimitsTest, ASlowBodyIsClosed) {
  ServerOptions options = SmallServer();
  options.header_timeout = Millis(50);
  TestServer server(options);
  RawConnection slow(ConnectTo(server.port()));
  slow.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_TRUE(slow.WaitForClose());
  EXPECT_EQ(server.fired(ServerLimit::kHeaderTimeout), 1U);
}

TEST(HttpServerLimitsTest, AnIdleConnectionIsClosed) {
  ServerOptions options = SmallServer();
  options.idle_timeout = Millis(50);
  TestServer server(options);
  RawConnection idle(ConnectTo(server.port()));
  idle.Send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  idle.ReadUntil("GET /x");
  EXPECT_TRUE(idle.WaitForClose());
  EXPECT_EQ(server.fired(ServerLimit::kIdleTimeout), 1U);
}

TEST(HttpServerLimitsTest, ConnectionsBeyondTheLimitAreClosedAndItRecovers) {
  ServerOptions options = SmallServer();
  options.max_connections = 2;
  TestServer server(options);
  auto first = std::make_unique<RawConnection>(ConnectTo(server.port()));
  RawConnection second(ConnectTo(server.port()));
  // Answered, so both are counted when the third comes.
  for (RawConnection* c : {first.get(), &second}) {
    c->Send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    c->ReadUntil("GET /x");
  }
  RawConnection third(ConnectTo(server.port()));
  EXPECT_TRUE(third.WaitForClose());
  EXPECT_EQ(server.fired(ServerLimit::kConnections), 1U);
  first.reset();
  while (server.stats().open_connections > 1) std::this_thread::yield();
  EXPECT_THAT(server.Ask("GET /x HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerLimitsTest, AnAddressHasItsShareOfConnections) {
  ServerOptions options = SmallServer();
  options.max_connections_per_peer = 1;
  TestServer server(options);
  auto first = std::make_unique<RawConnection>(ConnectTo(server.port()));
  first->Send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  first->ReadUntil("GET /x");
  RawConnection second(ConnectTo(server.port()));
  EXPECT_TRUE(second.WaitForClose());
  EXPECT_EQ(server.fired(ServerLimit::kPeer), 1U);
  first.reset();
  while (server.stats().open_connections > 0) std::this_thread::yield();
  EXPECT_THAT(server.Ask("GET /x HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerLimitsTest, AConnectionEndsWithItsLastRequest) {
  ServerOptions options = SmallServer();
  options.max_requests_per_connection = 2;
  TestServer server(options);
  RawConnection connection(ConnectTo(server.port()));
  const std::string request = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  connection.Send(request);
  EXPECT_THAT(connection.ReadUntil("GET /x"), HasSubstr("Connection: keep-alive"));
  connection.Send(request);
  EXPECT_THAT(connection.ReadToEnd(), HasSubstr("Connection: close"));
  EXPECT_EQ(server.fired(ServerLimit::kRequests), 1U);
}

TEST(HttpServerLimitsTest, RequestsBeyondTheLimitGetA429WithoutRetryAfter) {
  ServerOptions options = SmallServer();
  options.max_in_flight = 1;
  TestServer server(options);
  RawConnection blocked(ConnectTo(server.port()));
  blocked.Send("GET /block HTTP/1.0\r\n\r\n");
  server.handler().WaitForBlocked(1);
  const std::string reply = server.Ask("GET /x HTTP/1.0\r\n\r\n");
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 429 "));
  EXPECT_THAT(reply, Not(HasSubstr("Retry-After")));
  EXPECT_EQ(server.fired(ServerLimit::kInFlight), 1U);
}

TEST(HttpServerLimitsTest, RepliesThatNobodyTakesHaveABoundAndATime) {
  ServerOptions options = SmallServer();
  options.max_buffered_reply_bytes = 999'999;  // /large does not fit
  TestServer server(options);
  EXPECT_EQ(server.Ask("GET /large HTTP/1.0\r\n\r\n"), "");
  EXPECT_EQ(server.fired(ServerLimit::kReplyBytes), 1U);
  EXPECT_EQ(server.stats().buffered_reply_bytes, 0U);
  EXPECT_THAT(server.Ask("GET /x HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerLimitsTest, AClientThatDoesNotReadIsClosed) {
  ServerOptions options = SmallServer();
  options.write_timeout = Millis(50);
  TestServer server(options);
  // 32 MB are more than the kernel takes off the server's hands.
  RawConnection reader(ConnectTo(server.port()));
  reader.Send("GET /huge HTTP/1.1\r\nHost: a\r\n\r\n");
  while (server.fired(ServerLimit::kWriteTimeout) == 0) std::this_thread::yield();
  while (server.stats().open_connections > 0) std::this_thread::yield();
  EXPECT_EQ(server.stats().buffered_reply_bytes, 0U);
}

}  // namespace
}  // namespace tacho::adapter
