#include "adapter/net/openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <limits>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {

std::string TakeOpenSslError() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

BioPtr MemoryBio(std::string_view text) {
  if (text.size() > static_cast<size_t>(std::numeric_limits<int>::max())) return nullptr;
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

absl::StatusOr<std::vector<CertificatePtr>> ParseCertificates(std::string_view pem) {
  ERR_clear_error();
  std::vector<CertificatePtr> out;
  const BioPtr bio = MemoryBio(pem);
  while (bio != nullptr) {
    CertificatePtr next(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (next == nullptr) break;
    out.push_back(std::move(next));
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string error = TakeOpenSslError();
  if (!at_end) return absl::InvalidArgumentError(absl::StrCat("a certificate is broken: ", error));
  if (out.empty()) return absl::InvalidArgumentError("no certificate in PEM (BEGIN CERTIFICATE)");
  return out;
}

}  // namespace tacho::adapter
