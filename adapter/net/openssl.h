// OpenSSL's objects with owners, and its errors as text.
//
// Ownership   Each pointer frees what it holds.
// Threads     OpenSSL's errors are the thread's: take the text where the call failed.
#ifndef TACHO_ADAPTER_NET_OPENSSL_H_
#define TACHO_ADAPTER_NET_OPENSSL_H_

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tacho::adapter {

template <auto kFree>
struct OpenSslFree {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using BioPtr = std::unique_ptr<BIO, OpenSslFree<BIO_free_all>>;
using PrivateKeyPtr = std::unique_ptr<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, OpenSslFree<X509_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, OpenSslFree<SSL_free>>;

// The oldest error of this thread, without numbers; forgets the others.
[[nodiscard]] std::string TakeOpenSslError();

// For reading only; `text` outlives it.
[[nodiscard]] BioPtr MemoryBio(std::string_view text);

// All certificates of a PEM text, in its order. Anything between the blocks is skipped.
//   kInvalidArgument   none, or one that does not parse
[[nodiscard]] absl::StatusOr<std::vector<CertificatePtr>> ParseCertificates(std::string_view pem);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_OPENSSL_H_
