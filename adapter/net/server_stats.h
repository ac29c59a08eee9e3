// Counters of the serving side, all since the process began. What a client chooses
// (method, path, status) is folded into a fixed number of series: a million made-up
// paths make no new one.
//
// Threads     Relaxed atomics: each is exact, together they are no snapshot.
#ifndef TACHO_ADAPTER_NET_SERVER_STATS_H_
#define TACHO_ADAPTER_NET_SERVER_STATS_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapter/core/api_paths.h"
#include "adapter/core/identity.h"
#include "adapter/net/scrape_stats.h"

namespace tacho::adapter {

// A bound of the server that fired.
enum class ServerLimit : uint8_t {
  kConnections,    // closed on accept
  kPeer,           // closed on accept: one address has too many
  kHandshake,      // a TLS handshake took too long
  kRequests,       // a connection carried as many requests as it may
  kHeaderTimeout,  // the head or body of a request came too slowly
  kIdleTimeout,    // kept open without a request
  kWriteTimeout,   // a reply was not taken
  kHeaderBytes,
  kHeaderFields,
  kTargetBytes,
  kBodyBytes,
  kReplyBytes,    // replies not yet taken, all together
  kInFlight,      // requests being answered, all together
  kAdHoc,         // of them, requests of Prometheus' API: running, or waiting to
  kUpstream,      // of them, requests that ask --prometheus-url: running, or waiting to
  kUpstreamWait,  // one that waited too long for its turn to ask
  kQueryTime,     // a query that took too long
  kQueryReply,    // a query's reply that would have been too long
  kQuerySeries,   // more series to list than may be
  kMalformed,     // not HTTP as the server accepts it
  kUpgrade,       // Upgrade, CONNECT, TRACE
  kCount_
};
inline constexpr size_t kServerLimitCount = static_cast<size_t>(ServerLimit::kCount_);
[[nodiscard]] constexpr std::string_view ServerLimitName(ServerLimit limit) {
  constexpr std::array<std::string_view, kServerLimitCount> kNames = {"connections",
                                                                      "connections_per_peer",
                                                                      "tls_handshake_timeout",
                                                                      "requests_per_connection",
                                                                      "header_timeout",
                                                                      "idle_timeout",
                                                                      "write_timeout",
                                                                      "header_bytes",
                                                                      "header_fields",
                                                                      "target_bytes",
                                                                      "body_bytes",
                                                                      "reply_bytes",
                                                                      "in_flight",
                                                                      "ad_hoc",
                                                                      "upstream_requests",
                                                                      "upstream_wait",
                                                                      "query_timeout",
                                                                      "query_reply_bytes",
                                                                      "query_series",
                                                                      "malformed",
                                                                      "upgrade"};
  return kNames[static_cast<size_t>(limit)];
}

// The statuses that the adapter sends; 0 stands for any other.
inline constexpr std::array<int, 19> kCountedStatuses = {
    200, 400, 401, 403, 404, 405, 408, 413, 414, 417, 422, 429, 431, 499, 500, 501, 503, 505, 0};
inline constexpr size_t kRouteKindCount = static_cast<size_t>(RouteKind::kMalformed) + 1;

// What the front door reads from files, and reads again when they change.
enum class FrontDoorPart : uint8_t { kCertificate, kClientCa, kRequestheaderCa, kTokens, kCount_ };
inline constexpr size_t kFrontDoorPartCount = static_cast<size_t>(FrontDoorPart::kCount_);
[[nodiscard]] constexpr std::string_view FrontDoorPartName(FrontDoorPart part) {
  constexpr std::array<std::string_view, kFrontDoorPartCount> kNames = {
      "certificate", "client_ca", "requestheader_ca", "tokens"};
  return kNames[static_cast<size_t>(part)];
}

struct FrontDoorStats {
  Counter handshakes{0};
  Counter failed_handshakes{0};
  std::array<Counter, kIdentitySourceCount> identities{};  // of requests
  Counter forbidden{0};
  std::array<Counter, kFrontDoorPartCount> reloads{};
  std::array<Counter, kFrontDoorPartCount> failed_reloads{};
  Counter certificate_expiry{0};  // a gauge, Unix seconds; 0: TLS is not served
};

struct ServerStats {
  Counter connections{0};
  Counter open_connections{0};  // a gauge
  Counter requests{0};
  Counter reply_bytes{0};
  Counter buffered_reply_bytes{0};  // a gauge
  Counter in_flight{0};             // a gauge
  Counter queries_in_flight{0};     // a gauge; of them, requests of Prometheus' API
  Counter upstream_in_flight{0};    // a gauge; of them, requests that ask --prometheus-url
  FrontDoorStats front_door;
  std::array<Counter, kServerLimitCount> limits{};
  std::array<std::array<Counter, kCountedStatuses.size()>, kRouteKindCount> answers{};

  void CountLimit(ServerLimit limit) { Add(&limits[static_cast<size_t>(limit)]); }
  void CountAnswer(RouteKind kind, int status) {
    const auto* it = std::find(kCountedStatuses.begin(), kCountedStatuses.end() - 1, status);
    Add(&answers[static_cast<size_t>(kind)][static_cast<size_t>(it - kCountedStatuses.begin())]);
  }
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_SERVER_STATS_H_
