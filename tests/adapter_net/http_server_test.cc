#include "adapter/net/http_server.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_net/raw_socket.h"
#include "tests/adapter_net/test_server.h"

namespace tacho::adapter {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(HttpServerTest, AnswersWithTheHeadersThatEveryReplyHas) {
  TestServer server;
  const std::string reply = server.Ask("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(reply, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(reply, HasSubstr("\r\nContent-Length: 6\r\n"));
  EXPECT_THAT(reply, HasSubstr("\r\nCache-Control: no-cache, private\r\n"));
  EXPECT_THAT(reply, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(reply, EndsWith("\r\n\r\nGET /x"));
  EXPECT_THAT(reply, Not(HasSubstr("Retry-After")));
}

TEST(HttpServerTest, KeepsAConnectionForManyRequests) {
  TestServer server;
  RawConnection connection(ConnectTo(server.port()));
  for (int i = 0; i < 50; ++i) {
    const std::string path = absl::StrCat("/", i, "end");
    connection.Send(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_THAT(connection.ReadUntil("GET " + path), HasSubstr("Connection: keep-alive"));
  }
  EXPECT_EQ(server.stats().connections, 1U);
}

TEST(HttpServerTest, ReadsABodyThatComesInPieces) {
  TestServer server;
  RawConnection connection(ConnectTo(server.port()));
  connection.Send(
      "POST /q HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nContent-Type: t/u\r\n\r\na=");
  connection.Send("b&c=d");
  EXPECT_THAT(connection.ReadUntil("POST /q"), HasSubstr("POST /q"));
  EXPECT_EQ(server.handler().last().body, "a=b&c=d");
  EXPECT_EQ(server.handler().last().content_type, "t/u");
}

TEST(HttpServerTest, HeadGetsTheLengthButNoBody) {
  TestServer server;
  const std::string reply = server.Ask("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(reply, HasSubstr("Content-Length: 7\r\n"));
  EXPECT_THAT(reply, EndsWith("\r\n\r\n"));
}

TEST(HttpServerTest, Http10IsAnsweredAndClosed) {
  TestServer server;
  EXPECT_THAT(server.Ask("GET /x HTTP/1.0\r\n\r\n"), EndsWith("GET /x"));
}

TEST(HttpServerTest, AHandlerThatThrowsIsA500AndTheServerGoesOn) {
  TestServer server;
  EXPECT_THAT(server.Ask("GET /throw HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(server.Ask("GET /x HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerTest, QuickRequestsDoNotWaitForSlowOnes) {
  TestServer server;  // with 2 handler threads
  RawConnection first(ConnectTo(server.port()));
  RawConnection second(ConnectTo(server.port()));
  first.Send("GET /block HTTP/1.0\r\n\r\n");
  second.Send("GET /block HTTP/1.0\r\n\r\n");
  server.handler().WaitForBlocked(2);
  EXPECT_THAT(server.Ask("GET /quick HTTP/1.0\r\n\r\n"), EndsWith("GET /quick"));
  server.handler().Unblock();
  EXPECT_THAT(first.ReadToEnd(), EndsWith("GET /block"));
  EXPECT_THAT(second.ReadToEnd(), EndsWith("GET /block"));
}

TEST(HttpServerTest, QueriesHoldUpOnlyEachOther) {
  ServerOptions options = SmallServer();
  options.query_threads = 1;
  TestServer server(options);
  RawConnection running(ConnectTo(server.port()));
  running.Send("GET /query/block HTTP/1.0\r\n\r\n");
  server.handler().WaitForBlocked(1);
  RawConnection waiting(ConnectTo(server.port()));
  waiting.Send("GET /query HTTP/1.0\r\n\r\n");
  EXPECT_THAT(server.Ask("GET /x HTTP/1.0\r\n\r\n"), EndsWith("GET /x"));
  server.handler().Unblock();
  EXPECT_THAT(waiting.ReadToEnd(), EndsWith("GET /query"));
}

TEST(HttpServerTest, AQueryIsCancelledWhenItsClientHasGone) {
  TestServer server;
  {
    RawConnection leaves(ConnectTo(server.port()));
    leaves.Send("GET /query/gone HTTP/1.1\r\nHost: a\r\n\r\n");
    server.handler().WaitForBlocked(1);
  }
  server.handler().WaitForCancelled(1);
  RawConnection resets(ConnectTo(server.port()));
  resets.Send("GET /query/gone HTTP/1.1\r\nHost: a\r\n\r\n");
  server.handler().WaitForBlocked(2);
  resets.Reset();
  server.handler().WaitForCancelled(2);
  EXPECT_THAT(server.Ask("GET /query HTTP/1.0\r\n\r\n"), EndsWith("GET /query"));
}

TEST(HttpServerTest, AClientThatSendsMoreHasNotGone) {
  TestServer server;
  RawConnection connection(ConnectTo(server.port()));
  connection.Send("GET /query/gone HTTP/1.1\r\nHost: a\r\n\r\n");
  server.handler().WaitForBlocked(1);
  connection.Send("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n");
  server.handler().Unblock();
  const std::string both = connection.ReadUntil("GET /quick");
  EXPECT_THAT(both, HasSubstr("GET /query/gone"));
  EXPECT_THAT(both, EndsWith("GET /quick"));
  EXPECT_EQ(server.handler().cancelled(), 0);
}

// Queries of people, the API and what asks a server that hangs: each lane for itself.
TEST(HttpServerTest, RequestsThatAskAnUpstreamHoldUpOnlyEachOther) {
  ServerOptions options = SmallServer();
  options.query_threads = 1;
  options.upstream_threads = 1;
  options.max_upstream_requests = 2;
  TestServer server(options);
  RawConnection running(ConnectTo(server.port()));
  running.Send("GET /upstream/block HTTP/1.0\r\n\r\n");
  server.handler().WaitForBlocked(1);
  RawConnection waiting(ConnectTo(server.port()));
  waiting.Send("GET /upstream HTTP/1.0\r\n\r\n");
  while (server.stats().upstream_in_flight < 2) std::this_thread::yield();
  EXPECT_THAT(server.Ask("GET /upstream HTTP/1.0\r\n\r\n"), HasSubstr(" 503 "));
  EXPECT_EQ(server.fired(ServerLimit::kUpstream), 1U);
  EXPECT_THAT(server.Ask("GET /x HTTP/1.0\r\n\r\n"), EndsWith("GET /x"));
  EXPECT_THAT(server.Ask("GET /query HTTP/1.0\r\n\r\n"), EndsWith("GET /query"));
  server.handler().Unblock();
  EXPECT_THAT(waiting.ReadToEnd(), EndsWith("GET /upstream"));
  while (server.stats().upstream_in_flight > 0) std::this_thread::yield();
}

TEST(HttpServerTest, StopLetsARequestUnderWayFinish) {
  auto server = std::make_unique<TestServer>();
  RawConnection connection(ConnectTo(server->port()));
  connection.Send("GET /block HTTP/1.0\r\n\r\n");
  server->handler().WaitForBlocked(1);
  std::thread stopper([&] { server->Stop(); });
  // Long enough for the acceptor to be closed while nothing but this request is left.
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  server->handler().Unblock();
  stopper.join();
  EXPECT_THAT(connection.ReadToEnd(), EndsWith("GET /block"));
}

TEST(HttpServerTest, DestructionClosesIdleConnections) {
  auto server = std::make_unique<TestServer>();
  RawConnection connection(ConnectTo(server->port()));
  connection.Send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  connection.ReadUntil("GET /x");
  server.reset();
  EXPECT_TRUE(connection.WaitForClose());
}

TEST(HttpServerTest, AnAddressInUseIsAnErrorThatNamesIt) {
  TestServer server;
  TestHandler handler;
  ServerStats stats;
  Logger log(LogLevel::kError);
  ServerOptions options;
  options.port = server.port();
  HttpServer second(options, &handler, &stats, &log);
  const absl::Status status = second.Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("127.0.0.1:", server.port())));
}

TEST(HttpServerTest, ManyClientsAtOnceAreAllAnswered) {
  TestServer server;
  std::atomic<int> answered{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      for (int j = 0; j < 50; ++j) {
        if (server.Ask("GET /x HTTP/1.0\r\n\r\n").ends_with("GET /x")) ++answered;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 400);
  EXPECT_EQ(server.stats().requests, 400U);
}

}  // namespace
}  // namespace tacho::adapter
