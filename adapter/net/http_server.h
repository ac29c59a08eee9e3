// HttpServer: HTTP/1.1 for the API, and nothing more of it than the API needs.
//
// Strict where leniency has hurt others: requests are framed by Content-Length or
// have no body; a second request before the reply is refused, and so are Upgrade,
// CONNECT and TRACE, each with a closed connection. Never a redirect, never
// Retry-After, never HTML.
//
// Transport   Plain TCP without a front door, TLS with one.
// Threads     Start and Stop from one thread. Handlers run on a pool of their own, all
//             but the quick ones; input and output never waits for a handler.
// Cost        An idle connection: about 2 KiB, 20 with TLS.
// Limits      ServerOptions; each that fires is counted in ServerStats::limits.
#ifndef TACHO_ADAPTER_NET_HTTP_SERVER_H_
#define TACHO_ADAPTER_NET_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapter/net/http_head.h"
#include "adapter/net/http_request.h"
#include "adapter/net/log.h"
#include "adapter/net/server_stats.h"

namespace tacho::adapter {

struct ServerOptions {
  std::string address = "127.0.0.1";  // numeric
  uint16_t port = 6443;               // 0: any free one
  HeadLimits head;
  size_t max_body_bytes = size_t{64} << 10;
  std::chrono::milliseconds header_timeout{5'000};     // head and body of a request
  std::chrono::milliseconds idle_timeout{90'000};      // between requests
  std::chrono::milliseconds write_timeout{10'000};     // a reply
  std::chrono::milliseconds handshake_timeout{5'000};  // of TLS
  size_t max_connections = 1024;
  size_t max_connections_per_peer = 512;               // of one address
  size_t max_requests_per_connection = 10'000;         // the last reply closes it
  size_t max_buffered_reply_bytes = size_t{64} << 20;  // replies not yet taken, in all
  size_t max_in_flight = 256;                          // requests being answered
  int handler_threads = 4;
  int query_threads = 20;     // queries evaluated at a time; those beyond wait
  size_t max_queries = 100;   // evaluated or waiting; more are refused
  int upstream_threads = 16;  // requests that ask --prometheus-url at a time; those beyond wait
  size_t max_upstream_requests = 64;  // asking or waiting; more are refused
};

// Which threads answer a request. Queries of people and dashboards may take minutes:
// they must hold up neither health nor the requests that scale a fleet. What asks another
// server waits as long as that one keeps silent: discovery must go on meanwhile, or the
// kube-aggregator takes the whole API for gone.
enum class Lane : uint8_t {
  kQuick,     // at once, on the thread that also moves the bytes
  kApi,       // one of handler_threads
  kQuery,     // one of query_threads, which yield to all others
  kUpstream,  // one of upstream_threads
};

class FrontDoor;

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // From several threads at once; on kQuick's it may not take its time.
  [[nodiscard]] virtual HttpResponse Handle(const HttpRequest& request) = 0;
  [[nodiscard]] virtual Lane LaneOf(const HttpRequest& request) const = 0;
  // What a request gets when its lane, kQuery or kUpstream, has as many as it may.
  [[nodiscard]] virtual HttpResponse TooMany(const HttpRequest& request, Lane lane) const = 0;
};

class HttpServer {
 public:
  // All outlive the server. Without a front door it serves in the clear and knows nobody.
  HttpServer(const ServerOptions& options, HttpHandler* handler, ServerStats* stats, Logger* log,
             const FrontDoor* front_door = nullptr);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Listens and serves.
  //   kInvalidArgument   the address is not a numeric one
  //   kUnavailable       the address cannot be bound; the message says why
  absl::Status Start();

  // Accepts no more and lets requests under way finish for as long as `grace`. What is
  // still open then closes with the server's destruction.
  void Stop(std::chrono::milliseconds grace);

  // "127.0.0.1:6443", with the port that was really bound. After Start.
  [[nodiscard]] std::string address() const;

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_HTTP_SERVER_H_
