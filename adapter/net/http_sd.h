// HttpSd: asks one discovery service (http_sd_configs) for targets, again and again.
//
// What cannot be fetched or read changes nothing: the groups given last stay.
//
// Ownership   Shared with its handlers under way: make it with std::make_shared. The
//             configuration outlives it.
// Threads     All calls, and the callbacks, on the strand given to it.
// Limits      kMaxTargetFileBytes of a reply; the refresh interval, or 30 s if that is
//             longer, for a request.
#ifndef TACHO_ADAPTER_NET_HTTP_SD_H_
#define TACHO_ADAPTER_NET_HTTP_SD_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapter/core/sd_config.h"
#include "adapter/net/asio.h"
#include "adapter/net/scrape_client.h"

namespace tacho::adapter {

class HttpSd : public std::enable_shared_from_this<HttpSd> {
 public:
  // What came of one request.
  using Done = std::function<void(absl::StatusOr<std::vector<TargetGroup>>)>;

  HttpSd(Strand strand, const HttpSdConfig& config, BodyBuffers* buffers, Resolver* resolver,
         Done done);

  // Asks now, and then every refresh_interval until Stop.
  void Start();
  void Stop();

 private:
  void Ask();
  void OnReply(ScrapeReply reply);

  const HttpSdConfig& config_;
  BodyBuffers* const buffers_;
  const Done done_;
  asio::steady_timer timer_;
  const std::shared_ptr<ScrapeClient> client_;
  bool stopped_ = false;
};

// The groups of a reply: JSON, [{"targets": [...], "labels": {...}}, ...], each with the
// label __meta_url.
//   kUnavailable        no reply, or none with status 200
//   kInvalidArgument    another Content-Type than application/json, or not as above
[[nodiscard]] absl::StatusOr<std::vector<TargetGroup>> ReadHttpSdReply(const std::string& url,
                                                                       const ScrapeReply& reply);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_HTTP_SD_H_
