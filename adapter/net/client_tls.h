// ClientTls: TLS towards targets and discovery services: whom tacho trusts, and who it
// says it is. One for each tls_config, shared by all connections that it is for.
//
// Verified    The chain, against ca or the system's; the name or address that was
//             connected to, or server_name, against the certificate's alternative names
//             (never its common name). Not with insecure_skip_verify.
// Files       Looked at for each connection; when one has changed, all are read anew,
//             and connections of before are not used again. If that fails so does the
//             request: what was withdrawn must not stay trusted.
// Threads     Safe from any thread; one short lock.
// Cost        A stat per file and request; reading and parsing when one has changed.
#ifndef TACHO_ADAPTER_NET_CLIENT_TLS_H_
#define TACHO_ADAPTER_NET_CLIENT_TLS_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "adapter/core/http_client_config.h"
#include "adapter/net/file_stamp.h"
#include "adapter/net/mutex.h"
#include "adapter/net/openssl.h"

namespace tacho::adapter {

class ClientTls {
 public:
  explicit ClientTls(TlsClientConfig config) : config_(std::move(config)) {}

  struct Session {
    SslPtr ssl;
    uint64_t generation = 0;
  };
  // For a connection to `host`, a name or an address without brackets.
  //   kInvalidArgument    a certificate or key does not parse, or they do not match
  //   others              as ReadConfigFile
  [[nodiscard]] absl::StatusOr<Session> NewSession(const std::string& host);

  // Whether a session of this generation is what NewSession would make now.
  [[nodiscard]] bool IsCurrent(uint64_t generation);

 private:
  using Stamps = std::array<FileStamp, 3>;
  [[nodiscard]] Stamps LookAtFiles() const;
  [[nodiscard]] absl::StatusOr<SslContextPtr> MakeContext() const;

  const TlsClientConfig config_;
  Mutex mutex_;
  SslContextPtr context_ ABSL_GUARDED_BY(mutex_);
  Stamps stamps_ ABSL_GUARDED_BY(mutex_);
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Why a handshake failed.
[[nodiscard]] std::string HandshakeError(const SSL* ssl);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_CLIENT_TLS_H_
