#include "adapter/net/front_door.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/config_file.h"
#include "adapter/net/self_signed.h"

namespace tacho::adapter {
namespace {

absl::Status In(const std::string& path, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
}

absl::StatusOr<std::shared_ptr<const ClientTrust>> LoadTrust(const std::string& path) {
  const absl::StatusOr<std::string> pem = ReadConfigFile(path);
  if (!pem.ok()) return pem.status();
  absl::StatusOr<std::shared_ptr<const ClientTrust>> trust = ClientTrust::FromPem(*pem);
  if (!trust.ok()) return In(path, trust.status());
  return trust;
}

std::vector<X509*> CertificatesOf(const std::shared_ptr<const ClientTrust>& trust) {
  return trust == nullptr ? std::vector<X509*>() : trust->certificates();
}

}  // namespace

FrontDoor::FrontDoor(const FrontDoorOptions& options, FrontDoorStats* stats, Logger* log)
    : options_(options), stats_(stats), log_(log) {
  const auto set = [&](FrontDoorPart which, std::vector<std::string> paths, auto load) {
    std::erase(paths, "");
    parts_[static_cast<size_t>(which)] = {std::move(paths), load, {}, {}};
  };
  set(FrontDoorPart::kCertificate, {options_.certificate_file, options_.key_file},
      &FrontDoor::LoadPair);
  set(FrontDoorPart::kClientCa, {options_.client_ca_file}, &FrontDoor::LoadClientCa);
  set(FrontDoorPart::kRequestheaderCa, {options_.requestheader_ca_file},
      &FrontDoor::LoadRequestheaderCa);
  set(FrontDoorPart::kTokens, {options_.token_file}, &FrontDoor::LoadTokens);
}

absl::StatusOr<std::unique_ptr<FrontDoor>> FrontDoor::Open(const FrontDoorOptions& options,
                                                           FrontDoorStats* stats, Logger* log) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError(
        "--tls-cert-file and --tls-private-key-file go together; one of them is missing");
  }
  if (absl::Status status = CheckHeaderNames(options.front_proxy); !status.ok()) return status;
  std::unique_ptr<FrontDoor> door(new FrontDoor(options, stats, log));
  Material material;
  if (options.certificate_file.empty()) {
    absl::StatusOr<PemPair> pair = LoadOrMakeSelfSigned(options.cert_dir, options.bind_address);
    if (!pair.ok()) return pair.status();
    material.pair = *std::move(pair);
  }
  for (Part& part : door->parts_) {
    if (absl::Status status = door->LoadPart(&part, &material); !status.ok()) return status;
  }
  if (absl::Status status = door->Publish(material); !status.ok()) {
    return In(options.certificate_file.empty() ? "--cert-dir" : options.certificate_file, status);
  }
  if (options.client_ca_file.empty() && options.requestheader_ca_file.empty() &&
      options.token_file.empty()) {
    log->Warn("nobody can prove who they are: only the paths that are always allowed are answered",
              {{"flags", "--requestheader-client-ca-file --client-ca-file --token-auth-file"}});
  }
  if (!options.requestheader_ca_file.empty() && options.front_proxy.allowed_names.empty()) {
    log->Warn("any certificate under the requestheader CA may name any user; restrict it",
              {{"flag", "--requestheader-allowed-names"}});
  }
  return door;
}

absl::Status FrontDoor::LoadPair(Material* out) const {
  absl::StatusOr<std::string> certificates = ReadConfigFile(options_.certificate_file);
  if (!certificates.ok()) return certificates.status();
  absl::StatusOr<std::string> key = ReadConfigFile(options_.key_file);
  if (!key.ok()) return key.status();
  out->pair = {*std::move(certificates), *std::move(key)};
  return In(options_.certificate_file, MakeServerContext(options_.tls, out->pair, {}).status());
}

absl::Status FrontDoor::LoadClientCa(Material* out) const {
  absl::StatusOr<std::shared_ptr<const ClientTrust>> trust = LoadTrust(options_.client_ca_file);
  if (!trust.ok()) return trust.status();
  out->clients = *std::move(trust);
  return CheckOverlap(*out);
}

