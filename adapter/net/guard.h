// Guard: stands before a handler and lets through what an identity may ask for.
//
// Order       Credentials that prove nothing: 401, whatever is asked, as in Kubernetes.
//             A path that everybody may ask for: passed. Else the authorizer's word: 403.
// Ownership   What it is made of outlives it.
// Threads     As HttpHandler.
#ifndef TACHO_ADAPTER_NET_GUARD_H_
#define TACHO_ADAPTER_NET_GUARD_H_

#include <string>
#include <vector>

#include "adapter/core/authorizer.h"
#include "adapter/net/http_server.h"
#include "adapter/net/server_stats.h"

namespace tacho::adapter {

class Guard final : public HttpHandler {
 public:
  Guard(HttpHandler* inner, const Authorizer* authorizer, std::vector<std::string> always_allowed,
        ServerStats* stats)
      : inner_(inner), authorizer_(authorizer), open_(std::move(always_allowed)), stats_(stats) {}

  [[nodiscard]] HttpResponse Handle(const HttpRequest& request) override;
  // Quick only where the path is open: an authorizer may wait.
  [[nodiscard]] Lane LaneOf(const HttpRequest& request) const override;
  [[nodiscard]] HttpResponse TooMany(const HttpRequest& request, Lane lane) const override {
    return inner_->TooMany(request, lane);
  }

 private:
  HttpHandler* const inner_;
  const Authorizer* const authorizer_;
  const AlwaysAllowedPaths open_;
  ServerStats* const stats_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_GUARD_H_
