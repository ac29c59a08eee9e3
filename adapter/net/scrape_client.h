// ScrapeClient: asks one server over HTTP/1.1, again and again, on one kept connection
// where it allows that: GETs a target's /metrics or a discovery service; or calls the
// API of a server that evaluates rules.
//
// One deadline covers a request whole: name lookup, connecting, TLS, sending, the
// reply's head and body, decompression, redirects. At most one request is under way.
//
// Redirects   Followed within the URL's origin (scheme, host and port) only, so that
//             neither credentials nor requests ever reach a host that the
//             configuration does not name; kMaxRedirects at most. Others are failures.
// Ownership   Shared with its handlers under way: make it with std::make_shared.
// Threads     All calls, and the callback, on the strand given to it.
// Cost        An idle client holds a connection and no buffer; a TLS session about
//             20 KiB.
// Limits      ReplyReader's. A kept connection that the target closed before the
//             first byte of the reply is retried once on a fresh one; nothing else is.
#ifndef TACHO_ADAPTER_NET_SCRAPE_CLIENT_H_
#define TACHO_ADAPTER_NET_SCRAPE_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/core/http_client_config.h"
#include "adapter/core/http_url.h"
#include "adapter/net/asio.h"
#include "adapter/net/body_buffers.h"
#include "adapter/net/client_tls.h"
#include "adapter/net/http_stream.h"
#include "adapter/net/reply_reader.h"
#include "adapter/net/resolver.h"
#include "adapter/net/scrape_reply.h"

namespace tacho::adapter {

inline constexpr int kMaxRedirects = 10;

struct ScrapeEndpoint {
  HttpUrl url;
  std::string accept;        // of the header
  std::string extra_header;  // one whole line of the head, without its end
  bool compression = true;
  size_t max_body = size_t{16} << 20;
  std::optional<HttpCredentials> credentials = {};
  bool follow_redirects = true;
  std::shared_ptr<ClientTls> tls = nullptr;  // where url.tls
  bool keep_error_body = false;              // as ReplyReader
};

// One request that is not the endpoint's own GET. Redirects of it are not followed.
struct HttpCall {
  std::string path_and_query;
  std::optional<std::string> form = {};  // set: a POST with this body
};

// The bytes of the GET, as Prometheus would send them. authorization may be empty.
[[nodiscard]] std::string ScrapeRequest(const ScrapeEndpoint& endpoint, const HttpUrl& url,
                                        const std::string& authorization);
// And of a call.
[[nodiscard]] std::string CallRequest(const ScrapeEndpoint& endpoint, const HttpCall& call,
                                      const std::string& authorization);

class ScrapeClient : public std::enable_shared_from_this<ScrapeClient> {
 public:
  using Done = std::function<void(ScrapeReply)>;

  ScrapeClient(Strand strand, ScrapeEndpoint endpoint, BodyBuffers* buffers, Resolver* resolver);
  ~ScrapeClient();

  // Calls done once, by the deadline, unless Cancel comes first.
  void Get(std::chrono::steady_clock::time_point deadline, Done done);
  // The same for a call to the endpoint's server.
  void Call(HttpCall call, std::chrono::steady_clock::time_point deadline, Done done);
  // Ends the request under way, if there is one, without calling done.
  void Cancel();

 private:
  struct InFlight;

  void Start(std::chrono::steady_clock::time_point deadline);
  void Begin();
  void Resolve();
  void Connect(const std::vector<std::string>& addresses);
  void Connected();
  void Send();
  void Read();
  void OnRead(const ErrorCode& error, size_t bytes);
  void Retry();
  void Finish();
  [[nodiscard]] bool FollowRedirect();
  void FailNow(ScrapeFailure failure, std::string error);
  void CloseSocket();
  [[nodiscard]] bool KeptConnectionIsClean();

  const Strand strand_;
  const ScrapeEndpoint endpoint_;
  BodyBuffers* const buffers_;
  Resolver* const resolver_;
  Tcp::socket socket_;                  // while connecting
  std::shared_ptr<HttpStream> stream_;  // then; shared with its handlers under way
  int fd_ = -1;                         // the stream's
  uint64_t tls_generation_ = 0;         // of its session
  asio::steady_timer deadline_timer_;
  std::unique_ptr<InFlight> in_flight_;
  uint64_t scrape_ = 0;
  uint64_t attempt_ = 0;  // handlers of an earlier attempt find another number and stop
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_SCRAPE_CLIENT_H_
