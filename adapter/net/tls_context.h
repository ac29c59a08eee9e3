// TLS of the serving side: one SSL_CTX for a pair of certificate and key.
//
// Offered     TLS 1.2 and 1.3, suites with an AEAD and forward secrecy, HTTP/1.1 by ALPN.
//             No session is ever resumed: not by ticket, not by id, not early. Whoever
//             connects after a CA was withdrawn is looked at anew. No renegotiation, no
//             compression.
// Clients     May be asked for a certificate. The handshake proves that they hold its
//             key; whom it names is decided later, CA by CA (client_trust.h).
// Threads     A context is shared by all connections and not changed once made.
#ifndef TACHO_ADAPTER_NET_TLS_CONTEXT_H_
#define TACHO_ADAPTER_NET_TLS_CONTEXT_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapter/net/openssl.h"

namespace tacho::adapter {

struct PemPair {
  std::string certificates;  // the server's first, then what leads to its CA
  std::string private_key;
};

struct TlsOptions {
  int min_version = TLS1_2_VERSION;
  std::string suites;  // of TLS 1.2, as OpenSSL writes them; empty: all that are offered
};

// "VersionTLS12" or "VersionTLS13".
//   kInvalidArgument   anything else; older versions by name
[[nodiscard]] absl::StatusOr<int> ParseTlsVersion(std::string_view name);

struct CipherSuites {
  std::string suites;                // for TlsOptions
  std::vector<std::string> refused;  // known, and not offered
};
// IANA's names, separated by commas. Those of TLS 1.3 are known and always offered.
//   kInvalidArgument   a name that nobody knows, or none that is offered
[[nodiscard]] absl::StatusOr<CipherSuites> ParseCipherSuites(std::string_view names);

// `client_cas` are those that clients are told of when they are asked for a certificate;
// none: they are not asked.
//   kInvalidArgument   the pair does not parse, does not match, or is too weak
[[nodiscard]] absl::StatusOr<SslContextPtr> MakeServerContext(const TlsOptions& options,
                                                              const PemPair& pair,
                                                              std::span<X509* const> client_cas);

// When the first certificate of the pair expires, in Unix seconds.
[[nodiscard]] int64_t ExpiryOf(const PemPair& pair);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_TLS_CONTEXT_H_
