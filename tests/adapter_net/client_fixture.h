// A ScrapeClient on a thread of its own, asked as if it were a function.
#ifndef TACHO_TESTS_ADAPTER_NET_CLIENT_FIXTURE_H_
#define TACHO_TESTS_ADAPTER_NET_CLIENT_FIXTURE_H_

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "adapter/net/asio.h"
#include "adapter/net/scrape_client.h"
#include "gtest/gtest.h"

namespace tacho::adapter {

class ClientFixture : public ::testing::Test {
 protected:
  ~ClientFixture() override {
    client_.reset();
    io_.stop();
    thread_.join();
  }

  void Use(uint16_t port, const std::string& host = "127.0.0.1", size_t max_body = 1 << 20) {
    Use({.url = *ParseHttpUrl("http://" + host + ":" + std::to_string(port) + "/metrics?a=b"),
         .accept = "text/plain",
         .extra_header = "X-Prometheus-Scrape-Timeout-Seconds: 1.5",
         .max_body = max_body});
  }
  void Use(ScrapeEndpoint endpoint) {
    client_ = std::make_shared<ScrapeClient>(strand_, std::move(endpoint), &buffers_, &resolver_);
  }

  ScrapeReply Get(std::chrono::milliseconds timeout = std::chrono::seconds(10)) {
    std::promise<ScrapeReply> promise;
    asio::post(strand_, [&, client = client_] {
      client->Get(std::chrono::steady_clock::now() + timeout,
                  [&](ScrapeReply reply) { promise.set_value(std::move(reply)); });
    });
    ScrapeReply reply = promise.get_future().get();
    buffers_.Release(reply.charged);
    return reply;
  }

  BodyBuffers buffers_{{}};
  asio::io_context io_{1};
  Strand strand_{asio::make_strand(io_)};
  Resolver resolver_;
  std::shared_ptr<ScrapeClient> client_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::thread thread_{[this] { io_.run(); }};
};

}  // namespace tacho::adapter

#endif  // TACHO_TESTS_ADAPTER_NET_CLIENT_FIXTURE_H_
