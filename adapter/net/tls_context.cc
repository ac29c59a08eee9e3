#include "adapter/net/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {
namespace {

// 112 bits: refuses RSA below 2048 and SHA-1 in certificates.
constexpr int kSecurityLevel = 2;
constexpr char kGroups[] = "X25519:P-256:P-384";
constexpr std::string_view kAlpn("\x08http/1.1", 9);

struct Suite {
  std::string_view iana;
  std::string_view openssl;  // empty: known, and not offered
};
constexpr std::array<Suite, 26> kSuites = {{
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"},
    {"TLS_AES_128_GCM_SHA256", ""},
    {"TLS_AES_256_GCM_SHA384", ""},
    {"TLS_CHACHA20_POLY1305_SHA256", ""},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", ""},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", ""},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", ""},
    {"TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", ""},
    {"TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", ""},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", ""},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", ""},
    {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", ""},
    {"TLS_ECDHE_RSA_WITH_RC4_128_SHA", ""},
    {"TLS_RSA_WITH_3DES_EDE_CBC_SHA", ""},
    {"TLS_RSA_WITH_AES_128_CBC_SHA", ""},
    {"TLS_RSA_WITH_AES_128_CBC_SHA256", ""},
    {"TLS_RSA_WITH_AES_128_GCM_SHA256", ""},
    {"TLS_RSA_WITH_AES_256_CBC_SHA", ""},
    {"TLS_RSA_WITH_AES_256_GCM_SHA384", ""},
}};
// Offered whatever is chosen for TLS 1.2.
bool IsTls13(std::string_view iana) { return iana.find("_WITH_") == std::string_view::npos; }

absl::string_view AbslView(std::string_view v) { return {v.data(), v.size()}; }

std::string AllSuites() {
  std::string out;
  for (const Suite& suite : std::span(kSuites).first(6)) {
    absl::StrAppend(&out, out.empty() ? "" : ":", AbslView(suite.openssl));
  }
  return out;
}

absl::Status Broken(std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(AbslView(what), ": ", TakeOpenSslError()));
}

// A client that names protocols and not HTTP/1.1 is told so; one that names none is not
// asked to.
int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned offered_size, void*) {
  unsigned char* chosen = nullptr;
  const int found =
      SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(kAlpn.data()),
                            static_cast<unsigned>(kAlpn.size()), offered, offered_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

absl::Status UsePair(const PemPair& pair, SSL_CTX* context) {
  const absl::StatusOr<std::vector<CertificatePtr>> chain = ParseCertificates(pair.certificates);
  if (!chain.ok()) return chain.status();
  if (SSL_CTX_use_certificate(context, chain->front().get()) != 1) return Broken("certificate");
  for (size_t i = 1; i < chain->size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, (*chain)[i].get()) != 1)
      return Broken("certificate chain");
  }
  const BioPtr bio = MemoryBio(pair.private_key);
  // A key behind a password is refused: nobody is there to type it.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  const PrivateKeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (key == nullptr) return Broken("private key");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) return Broken("private key");
  if (SSL_CTX_check_private_key(context) != 1) return Broken("certificate and key");
  return absl::OkStatus();
}

absl::Status AskForCertificates(std::span<X509* const> cas, SSL_CTX* context) {
  for (X509* ca : cas) {
    if (SSL_CTX_add_client_CA(context, ca) != 1) return Broken("client CA");
  }
  // Accepts any certificate: the handshake proves who holds the key, no more.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> ParseTlsVersion(std::string_view name) {
  if (name == "VersionTLS12") return TLS1_2_VERSION;
  if (name == "VersionTLS13") return TLS1_3_VERSION;
  return absl::InvalidArgumentError(name == "VersionTLS10" || name == "VersionTLS11"
                                        ? "served any more; VersionTLS12 or VersionTLS13"
                                        : "VersionTLS12 or VersionTLS13");
}

absl::StatusOr<CipherSuites> ParseCipherSuites(std::string_view names) {
  CipherSuites out;
  bool tls13 = false;
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(name.size() + 1, names.size()));
    const auto* suite = std::find_if(kSuites.begin(), kSuites.end(),
                                     [&](const Suite& s) { return s.iana == name; });
    if (suite == kSuites.end()) {
      return absl::InvalidArgumentError(absl::StrCat("a list of suites such as ",
                                                     AbslView(kSuites[0].iana), "; nobody knows ",
                                                     AbslView(name)));
    }
    tls13 |= IsTls13(name);
    if (!suite->openssl.empty()) {
      absl::StrAppend(&out.suites, out.suites.empty() ? "" : ":", AbslView(suite->openssl));
    } else if (!IsTls13(name)) {
      out.refused.emplace_back(name);
    }
  }
  if (out.suites.empty() && !tls13) {
    return absl::InvalidArgumentError(
        "a list with a suite that is offered: those of ECDHE with AES-GCM or ChaCha20-Poly1305");
  }
  return out;
}

absl::StatusOr<SslContextPtr> MakeServerContext(const TlsOptions& options, const PemPair& pair,
                                                std::span<X509* const> client_cas) {
  ERR_clear_error();
  SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return Broken("TLS");
  SSL_CTX* const c = context.get();
  SSL_CTX_set_security_level(c, kSecurityLevel);
  SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                             SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_num_tickets(c, 0);
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_early_data(c, 0);
  SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                          SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(c, ChooseProtocol, nullptr);
  const std::string suites = options.suites.empty() ? AllSuites() : options.suites;
  if (SSL_CTX_set_min_proto_version(c, options.min_version) != 1 ||
      SSL_CTX_set_cipher_list(c, suites.c_str()) != 1 ||
      SSL_CTX_set1_groups_list(c, kGroups) != 1) {
    return Broken("TLS settings");
  }
  if (const absl::Status status = UsePair(pair, c); !status.ok()) return status;
  if (!client_cas.empty()) {
    if (const absl::Status status = AskForCertificates(client_cas, c); !status.ok()) return status;
  }
  return context;
}

int64_t ExpiryOf(const PemPair& pair) {
  const absl::StatusOr<std::vector<CertificatePtr>> chain = ParseCertificates(pair.certificates);
  std::tm expiry{};
  if (!chain.ok() || ASN1_TIME_to_tm(X509_get0_notAfter(chain->front().get()), &expiry) != 1) {
    return 0;
  }
  return timegm(&expiry);
}

}  // namespace tacho::adapter
