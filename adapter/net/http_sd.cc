#include "adapter/net/http_sd.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/file_sd.h"
#include "adapter/core/file_sd_json.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

constexpr absl::Duration kLongestRequest = absl::Seconds(30);

ScrapeEndpoint EndpointOf(const HttpSdConfig& config) {
  return {.url = config.url,
          .accept = "application/json",
          .extra_header = absl::StrCat("X-Prometheus-Refresh-Interval-Seconds: ",
                                       absl::ToDoubleSeconds(config.refresh_interval)),
          .max_body = kMaxTargetFileBytes,
          .credentials = config.http.credentials,
          .follow_redirects = config.http.follow_redirects,
          .tls = std::make_shared<ClientTls>(config.http.tls)};
}

}  // namespace

absl::StatusOr<std::vector<TargetGroup>> ReadHttpSdReply(const std::string& url,
                                                         const ScrapeReply& reply) {
  if (reply.failure != ScrapeFailure::kNone) {
    return absl::UnavailableError(absl::StrCat(url, ": ", reply.error));
  }
  const std::string media = reply.content_type.substr(0, reply.content_type.find(';'));
  if (Lowercase(Std(absl::StripAsciiWhitespace(media))) != "application/json") {
    return absl::InvalidArgumentError(absl::StrCat(
        url, ": unsupported content type ", Quoted(reply.content_type), "; application/json is"));
  }
  absl::StatusOr<std::vector<TargetGroup>> groups = ParseJsonTargets(url, reply.body);
  if (!groups.ok()) return groups;
  for (TargetGroup& group : *groups) group.labels["__meta_url"] = url;
  return groups;
}

HttpSd::HttpSd(Strand strand, const HttpSdConfig& config, BodyBuffers* buffers, Resolver* resolver,
               Done done)
    : config_(config),
      buffers_(buffers),
      done_(std::move(done)),
      timer_(strand),
      client_(std::make_shared<ScrapeClient>(strand, EndpointOf(config), buffers, resolver)) {}

void HttpSd::Start() { Ask(); }

void HttpSd::Stop() {
  stopped_ = true;
  timer_.cancel();
  client_->Cancel();
}

void HttpSd::Ask() {
  const absl::Duration patience = std::min(config_.refresh_interval, kLongestRequest);
  client_->Get(std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(patience),
               [self = shared_from_this()](ScrapeReply reply) { self->OnReply(std::move(reply)); });
}

void HttpSd::OnReply(ScrapeReply reply) {
  if (stopped_) return;
  done_(ReadHttpSdReply(config_.url_text, reply));
  buffers_->Release(reply.charged);
  buffers_->Give(std::move(reply.body));
  timer_.expires_after(absl::ToChronoMilliseconds(config_.refresh_interval));
  timer_.async_wait([self = shared_from_this()](const ErrorCode& error) {
    if (!error && !self->stopped_) self->Ask();
  });
}

}  // namespace tacho::adapter
