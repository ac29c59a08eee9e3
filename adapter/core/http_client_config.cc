#include "adapter/core/http_client_config.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

constexpr std::array<std::string_view, 4> kBasicKeys = {"username", "username_file", "password",
                                                        "password_file"};
constexpr std::array<std::string_view, 3> kAuthorizationKeys = {"type", "credentials",
                                                                "credentials_file"};
constexpr std::array<std::string_view, 10> kTlsKeys = {
    "ca",          "ca_file",    "cert",        "cert_file",
    "key",         "key_file",   "server_name", "insecure_skip_verify",
    "min_version", "max_version"};

// A secret of which the text is under `key` and the file's name under key_file.
void ReadSecret(YamlFields* fields, const YamlValue& mapping, std::string_view key,
                SecretText* out) {
  const std::string file_key = absl::StrCat(Abs(key), "_file");
  fields->Read(key, &out->inline_text);
  fields->ReadWith(file_key, [&](const YamlValue& value) {
    out->file = value.text();
    if (!out->inline_text.empty()) {
      return mapping.Error(
          absl::StrCat("at most one of ", Abs(key), " & ", file_key, " must be configured"));
    }
    return value.ExpectScalar(file_key);
  });
}

bool IsTokenCharacter(char c) {
  return IsAlnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

absl::Status ReadBasicAuth(const YamlValue& value, HttpCredentials* out) {
  YamlFields fields(value, "basic_auth", kBasicKeys);
  out->basic = true;
  ReadSecret(&fields, value, "username", &out->user);
  ReadSecret(&fields, value, "password", &out->secret);
  if (fields.status().ok() && out->user.inline_text.find(':') != std::string::npos) {
    return value.Error("a username of basic_auth cannot hold a colon");
  }
  return fields.status();
}

absl::Status ReadAuthorization(const YamlValue& value, HttpCredentials* out) {
  YamlFields fields(value, "authorization", kAuthorizationKeys);
  fields.Read("type", &out->scheme);
  ReadSecret(&fields, value, "credentials", &out->secret);
  if (!fields.status().ok()) return fields.status();
  out->scheme = Std(absl::StripAsciiWhitespace(out->scheme));
  if (out->scheme.empty()) out->scheme = HttpCredentials().scheme;
  if (Lowercase(out->scheme) == "basic") {
    return value.Error("authorization type cannot be set to \"basic\", use \"basic_auth\" instead");
  }
  if (!std::ranges::all_of(out->scheme, IsTokenCharacter)) {
    return value.Error(absl::StrCat("authorization type ", Quoted(out->scheme), " is no token"));
  }
  return absl::OkStatus();
}

absl::Status ReadTlsVersion(const YamlValue& value, TlsVersion* out) {
  if (value.text() == "TLS12") {
    *out = TlsVersion::kTls12;
  } else if (value.text() == "TLS13") {
    *out = TlsVersion::kTls13;
  } else {
    return value.Error(absl::StrCat("unsupported TLS version: ", value.Describe(),
                                    "; TLS12 and TLS13 are what tacho speaks"));
  }
  return absl::OkStatus();
}

absl::Status ReadTls(const YamlValue& value, TlsClientConfig* out) {
  YamlFields fields(value, "tls_config", kTlsKeys);
  ReadSecret(&fields, value, "ca", &out->ca);
  ReadSecret(&fields, value, "cert", &out->cert);
  ReadSecret(&fields, value, "key", &out->key);
  fields.Read("server_name", &out->server_name);
  fields.Read("insecure_skip_verify", &out->insecure_skip_verify);
  fields.ReadWith("min_version",
                  [&](const YamlValue& v) { return ReadTlsVersion(v, &out->min_version); });
  fields.ReadWith("max_version", [&](const YamlValue& v) {
    TlsVersion max = TlsVersion::kTls13;
    if (absl::Status status = ReadTlsVersion(v, &max); !status.ok()) return status;
    return max == TlsVersion::kTls13
               ? absl::OkStatus()
               : v.Error("max_version below TLS13 is not supported; leave it out");
  });
  if (!fields.status().ok()) return fields.status();
  if (out->key.empty() != out->cert.empty()) {
    return value.Error(absl::StrCat("exactly one of ", out->cert.empty() ? "cert" : "key", " or ",
                                    out->cert.empty() ? "cert_file" : "key_file",
                                    " must be configured when a client ",
                                    out->cert.empty() ? "key" : "certificate", " is used"));
  }
  return absl::OkStatus();
}

// The three ways to authenticate; a file may use one.
absl::Status ReadCredentials(const YamlValue& mapping, YamlFields* fields, HttpClientConfig* out) {
  HttpCredentials legacy;
  ReadSecret(fields, mapping, "bearer_token", &legacy.secret);
  if (!legacy.secret.empty()) out->credentials = legacy;
  const auto alone = [&](const YamlValue& value) {
    return out->credentials.has_value()
               ? value.Error(
                     "at most one of basic_auth, authorization, bearer_token & "
                     "bearer_token_file must be configured")
               : absl::OkStatus();
  };
  fields->ReadWith("authorization", [&](const YamlValue& value) {
    if (absl::Status status = alone(value); !status.ok()) return status;
    return ReadAuthorization(value, &out->credentials.emplace());
  });
  fields->ReadWith("basic_auth", [&](const YamlValue& value) {
    if (absl::Status status = alone(value); !status.ok()) return status;
    return ReadBasicAuth(value, &out->credentials.emplace());
  });
  return fields->status();
}

std::vector<std::string_view> AllKeys(const YamlValue& mapping) {
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : mapping.Entries()) keys.push_back(key.text());
  return keys;
}

}  // namespace

absl::Status ReadHttpClient(const YamlValue& mapping, HttpClientConfig* out) {
  // Whoever has the mapping has refused its unknown keys.
  const std::vector<std::string_view> keys = AllKeys(mapping);
  YamlFields fields(mapping, "an HTTP client", keys);
  if (absl::Status status = ReadCredentials(mapping, &fields, out); !status.ok()) return status;
  fields.ReadWith("tls_config", [&](const YamlValue& v) { return ReadTls(v, &out->tls); });
  fields.Read("follow_redirects", &out->follow_redirects);
  bool ignored = false;  // tacho speaks HTTP/1.1, which every target does
  fields.Read("enable_http2", &ignored);
  bool proxy = false;
  fields.Read("proxy_from_environment", &proxy);
  if (proxy) return mapping.Error("proxy_from_environment is not supported: tacho uses no proxy");
  return fields.status();
}

void ForEachFile(HttpClientConfig* config, const std::function<void(std::string*)>& edit) {
  std::vector<SecretText*> texts = {&config->tls.ca, &config->tls.cert, &config->tls.key};
  if (config->credentials.has_value()) {
    texts.push_back(&config->credentials->user);
    texts.push_back(&config->credentials->secret);
  }
  for (SecretText* text : texts) {
    if (!text->file.empty()) edit(&text->file);
  }
}

}  // namespace tacho::adapter