absl::Status FrontDoor::LoadRequestheaderCa(Material* out) const {
  absl::StatusOr<std::shared_ptr<const ClientTrust>> trust =
      LoadTrust(options_.requestheader_ca_file);
  if (!trust.ok()) return trust.status();
  out->front_proxies = *std::move(trust);
  return CheckOverlap(*out);
}

absl::Status FrontDoor::LoadTokens(Material* out) const {
  const absl::StatusOr<std::string> text = ReadConfigFile(options_.token_file);
  if (!text.ok()) return text.status();
  absl::StatusOr<std::shared_ptr<const TokenFile>> tokens =
      TokenFile::Parse(options_.token_file, *text);
  if (!tokens.ok()) return tokens.status();
  out->tokens = *std::move(tokens);
  return absl::OkStatus();
}

// With one CA for both and no name required, any user's certificate could name any
// other user.
absl::Status FrontDoor::CheckOverlap(const Material& material) const {
  if (material.clients == nullptr || material.front_proxies == nullptr ||
      !options_.front_proxy.allowed_names.empty() ||
      !material.clients->Shares(*material.front_proxies)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "--client-ca-file and --requestheader-client-ca-file share a CA, and "
      "--requestheader-allowed-names is empty: every user could speak as any other. Name the "
      "front proxy's common name, such as front-proxy-client, or give it a CA of its own");
}

absl::StatusOr<SslContextPtr> FrontDoor::MakeContext(const Material& material) const {
  std::vector<X509*> cas = CertificatesOf(material.clients);
  const std::vector<X509*> proxies = CertificatesOf(material.front_proxies);
  cas.insert(cas.end(), proxies.begin(), proxies.end());
  return MakeServerContext(options_.tls, material.pair, cas);
}

absl::Status FrontDoor::LoadPart(Part* part, Material* material) {
  if (part->paths.empty()) return absl::OkStatus();
  part->stamps.clear();  // before reading: what is written meanwhile is read next time
  for (const std::string& path : part->paths) part->stamps.push_back(StampOf(path));
  Material loaded = *material;
  const absl::Status status = (this->*part->load)(&loaded);
  if (status.ok()) *material = std::move(loaded);
  return status;
}

absl::Status FrontDoor::Publish(const Material& material) {
  absl::StatusOr<SslContextPtr> context = MakeContext(material);
  if (!context.ok()) return context.status();
  stats_->certificate_expiry = static_cast<uint64_t>(ExpiryOf(material.pair));
  auto shared = std::make_shared<const Material>(material);
  const MutexLock lock(mutex_);
  material_.swap(shared);
  context_.swap(*context);
  return absl::OkStatus();
}

// True if something new was read.
bool FrontDoor::PollPart(FrontDoorPart which, Material* material) {
  Part& part = parts_[static_cast<size_t>(which)];
  std::vector<FileStamp> stamps;
  for (const std::string& path : part.paths) stamps.push_back(StampOf(path));
  // After a failure again and again: a pair may have been caught between its two files.
  if (stamps == part.stamps && part.error.empty()) return false;
  const absl::Status status = LoadPart(&part, material);
  const std::string_view name = FrontDoorPartName(which);
  if (status.ok()) {
    part.error.clear();
    Add(&stats_->reloads[static_cast<size_t>(which)]);
    log_->Info("reloaded", {{"what", name}});
    return true;
  }
  std::string error(status.message());
  if (error != part.error) {
    Add(&stats_->failed_reloads[static_cast<size_t>(which)]);
    log_->Error("not reloaded; what was read before stays", {{"what", name}, {"err", error}});
    part.error = std::move(error);
  }
  return false;
}

void FrontDoor::Poll() {
  Material material;
  {
    const MutexLock lock(mutex_);
    material = *material_;
  }
  bool changed = false;
  for (size_t i = 0; i < kFrontDoorPartCount; ++i) {
    changed |= PollPart(static_cast<FrontDoorPart>(i), &material);
  }
  if (!changed) return;
  if (const absl::Status status = Publish(material); !status.ok()) {
    log_->Error("not reloaded; what was read before stays", {{"err", status.ToString()}});
  }
}

SslPtr FrontDoor::NewSession() const {
  const MutexLock lock(mutex_);
  return SslPtr(SSL_new(context_.get()));
}

}  // namespace tacho::adapter
