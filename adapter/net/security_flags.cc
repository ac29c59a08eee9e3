#include "adapter/net/security_flags.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/authorizer.h"
#include "adapter/net/asio.h"

namespace tacho::adapter {
namespace {

// A flag that, given, means: serve TLS.
FlagSet::Setter TurnsOnTls(AdapterOptions* options, FlagSet::Setter setter) {
  return [options, setter = std::move(setter)](std::string_view text) {
    options->serve_tls = true;
    return setter(text);
  };
}

FlagSet::Setter Text(AdapterOptions* options, std::string* value) {
  return TurnsOnTls(options, [value](std::string_view text) {
    *value = text;
    return absl::OkStatus();
  });
}

FlagSet::Setter Port(AdapterOptions* options) {
  return TurnsOnTls(options, [options](std::string_view text) {
    const std::optional<uint64_t> port = ParseDigits(text);
    if (!port.has_value() || *port > 65535) return absl::InvalidArgumentError("a port");
    options->secure_port = static_cast<uint16_t>(*port);
    return absl::OkStatus();
  });
}

absl::Status SetMinVersion(std::string_view text, TlsOptions* tls) {
  const absl::StatusOr<int> version = ParseTlsVersion(text);
  if (version.ok()) tls->min_version = *version;
  return version.status();
}

absl::Status SetSuites(std::string_view text, AdapterOptions* options) {
  absl::StatusOr<CipherSuites> suites = ParseCipherSuites(text);
  if (!suites.ok()) return suites.status();
  options->front_door.tls.suites = std::move(suites->suites);
  options->refused_suites = std::move(suites->refused);
  return absl::OkStatus();
}

void AddTls(AdapterOptions* o, FlagSet* f) {
  FrontDoorOptions* d = &o->front_door;
  f->Group(
      "Serving over TLS (on as soon as one of these is given, down to --token-auth-file; then "
      "--listen serves only if it is given too)");
  f->AddCustom("secure-port", "PORT", "6443", "the port to serve HTTPS on; 0 takes any free one",
               Port(o));
  f->AddCustom("bind-address", "ADDRESS", d->bind_address,
               "the address to serve HTTPS on, numeric; 0.0.0.0 and :: are all",
               Text(o, &d->bind_address));
  f->AddCustom("tls-cert-file", "FILE", "",
               "the certificate in PEM, followed by what leads to its CA; read again when it "
               "changes. Without one: self-signed",
               Text(o, &d->certificate_file));
  f->AddCustom("tls-private-key-file", "FILE", "", "the certificate's key in PEM",
               Text(o, &d->key_file));
  f->AddCustom("cert-dir", "FOLDER", "",
               "where a self-signed certificate is kept, as apiserver.crt and apiserver.key; "
               "without it, in memory",
               Text(o, &d->cert_dir));
  f->AddCustom("tls-min-version", "VERSION", "VersionTLS12", "VersionTLS12 or VersionTLS13",
               [d](std::string_view text) { return SetMinVersion(text, &d->tls); });
  f->AddCustom("tls-cipher-suites", "NAME,...", "",
               "the suites of TLS 1.2 to offer, by IANA's names; only those with ECDHE and an "
               "AEAD are, and all of them by default. TLS 1.3 chooses its own",
               [o](std::string_view text) { return SetSuites(text, o); });
}

void AddIdentity(AdapterOptions* o, FlagSet* f) {
  FrontDoorOptions* d = &o->front_door;
  FrontProxyOptions* p = &d->front_proxy;
  f->Group("Who asks (docs/security.md)");
  f->AddCustom("requestheader-client-ca-file", "FILE", "",
               "the CA of the front proxy, Kubernetes' API server. Only a connection with its "
               "certificate may name users in headers",
               Text(o, &d->requestheader_ca_file));
  f->AddList("requestheader-allowed-names",
             "common names that its certificate may have; empty: any that the CA vouches for",
             &p->allowed_names);
  f->AddList("requestheader-username-headers", "headers that hold the user", &p->username_headers);
  f->AddList("requestheader-uid-headers", "headers that hold the user's UID; ignored unless named",
             &p->uid_headers);
  f->AddList("requestheader-group-headers", "headers that hold the groups", &p->group_headers);
  f->AddList("requestheader-extra-headers-prefix", "what headers with extra attributes begin with",
             &p->extra_prefixes);
  f->AddCustom("client-ca-file", "FILE", "",
               "the CA of clients' own certificates: the common name is the user, organizations "
               "are groups",
               Text(o, &d->client_ca_file));
  f->AddCustom("token-auth-file", "FILE", "",
               "bearer tokens for people: token,user,uid,\"group1,group2\" a line",
               Text(o, &d->token_file));
  f->AddList("authorization-always-allow-paths",
             "paths that everybody may ask for; add /metrics for a Prometheus without credentials",
             &o->always_allow_paths);
  f->Add("front-door-poll", "how often certificates, CAs and tokens are looked at",
         &o->front_door_poll);
}

}  // namespace

void AddSecurityFlags(AdapterOptions* options, FlagSet* flags) {
  AddTls(options, flags);
  AddIdentity(options, flags);
}

void AddFlagsWithoutEffect(AdapterOptions* options, FlagSet* flags) {
  for (const char* name : {"v",
                           "vmodule",
                           "log-backtrace-at",
                           "log-dir",
                           "log-file",
                           "log-file-max-size",
                           "log-flush-frequency",
                           "stderrthreshold",
                           "logging-format",
                           "lister-kubeconfig",
                           "kubeconfig",
                           "authentication-kubeconfig",
                           "authentication-token-webhook-cache-ttl",
                           "authorization-kubeconfig",
                           "authorization-webhook-cache-authorized-ttl",
                           "authorization-webhook-cache-unauthorized-ttl",
                           "audit-log-path",
                           "audit-log-maxage",
                           "audit-log-maxbackup",
                           "audit-log-maxsize",
                           "audit-log-format",
                           "audit-log-mode",
                           "audit-log-version",
                           "audit-log-batch-buffer-size",
                           "audit-log-batch-max-size",
                           "audit-log-batch-max-wait",
                           "audit-log-batch-throttle-burst",
                           "audit-log-batch-throttle-qps",
                           "audit-log-truncate-max-batch-size",
                           "audit-log-truncate-max-event-size",
                           "audit-policy-file",
                           "audit-webhook-config-file",
                           "audit-webhook-mode",
                           "audit-webhook-version",
                           "audit-webhook-batch-buffer-size",
                           "audit-webhook-batch-initial-backoff",
                           "audit-webhook-batch-max-size",
                           "audit-webhook-batch-max-wait",
                           "audit-webhook-batch-throttle-burst",
                           "audit-webhook-batch-throttle-qps",
                           "audit-webhook-initial-backoff",
                           "audit-webhook-truncate-max-batch-size",
                           "audit-webhook-truncate-max-event-size",
                           "http2-max-streams-per-connection",
                           "feature-gates",
                           "discovery-interval",
                           "client-qps",
                           "client-burst",
                           "debug-socket-path",
                           "tls-sni-cert-key"}) {
    flags->AddWithoutEffect(name, /*is_switch=*/false, &options->flags_without_effect);
  }
  for (const char* name :
       {"logtostderr", "alsologtostderr", "one-output", "add-dir-header", "skip-headers",
        "skip-log-headers", "disable-http2", "profiling", "contention-profiling",
        "authentication-skip-lookup", "authentication-tolerate-lookup-failure",
        "permit-port-sharing", "permit-address-sharing", "enable-priority-and-fairness",
        "audit-log-compress", "audit-log-batch-throttle-enable", "audit-log-truncate-enabled",
        "audit-webhook-batch-throttle-enable", "audit-webhook-truncate-enabled"}) {
    flags->AddWithoutEffect(name, /*is_switch=*/true, &options->flags_without_effect);
  }
}

absl::Status CheckSecurity(const AdapterOptions& options) {
  if (!options.serve_tls) return absl::OkStatus();
  ErrorCode not_numeric;
  asio::ip::make_address(options.front_door.bind_address, not_numeric);
  if (not_numeric) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--bind-address: ", options.front_door.bind_address, " is not a numeric address"));
  }
  const absl::Status paths = AlwaysAllowedPaths::Check(options.always_allow_paths);
  if (paths.ok()) return paths;
  return absl::InvalidArgumentError(
      absl::StrCat("--authorization-always-allow-paths: ", paths.message()));
}

}  // namespace tacho::adapter
