// UpstreamTest: an UpstreamClient of servers that a test scripts. Patient: a test that wants
// a second server asked, or a deadline, says so.
#ifndef TACHO_TESTS_ADAPTER_NET_UPSTREAM_FIXTURE_H_
#define TACHO_TESTS_ADAPTER_NET_UPSTREAM_FIXTURE_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/net/upstream_client.h"
#include "gtest/gtest.h"
#include "tests/adapter_net/raw_socket.h"

namespace tacho::adapter {

inline constexpr absl::Duration kLong = absl::Seconds(60);

inline std::string Reply(std::string_view status, std::string_view body) {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

inline void Serve(RawConnection& c, std::string_view status, std::string_view body) {
  while (!c.ReadUntil("\r\n\r\n").empty()) c.Send(Reply(status, body));
}

class UpstreamTest : public ::testing::Test {
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

}  // namespace tacho::adapter

#endif  // TACHO_TESTS_ADAPTER_NET_UPSTREAM_FIXTURE_H_
