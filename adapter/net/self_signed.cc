#include "adapter/net/self_signed.h"

#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "absl/strings/str_cat.h"
#include "adapter/core/config_file.h"

namespace tacho::adapter {
namespace {

constexpr long kHour = 3600;
constexpr long kTenYears = 10 * 365 * 24 * kHour;
constexpr int kSerialBits = 127;

using NumberPtr = std::unique_ptr<BIGNUM, OpenSslFree<BN_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, OpenSslFree<X509_EXTENSION_free>>;

std::string HostName() {
  std::array<char, 256> name{};
  const bool known = gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0';
  return known ? name.data() : "localhost";
}

std::string AlternativeNames(const std::string& host, const std::string& bind_address) {
  std::string out = "DNS:localhost,IP:127.0.0.1,IP:::1";
  // A name with anything else in it would be read as more than a name.
  const bool plain =
      host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") ==
      std::string::npos;
  if (plain && host != "localhost") absl::StrAppend(&out, ",DNS:", host);
  if (bind_address != "0.0.0.0" && bind_address != "::") {
    absl::StrAppend(&out, ",IP:", bind_address);
  }
  return out;
}

bool AddExtension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool SetSubject(X509* certificate, const std::string& name) {
  X509_NAME* subject = X509_get_subject_name(certificate);
  const std::string common = name.substr(0, 50) + "@" + std::to_string(std::time(nullptr));
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common.data()),
                                    static_cast<int>(common.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1;
}

bool Fill(X509* certificate, EVP_PKEY* key, const std::string& bind_address) {
  const NumberPtr serial(BN_new());
  const std::string host = HostName();
  return X509_set_version(certificate, 2) == 1 &&  // X.509 v3
         BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kHour) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), kTenYears) != nullptr &&
         X509_set_pubkey(certificate, key) == 1 && SetSubject(certificate, host) &&
         AddExtension(certificate, NID_subject_alt_name, AlternativeNames(host, bind_address)) &&
         AddExtension(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
         AddExtension(certificate, NID_key_usage, "critical,digitalSignature,keyCertSign") &&
         AddExtension(certificate, NID_ext_key_usage, "serverAuth") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

std::string Contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

absl::Status WriteError(const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat("--cert-dir: cannot write ", path, ": ", std::strerror(errno)));
}

// Renamed into place; readable by nobody else from the first byte on.
absl::Status WritePrivately(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".tmp";
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return WriteError(temporary);
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (close(fd) != 0 || !written) return WriteError(temporary);
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return WriteError(path);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PemPair> LoadOrMakeSelfSigned(const std::string& folder,
                                             const std::string& bind_address) {
  if (folder.empty()) return MakeSelfSignedPair(bind_address);
  const std::string certificate_path = folder + "/apiserver.crt";
  const std::string key_path = folder + "/apiserver.key";
  absl::StatusOr<std::string> certificate = ReadConfigFile(certificate_path);
  absl::StatusOr<std::string> key = ReadConfigFile(key_path);
  if (certificate.ok() && key.ok()) return PemPair{*std::move(certificate), *std::move(key)};
  for (const auto* part : {&certificate, &key}) {
    if (!part->ok() && !absl::IsNotFound(part->status())) return part->status();
  }
  absl::StatusOr<PemPair> pair = MakeSelfSignedPair(bind_address);
  if (!pair.ok()) return pair.status();
  if (mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) return WriteError(folder);
  if (absl::Status status = WritePrivately(key_path, pair->private_key); !status.ok()) {
    return status;
  }
  if (absl::Status status = WritePrivately(certificate_path, pair->certificates); !status.ok()) {
    return status;
  }
  return pair;
}

absl::StatusOr<PemPair> MakeSelfSignedPair(const std::string& bind_address) {
  const PrivateKeyPtr key(EVP_EC_gen("P-256"));
  const CertificatePtr certificate(X509_new());
  const BioPtr certificate_pem(BIO_new(BIO_s_mem()));
  const BioPtr key_pem(BIO_new(BIO_s_mem()));
  if (key == nullptr || certificate == nullptr ||
      !Fill(certificate.get(), key.get(), bind_address) ||
      PEM_write_bio_X509(certificate_pem.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return absl::InternalError(
        absl::StrCat("no self-signed certificate could be made: ", TakeOpenSslError()));
  }
  return PemPair{Contents(certificate_pem.get()), Contents(key_pem.get())};
}

}  // namespace tacho::adapter
