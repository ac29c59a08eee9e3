#include "adapter/net/client_trust.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {
namespace {

constexpr int kAuthLevel = 2;
constexpr int kMaxIntermediates = 5;

using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, OpenSslFree<X509_STORE_CTX_free>>;

absl::Status Refused(const char* why) { return absl::UnauthenticatedError(why); }

// Nothing where it is no text, or holds a control character: NUL ends names elsewhere.
std::optional<std::string> TextOf(X509_NAME* name, int index) {
  unsigned char* data = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&data, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (size < 0) return std::nullopt;
  std::string text(reinterpret_cast<const char*>(data), static_cast<size_t>(size));
  OPENSSL_free(data);
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u < 0x20 || u == 0x7f;
  });
  if (control) return std::nullopt;
  return text;
}

bool ReadAll(X509_NAME* name, int nid, std::vector<std::string>* out) {
  for (int at = -1; (at = X509_NAME_get_index_by_NID(name, nid, at)) >= 0;) {
    std::optional<std::string> text = TextOf(name, at);
    if (!text.has_value()) return false;
    out->push_back(*std::move(text));
  }
  return true;
}

absl::StatusOr<ClientSubject> SubjectOf(X509* certificate) {
  X509_NAME* name = X509_get_subject_name(certificate);
  ClientSubject subject;
  std::vector<std::string> common_names;
  if (!ReadAll(name, NID_commonName, &common_names) ||
      !ReadAll(name, NID_organizationName, &subject.organizations)) {
    return Refused("a name of the certificate is no plain text");
  }
  if (common_names.size() > 1) return Refused("the certificate has two common names");
  if (!common_names.empty()) subject.common_name = std::move(common_names.front());
  return subject;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const ClientTrust>> ClientTrust::FromPem(std::string_view pem) {
  absl::StatusOr<std::vector<CertificatePtr>> certificates = ParseCertificates(pem);
  if (!certificates.ok()) return certificates.status();
  StorePtr store(X509_STORE_new());
  for (const CertificatePtr& certificate : *certificates) {
    if (store == nullptr || X509_STORE_add_cert(store.get(), certificate.get()) != 1) {
      return absl::InvalidArgumentError(absl::StrCat("CA bundle: ", TakeOpenSslError()));
    }
  }
  return std::shared_ptr<const ClientTrust>(
      new ClientTrust(*std::move(certificates), std::move(store)));
}

absl::StatusOr<ClientSubject> ClientTrust::Verify(X509* certificate, STACK_OF(X509) * chain) const {
  const StoreContextPtr context(X509_STORE_CTX_new());
  if (context == nullptr ||
      X509_STORE_CTX_init(context.get(), store_.get(), certificate, chain) != 1) {
    return Refused("out of memory");
  }
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_auth_level(param, kAuthLevel);
  X509_VERIFY_PARAM_set_depth(param, kMaxIntermediates);
  // Every certificate of the bundle is trusted for itself, intermediates too, as in Go.
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
  X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_CLIENT);
  const int verified = X509_verify_cert(context.get());
  const int error = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  if (verified != 1) return Refused(X509_verify_cert_error_string(error));
  if (X509_check_ca(certificate) != 0) return Refused("a CA's certificate is nobody's identity");
  return SubjectOf(certificate);
}

std::vector<X509*> ClientTrust::certificates() const {
  std::vector<X509*> out;
  for (const CertificatePtr& certificate : certificates_) out.push_back(certificate.get());
  return out;
}

bool ClientTrust::Shares(const ClientTrust& other) const {
  return std::any_of(certificates_.begin(), certificates_.end(), [&](const CertificatePtr& mine) {
    return std::any_of(
        other.certificates_.begin(), other.certificates_.end(),
        [&](const CertificatePtr& theirs) { return X509_cmp(mine.get(), theirs.get()) == 0; });
  });
}

}  // namespace tacho::adapter
