// Listeners: the ports that the adapter serves on, in the clear, over TLS, or both, with
// one handler behind them. Bounds on connections hold for both
// together, but that of one address, which each port counts for itself.
//
// Threads     All from one thread.
#ifndef TACHO_ADAPTER_NET_LISTENERS_H_
#define TACHO_ADAPTER_NET_LISTENERS_H_

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "adapter/core/authorizer.h"
#include "adapter/net/adapter_options.h"
#include "adapter/net/front_door.h"
#include "adapter/net/guard.h"
#include "adapter/net/http_server.h"

namespace tacho::adapter {

class Listeners {
 public:
  // All outlive it.
  Listeners(const AdapterOptions& options, HttpHandler* handler, ServerStats* stats, Logger* log);

  //   any error   nothing is served; the message says what to mend
  absl::Status Start();
  void Stop(std::chrono::milliseconds grace);
  // Reads certificates, CAs and tokens again if they have changed.
  void Poll();

  // One a line, each with its line feed.
  [[nodiscard]] const std::string& addresses() const { return addresses_; }

 private:
  absl::Status StartSecure();
  absl::Status StartPlain();

  const AdapterOptions& options_;
  HttpHandler* const handler_;
  ServerStats* const stats_;
  Logger* const log_;
  const AllowAuthenticated authorizer_;
  Guard guard_;
  std::unique_ptr<FrontDoor> front_door_;
  std::unique_ptr<HttpServer> plain_;
  std::unique_ptr<HttpServer> secure_;
  std::string addresses_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_LISTENERS_H_
