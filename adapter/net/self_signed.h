// A pair that vouches for itself, with the names and addresses that are reached from
// here: for clients that do not check, as API servers do with insecureSkipTLSVerify.
//
// Threads     No shared state.
// Cost        ECDSA on P-256: some 100 us to make, and as much per handshake.
#ifndef TACHO_ADAPTER_NET_SELF_SIGNED_H_
#define TACHO_ADAPTER_NET_SELF_SIGNED_H_

#include <string>

#include "absl/status/statusor.h"
#include "adapter/net/tls_context.h"

namespace tacho::adapter {

// Good for ten years: nobody is there to renew it but a restart.
//   kInternal   OpenSSL's reason
[[nodiscard]] absl::StatusOr<PemPair> MakeSelfSignedPair(const std::string& bind_address);

// The pair in <folder>/apiserver.crt and .key, as the original names them; made and
// written there if there is none. An empty folder: made, and kept nowhere.
//   any error   the folder cannot be read or written
[[nodiscard]] absl::StatusOr<PemPair> LoadOrMakeSelfSigned(const std::string& folder,
                                                           const std::string& bind_address);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_SELF_SIGNED_H_
