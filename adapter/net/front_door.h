// FrontDoor: who may come in over TLS, and as whom. Holds the serving certificate, the
// two bundles of client CAs and the tokens, and keeps them current with their files.
//
// Believed    From a connection whose certificate the requestheader CA vouches for, with
//             an allowed common name: the user in its headers. From one whose certificate
//             the client CA vouches for: its common name and organizations. From anyone:
//             a token of the token file. In this order; the first that proves a user
//             wins. Credentials that prove nothing are refused, not ignored.
// Files       Poll() looks at them: by device, inode, size and time behind any symbolic
//             links, so that a link swapped by Kubernetes is seen. A file that is wrong
//             keeps what was there before, and says so in the log and in the metrics.
// Threads     Poll from one thread; all else from any.
// Cost        A request: nothing to verify, but once a minute and after a reload.
// Limits      FrontDoorOptions.
#ifndef TACHO_ADAPTER_NET_FRONT_DOOR_H_
#define TACHO_ADAPTER_NET_FRONT_DOOR_H_

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapter/core/identity.h"
#include "adapter/net/client_trust.h"
#include "adapter/net/discovery.h"
#include "adapter/net/front_proxy.h"
#include "adapter/net/http_head.h"
#include "adapter/net/log.h"
#include "adapter/net/mutex.h"
#include "adapter/net/openssl.h"
#include "adapter/net/server_stats.h"
#include "adapter/net/tls_context.h"
#include "adapter/net/token_file.h"

namespace tacho::adapter {

struct FrontDoorOptions {
  std::string certificate_file;  // both or none; none: self-signed
  std::string key_file;
  std::string cert_dir;  // where a self-signed pair is kept; empty: in memory
  std::string bind_address = "0.0.0.0";
  TlsOptions tls;
  std::string client_ca_file;
  std::string requestheader_ca_file;
  FrontProxyOptions front_proxy;
  std::string token_file;
};

// One connection's certificate, and what it was found to prove.
struct TlsPeer {
  // Kept for a minute, and for as long as the bundle is the same.
  struct Finding {
    std::shared_ptr<const ClientTrust> trust;
    std::chrono::steady_clock::time_point at;
    absl::StatusOr<ClientSubject> subject = absl::UnauthenticatedError("not looked at");
  };

  SSL* tls = nullptr;
  Finding as_front_proxy;
  Finding as_client;
};

class FrontDoor {
 public:
  // Reads all files. `stats` and `log` outlive it.
  //   kInvalidArgument   options or files that are wrong or dangerous together
  //   any other          a file that cannot be read; the message names it
  static absl::StatusOr<std::unique_ptr<FrontDoor>> Open(const FrontDoorOptions& options,
                                                         FrontDoorStats* stats, Logger* log);

  // Reads again what has changed.
  void Poll();

  // Of a new connection. Null without memory.
  [[nodiscard]] SslPtr NewSession() const;

  // Looks at certificate and head; never at what the head asks for.
  [[nodiscard]] Identity Authenticate(const HttpFields& fields, TlsPeer* peer) const;

 private:
  struct Material {
    PemPair pair;
    std::shared_ptr<const ClientTrust> clients;
    std::shared_ptr<const ClientTrust> front_proxies;
    std::shared_ptr<const TokenFile> tokens;
  };
  // What one reload replaces.
  struct Part {
    std::vector<std::string> paths;
    absl::Status (FrontDoor::*load)(Material*) const;
    std::vector<FileStamp> stamps;
    std::string error;
  };

  FrontDoor(const FrontDoorOptions& options, FrontDoorStats* stats, Logger* log);

  absl::Status LoadPair(Material* out) const;
  absl::Status LoadClientCa(Material* out) const;
  absl::Status LoadRequestheaderCa(Material* out) const;
  absl::Status LoadTokens(Material* out) const;
  absl::Status CheckOverlap(const Material& material) const;
  absl::StatusOr<SslContextPtr> MakeContext(const Material& material) const;
  absl::Status LoadPart(Part* part, Material* material);
  bool PollPart(FrontDoorPart which, Material* material);
  absl::Status Publish(const Material& material);

  [[nodiscard]] absl::StatusOr<Identity> AsFrontProxy(const HttpFields& fields, const Material& now,
                                                      TlsPeer* peer) const;
  [[nodiscard]] absl::StatusOr<Identity> AsClient(const Material& now, TlsPeer* peer) const;
  [[nodiscard]] absl::StatusOr<Identity> AsToken(const HttpFields& fields,
                                                 const Material& now) const;

  const FrontDoorOptions options_;
  FrontDoorStats* const stats_;
  Logger* const log_;
  std::array<Part, kFrontDoorPartCount> parts_;  // of the thread that polls
  mutable Mutex mutex_;
  std::shared_ptr<const Material> material_ ABSL_GUARDED_BY(mutex_);
  SslContextPtr context_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_FRONT_DOOR_H_
