#include "adapter/net/listeners.h"

#include <sys/resource.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapter/net/version.h"

namespace tacho::adapter {
namespace {

// Scraping needs descriptors too, and so does whatever reads files: connections take half
// of them at most.
size_t ConnectionsThatFit(size_t wanted, Logger* log) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || wanted <= limit.rlim_cur / 2) return wanted;
  const size_t fit = std::max<size_t>(1, limit.rlim_cur / 2);
  log->Warn("fewer connections than --max-connections: file descriptors are few",
            {{"connections", absl::StrCat(fit)}, {"descriptors", absl::StrCat(limit.rlim_cur)}});
  return fit;
}

}  // namespace

Listeners::Listeners(const AdapterOptions& options, HttpHandler* handler, ServerStats* stats,
                     Logger* log)
    : options_(options),
      handler_(handler),
      stats_(stats),
      log_(log),
      guard_(handler, &authorizer_, options.always_allow_paths, stats) {}

absl::Status Listeners::Start() {
  if (ServesPlain(options_)) {
    if (absl::Status status = StartPlain(); !status.ok()) return status;
  }
  return options_.serve_tls ? StartSecure() : absl::OkStatus();
}

absl::Status Listeners::StartPlain() {
  ServerOptions options = options_.server;
  options.max_connections = ConnectionsThatFit(options.max_connections, log_);
  plain_ = std::make_unique<HttpServer>(options, handler_, stats_, log_);
  if (absl::Status status = plain_->Start(); !status.ok()) return status;
  absl::StrAppend(&addresses_, plain_->address(), "\n");
  log_->Info("listening", {{"address", plain_->address()}, {"version", kVersion}});
  return absl::OkStatus();
}

absl::Status Listeners::StartSecure() {
  if (!options_.refused_suites.empty()) {
    log_->Warn("suites of --tls-cipher-suites that are not offered",
               {{"suites", absl::StrJoin(options_.refused_suites, ",")}});
  }
  absl::StatusOr<std::unique_ptr<FrontDoor>> door =
      FrontDoor::Open(options_.front_door, &stats_->front_door, log_);
  if (!door.ok()) return door.status();
  front_door_ = *std::move(door);
  ServerOptions options = options_.server;
  options.address = options_.front_door.bind_address;
  options.port = options_.secure_port;
  options.max_connections = ConnectionsThatFit(options.max_connections, log_);
  secure_ = std::make_unique<HttpServer>(options, &guard_, stats_, log_, front_door_.get());
  if (absl::Status status = secure_->Start(); !status.ok()) return status;
  absl::StrAppend(&addresses_, secure_->address(), "\n");
  log_->Info("listening with TLS", {{"address", secure_->address()}, {"version", kVersion}});
  return absl::OkStatus();
}

void Listeners::Stop(std::chrono::milliseconds grace) {
  const auto deadline = std::chrono::steady_clock::now() + grace;
  for (HttpServer* server : {secure_.get(), plain_.get()}) {
    if (server == nullptr) continue;
    const auto left = deadline - std::chrono::steady_clock::now();
    server->Stop(std::max(std::chrono::milliseconds(0),
                          std::chrono::duration_cast<std::chrono::milliseconds>(left)));
  }
}

void Listeners::Poll() {
  if (front_door_ != nullptr) front_door_->Poll();
}

}  // namespace tacho::adapter
