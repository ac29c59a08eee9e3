// ScrapeClient: GETs one target's /metrics over HTTP/1.1, again and again, on one
// kept connection where the target allows it.
//
// One deadline covers a scrape whole: name lookup, connecting, sending, the reply's
// head and body, decompression. Redirects are replies like any other that is not
// 200: failures. At most one scrape is under way.
//
// Ownership   Shared with its handlers under way: make it with std::make_shared.
// Threads     All calls, and the callback, on the strand given to it.
// Cost        An idle client holds a socket and its request, no buffer.
// Limits      ReplyReader's. A kept connection that the target closed before the
//             first byte of the reply is retried once on a fresh one; nothing else is.
#ifndef TACHO_ADAPTER_NET_SCRAPE_CLIENT_H_
#define TACHO_ADAPTER_NET_SCRAPE_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapter/net/asio.h"
#include "adapter/net/body_buffers.h"
#include "adapter/net/reply_reader.h"
#include "adapter/net/resolver.h"
#include "adapter/net/scrape_reply.h"

namespace tacho::adapter {

struct ScrapeEndpoint {
  std::string host;  // a name, an IPv4 or a bare IPv6 address
  uint16_t port = 80;
  std::string host_header;
  std::string request_target;  // path and query
  double timeout_seconds = 10;
  size_t max_body = size_t{16} << 20;
};

// The bytes of the GET, as Prometheus would send them.
[[nodiscard]] std::string ScrapeRequest(const ScrapeEndpoint& endpoint);

class ScrapeClient : public std::enable_shared_from_this<ScrapeClient> {
 public:
  using Done = std::function<void(ScrapeReply)>;

  ScrapeClient(Strand strand, ScrapeEndpoint endpoint, BodyBuffers* buffers, Resolver* resolver);
  ~ScrapeClient();

  // Calls done once, by the deadline, unless Cancel comes first.
  void Get(std::chrono::steady_clock::time_point deadline, Done done);
  // Ends the scrape under way, if there is one, without calling done.
  void Cancel();

 private:
  struct InFlight;

  void Begin();
  void Resolve();
  void Connect(const std::vector<std::string>& addresses);
  void Send();
  void Read();
  void OnRead(const ErrorCode& error, size_t bytes);
  void Retry();
  void Finish();
  void FailNow(ScrapeFailure failure, std::string error);
  void CloseSocket();
  [[nodiscard]] bool KeptConnectionIsClean();

  const Strand strand_;
  const ScrapeEndpoint endpoint_;
  const std::string request_;
  BodyBuffers* const buffers_;
  Resolver* const resolver_;
  Tcp::socket socket_;
  asio::steady_timer deadline_timer_;
  std::unique_ptr<InFlight> in_flight_;
  uint64_t scrape_ = 0;
  uint64_t attempt_ = 0;  // handlers of an earlier attempt find another number and stop
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_SCRAPE_CLIENT_H_
