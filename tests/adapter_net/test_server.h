// An HttpServer on a free port with a handler that echoes method and target.
#ifndef TACHO_TESTS_ADAPTER_NET_TEST_SERVER_H_
#define TACHO_TESTS_ADAPTER_NET_TEST_SERVER_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>

#include "adapter/net/http_server.h"
#include "gtest/gtest.h"
#include "tests/adapter_net/raw_socket.h"

namespace tacho::adapter {

// /block, /query/block and /upstream/block wait for Unblock, /query/gone until the client has gone,
// /throw throws, /large is 1 MB, /huge 32 MB, the rest echoes.
class TestHandler : public HttpHandler {
 public:
  HttpResponse Handle(const HttpRequest& request) override {
    std::unique_lock lock(mutex_);
    last_ = request;
    if (request.target == "/throw") throw std::runtime_error("planned");
    if (request.target.ends_with("/block")) {
      ++blocked_;
      changed_.notify_all();
      changed_.wait(lock, [&] { return unblocked_; });
    }
    if (request.target == "/query/gone") {
      ++blocked_;
      changed_.notify_all();
      while (!unblocked_ && !request.interrupt->cancelled()) {
        changed_.wait_for(lock, std::chrono::milliseconds(1));
      }
      if (request.interrupt->cancelled()) ++cancelled_;
      changed_.notify_all();
    }
    HttpResponse response;
    response.reply.body = request.method + " " + request.target;
    if (request.target == "/large") response.reply.body.assign(1'000'000, 'x');
    if (request.target == "/huge") response.reply.body.assign(32'000'000, 'x');
    return response;
  }
  Lane LaneOf(const HttpRequest& request) const override {
    if (request.target == "/quick") return Lane::kQuick;
    if (request.target.starts_with("/upstream")) return Lane::kUpstream;
    return request.target.starts_with("/query") ? Lane::kQuery : Lane::kApi;
  }
  HttpResponse TooMany(const HttpRequest& request, Lane lane) const override {
    EXPECT_EQ(LaneOf(request), lane);
    HttpResponse response;
    response.reply.status = 503;
    return response;
  }

  void WaitForBlocked(int n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return blocked_ >= n; });
  }
  void WaitForCancelled(int n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return cancelled_ >= n; });
  }
  int cancelled() {
    const std::lock_guard lock(mutex_);
    return cancelled_;
  }
  void Unblock() {
    const std::lock_guard lock(mutex_);
    unblocked_ = true;
    changed_.notify_all();
  }
  HttpRequest last() {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  HttpRequest last_;
  int blocked_ = 0;
  int cancelled_ = 0;
  bool unblocked_ = false;
};

inline ServerOptions SmallServer() {
  ServerOptions options;
  options.port = 0;
  options.handler_threads = 2;
  return options;
}

class TestServer {
 public:
  explicit TestServer(const ServerOptions& options = SmallServer())
      : log_(LogLevel::kError), server_(options, &handler_, &stats_, &log_) {
    const absl::Status status = server_.Start();
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
  ~TestServer() { handler_.Unblock(); }

  // All that comes back, until the server closes.
  std::string Ask(std::string_view request) {
    RawConnection connection(ConnectTo(port()));
    connection.Send(request);
    return connection.ReadToEnd();
  }
  void Stop() { server_.Stop(std::chrono::seconds(5)); }

  uint16_t port() const { return PortOf(server_.address()); }
  TestHandler& handler() { return handler_; }
  ServerStats& stats() { return stats_; }
  uint64_t fired(ServerLimit limit) const { return stats_.limits[static_cast<size_t>(limit)]; }

 private:
  TestHandler handler_;
  ServerStats stats_;
  Logger log_;
  HttpServer server_;
};

}  // namespace tacho::adapter

#endif  // TACHO_TESTS_ADAPTER_NET_TEST_SERVER_H_
