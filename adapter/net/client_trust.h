// ClientTrust: one bundle of CAs, and whom a client's certificate names under it. The
// front proxy's CA and the clients' CA are two bundles, never one: a certificate of one
// proves nothing under the other.
//
// Refused     A chain that does not lead to the bundle, a certificate out of its time,
//             for servers only, or itself a CA; keys and signatures below 112 bits
//             (RSA-1024, SHA-1); a name with a control character, or two common names.
// Threads     Immutable.
// Cost        Verify: one signature per step of the chain, 50 to 200 us each.
#ifndef TACHO_ADAPTER_NET_CLIENT_TRUST_H_
#define TACHO_ADAPTER_NET_CLIENT_TRUST_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapter/net/openssl.h"

namespace tacho::adapter {

struct ClientSubject {
  std::string common_name;  // may be empty
  std::vector<std::string> organizations;
};

class ClientTrust {
 public:
  //   kInvalidArgument   no certificate in it, or a broken one
  static absl::StatusOr<std::shared_ptr<const ClientTrust>> FromPem(std::string_view pem);

  // `chain` is what the client sent beside its own certificate; may be null.
  //   kUnauthenticated   why the certificate proves nothing here
  [[nodiscard]] absl::StatusOr<ClientSubject> Verify(X509* certificate,
                                                     STACK_OF(X509) * chain) const;

  [[nodiscard]] std::vector<X509*> certificates() const;
  // True if both trust one certificate in common.
  [[nodiscard]] bool Shares(const ClientTrust& other) const;

 private:
  using StorePtr = std::unique_ptr<X509_STORE, OpenSslFree<X509_STORE_free>>;

  ClientTrust(std::vector<CertificatePtr> certificates, StorePtr store)
      : certificates_(std::move(certificates)), store_(std::move(store)) {}

  const std::vector<CertificatePtr> certificates_;
  const StorePtr store_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_CLIENT_TRUST_H_
