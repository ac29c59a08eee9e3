#include <optional>
#include <utility>

#include "adapter/net/front_door.h"

namespace tacho::adapter {
namespace {

constexpr std::chrono::seconds kFindingKept{60};

// kNotFound throughout: no such credentials were offered.
absl::Status NotOffered() { return absl::NotFoundError("not offered"); }

const absl::StatusOr<ClientSubject>& Look(const std::shared_ptr<const ClientTrust>& trust,
                                          X509* certificate, SSL* tls, TlsPeer::Finding* finding) {
  const auto now = std::chrono::steady_clock::now();
  if (finding->trust != trust || now - finding->at > kFindingKept) {
    *finding = {trust, now, trust->Verify(certificate, SSL_get_peer_cert_chain(tls))};
  }
  return finding->subject;
}

// "Bearer x" is x; nothing for another scheme.
std::optional<std::string_view> BearerToken(std::string_view value) {
  constexpr std::string_view kScheme = "bearer ";
  if (value.size() <= kScheme.size() ||
      !EqualsIgnoreCase(value.substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  return value.substr(kScheme.size());
}

}  // namespace

absl::StatusOr<Identity> FrontDoor::AsFrontProxy(const HttpFields& fields, const Material& now,
                                                 TlsPeer* peer) const {
  X509* certificate = SSL_get0_peer_certificate(peer->tls);
  if (now.front_proxies == nullptr || certificate == nullptr ||
      !NamesUser(options_.front_proxy, fields)) {
    return NotOffered();
  }
  const absl::StatusOr<ClientSubject>& proxy =
      Look(now.front_proxies, certificate, peer->tls, &peer->as_front_proxy);
  if (!proxy.ok()) return proxy.status();
  if (!IsAllowedName(options_.front_proxy, proxy->common_name)) {
    return absl::UnauthenticatedError("the certificate's name is not that of the front proxy");
  }
  return ReadFrontProxyIdentity(options_.front_proxy, fields);
}

absl::StatusOr<Identity> FrontDoor::AsClient(const Material& now, TlsPeer* peer) const {
  X509* certificate = SSL_get0_peer_certificate(peer->tls);
  if (now.clients == nullptr || certificate == nullptr) return NotOffered();
  const absl::StatusOr<ClientSubject>& subject =
      Look(now.clients, certificate, peer->tls, &peer->as_client);
  if (!subject.ok()) return subject.status();
  if (subject->common_name.empty()) return absl::UnauthenticatedError("no common name");
  Identity out;
  out.source = IdentitySource::kClientCertificate;
  out.user = subject->common_name;
  out.groups = subject->organizations;
  out.groups.emplace_back(kAuthenticatedGroup);
  return out;
}

absl::StatusOr<Identity> FrontDoor::AsToken(const HttpFields& fields, const Material& now) const {
  const size_t offered = fields.Count("authorization");
  if (offered == 0) return NotOffered();
  const std::optional<std::string_view> token = BearerToken(fields.Get("authorization"));
  const TokenFile::User* user = offered == 1 && token.has_value() && now.tokens != nullptr
                                    ? now.tokens->Find(*token)
                                    : nullptr;
  if (user == nullptr) return absl::UnauthenticatedError("nobody has this token");
  Identity out;
  out.source = IdentitySource::kToken;
  out.user = user->name;
  out.uid = user->uid;
  out.groups = user->groups;
  out.groups.emplace_back(kAuthenticatedGroup);
  return out;
}

Identity FrontDoor::Authenticate(const HttpFields& fields, TlsPeer* peer) const {
  std::shared_ptr<const Material> now;
  {
    const MutexLock lock(mutex_);
    now = material_;
  }
  Identity out;
  absl::StatusOr<Identity> tried = AsFrontProxy(fields, *now, peer);
  bool refused = absl::IsUnauthenticated(tried.status());
  if (!tried.ok()) {
    tried = AsClient(*now, peer);
    refused |= absl::IsUnauthenticated(tried.status());
  }
  if (!tried.ok()) {
    tried = AsToken(fields, *now);
    refused |= absl::IsUnauthenticated(tried.status());
  }
  if (tried.ok()) out = *std::move(tried);
  if (!tried.ok() && refused) out.source = IdentitySource::kRefused;
  Add(&stats_->identities[static_cast<size_t>(out.source)]);
  return out;
}

}  // namespace tacho::adapter
