#include "adapter/net/client_tls.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapter/core/config_file.h"
#include "adapter/net/asio.h"

namespace tacho::adapter {
namespace {

absl::Status Wrong(const SecretText& where, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(where.file.empty() ? "tls_config" : where.file, ": ", what));
}

absl::StatusOr<std::string> PemOf(const SecretText& text) {
  if (text.file.empty()) return text.inline_text;
  return ReadConfigFile(text.file);
}

absl::StatusOr<std::vector<CertificatePtr>> CertificatesOf(const SecretText& text) {
  const absl::StatusOr<std::string> pem = PemOf(text);
  if (!pem.ok()) return pem.status();
  absl::StatusOr<std::vector<CertificatePtr>> certificates = ParseCertificates(*pem);
  if (!certificates.ok()) return Wrong(text, certificates.status().message());
  return certificates;
}

absl::Status UseCa(const SecretText& ca, SSL_CTX* context) {
  if (ca.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<CertificatePtr>> certificates = CertificatesOf(ca);
  if (!certificates.ok()) return certificates.status();
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const CertificatePtr& certificate : *certificates) {
    X509_STORE_add_cert(store, certificate.get());
  }
  // Whatever is in the file is trusted, as in Go, also where it is no root.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  return absl::OkStatus();
}

absl::Status UsePair(const TlsClientConfig& config, SSL_CTX* context) {
  if (config.cert.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<CertificatePtr>> chain = CertificatesOf(config.cert);
  if (!chain.ok()) return chain.status();
  const absl::StatusOr<std::string> pem = PemOf(config.key);
  if (!pem.ok()) return pem.status();
  const BioPtr bio = MemoryBio(*pem);
  const PrivateKeyPtr key(
      bio == nullptr ? nullptr : PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (key == nullptr) return Wrong(config.key, absl::StrCat("no key: ", TakeOpenSslError()));
  if (SSL_CTX_use_certificate(context, chain->front().get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return Wrong(config.cert, absl::StrCat("does not go with the key: ", TakeOpenSslError()));
  }
  for (size_t i = 1; i < chain->size(); ++i) SSL_CTX_add1_chain_cert(context, (*chain)[i].get());
  return absl::OkStatus();
}

// What the server must show, and is told that it was asked for.
bool SetName(const std::string& name, SSL* ssl) {
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(
      param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  ErrorCode not_an_address;
  asio::ip::make_address(name, not_an_address);
  if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str()) == 1;
  return SSL_set_tlsext_host_name(ssl, name.c_str()) == 1 && SSL_set1_host(ssl, name.c_str()) == 1;
}

}  // namespace

ClientTls::Stamps ClientTls::LookAtFiles() const {
  Stamps stamps;
  const std::array<const SecretText*, 3> texts = {&config_.ca, &config_.cert, &config_.key};
  for (size_t i = 0; i < texts.size(); ++i) {
    if (!texts[i]->file.empty()) stamps[i] = StampOf(texts[i]->file);
  }
  return stamps;
}

absl::StatusOr<SslContextPtr> ClientTls::MakeContext() const {
  SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return absl::InternalError(TakeOpenSslError());
  SSL_CTX_set_min_proto_version(
      context.get(), config_.min_version == TlsVersion::kTls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context.get(),
                     config_.insecure_skip_verify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  static constexpr std::array<unsigned char, 9> kHttp11 = {8,   'h', 't', 't', 'p',
                                                           '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(context.get(), kHttp11.data(), kHttp11.size());
  if (absl::Status status = UseCa(config_.ca, context.get()); !status.ok()) return status;
  if (absl::Status status = UsePair(config_, context.get()); !status.ok()) return status;
  return context;
}

absl::StatusOr<ClientTls::Session> ClientTls::NewSession(const std::string& host) {
  const MutexLock lock(mutex_);
  // Looked at before they are read: a change in between is seen the next time.
  const Stamps stamps = LookAtFiles();
  if (context_ == nullptr || stamps != stamps_) {
    absl::StatusOr<SslContextPtr> context = MakeContext();
    if (!context.ok()) return context.status();
    context_ = *std::move(context);
    stamps_ = stamps;
    ++generation_;
  }
  Session session{SslPtr(SSL_new(context_.get())), generation_};
  if (session.ssl == nullptr) return absl::InternalError(TakeOpenSslError());
  const std::string& name = config_.server_name.empty() ? host : config_.server_name;
  if (SetName(name, session.ssl.get())) return session;
  return absl::InvalidArgumentError(absl::StrCat("server_name ", name, " cannot be verified"));
}

bool ClientTls::IsCurrent(uint64_t generation) {
  const MutexLock lock(mutex_);
  return generation == generation_ && LookAtFiles() == stamps_;
}

std::string HandshakeError(const SSL* ssl) {
  const long verdict = SSL_get_verify_result(ssl);
  if (verdict != X509_V_OK) {
    return absl::StrCat("TLS: the certificate is not trusted: ",
                        X509_verify_cert_error_string(verdict));
  }
  return "TLS: the handshake failed: the server speaks no TLS, or no version of it that is "
         "allowed, or wants another client certificate";
}

}  // namespace tacho::adapter
