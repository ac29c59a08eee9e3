// UpstreamClient: calls the HTTP API of Prometheus-compatible servers, as if it were a
// function. Several URLs are replicas of the same data: the one that answered last is
// asked first; if it fails, or keeps silent for hedge_after, the next one is asked too,
// and the first answer counts. The loser's connection is closed.
//
// An error that the query is to blame for is an answer, too: no other server is asked.
//
// Threads     Safe from any thread; the caller waits. Bytes move on a thread of its own.
// Cost        Connections are kept and used again.
// Limits      UpstreamOptions; each that fires is counted in UpstreamStats.
#ifndef TACHO_ADAPTER_NET_UPSTREAM_CLIENT_H_
#define TACHO_ADAPTER_NET_UPSTREAM_CLIENT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapter/core/http_client_config.h"

namespace tacho::adapter {

struct UpstreamOptions {
  std::vector<std::string> urls;     // none: rules are evaluated here
  HttpClientConfig http;             // redirects are never followed
  std::vector<std::string> headers;  // "Name: value"
  bool post = false;
  absl::Duration timeout = absl::Seconds(5);          // of a query, over all servers
  absl::Duration series_timeout = absl::Seconds(30);  // of a list of series
  absl::Duration hedge_after = absl::Milliseconds(500);
  size_t max_in_flight = 32;  // calls per URL
  size_t max_reply_bytes = size_t{64} << 20;
  size_t max_buffered_bytes = size_t{256} << 20;  // of all replies being read
  size_t max_query_bytes = size_t{8} << 10;
};

struct UpstreamStats {
  std::atomic<uint64_t> calls{0};
  std::atomic<uint64_t> failures{0};         // of them, without an answer from any server
  std::atomic<uint64_t> hedges{0};           // second servers asked because the first kept silent
  std::atomic<uint64_t> failovers{0};        // and because it failed
  std::atomic<uint64_t> busy{0};             // calls that max_in_flight refused
  std::atomic<uint64_t> long_queries{0};     // that max_query_bytes refused
  std::atomic<uint64_t> timeouts{0};         // calls that their time ended
  std::atomic<uint64_t> large_replies{0};    // that max_reply_bytes cut off
  std::atomic<uint64_t> refused_buffers{0};  // replies that max_buffered_bytes cut off
  std::atomic<uint64_t> selectors{0};        // lists of series that max_selectors refused
  std::atomic<uint64_t> unusable{0};  // bodies that are an error, a part of the data, or malformed
};

class UpstreamClient {
 public:
  using Params = std::vector<std::pair<std::string_view, std::string>>;

  // `stats` outlives it.
  //   kInvalidArgument    a URL that cannot be read
  static absl::StatusOr<std::unique_ptr<UpstreamClient>> Create(const UpstreamOptions& options,
                                                                UpstreamStats* stats);
  ~UpstreamClient();

  // The body of a reply with status 200 to `path`, such as "/api/v1/query".
  //   kInvalidArgument    the server says that the query is wrong
  //   kUnavailable        no server has answered, within `timeout`; what each one did
  [[nodiscard]] absl::StatusOr<std::string> Ask(std::string_view path, const Params& params,
                                                absl::Duration timeout);

  // The process ends: calls under way, and later ones, take no longer than this.
  void EndWithin(absl::Duration most);

 private:
  class Impl;
  explicit UpstreamClient(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_UPSTREAM_CLIENT_H_
