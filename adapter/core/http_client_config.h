// HttpClientConfig: how a job or a discovery service is spoken to: who tacho says it is,
// and whom it trusts. The keys are those of Prometheus' scrape_configs and
// http_sd_configs.
//
// Files       Named here, read by the client each time they are needed, so that a
//             rotated secret is used at once.
// Secrets     No message quotes a password, token or key.
// Threads     Plain values.
#ifndef TACHO_ADAPTER_CORE_HTTP_CLIENT_CONFIG_H_
#define TACHO_ADAPTER_CORE_HTTP_CLIENT_CONFIG_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "adapter/core/yaml_fields.h"

namespace tacho::adapter {

// A text that is in the configuration or in a file of its own. At most one is set.
struct SecretText {
  std::string inline_text;
  std::string file;
  [[nodiscard]] bool empty() const { return inline_text.empty() && file.empty(); }
};

// The Authorization header: "Basic base64(user:secret)", or "<scheme> <secret>".
struct HttpCredentials {
  bool basic = false;
  std::string scheme = "Bearer";  // of authorization
  SecretText user;                // of basic_auth
  SecretText secret;
};

enum class TlsVersion : uint8_t { kTls12, kTls13 };

// All PEM.
struct TlsClientConfig {
  SecretText ca;  // empty: the system's
  SecretText cert;
  SecretText key;
  std::string server_name;  // for SNI and the certificate's name; empty: the host
  bool insecure_skip_verify = false;
  TlsVersion min_version = TlsVersion::kTls12;
};

struct HttpClientConfig {
  std::optional<HttpCredentials> credentials;
  TlsClientConfig tls;
  bool follow_redirects = true;
};

// The keys that ReadHttpClient reads; the mapping that holds them may have more.
inline constexpr std::array<std::string_view, 8> kHttpClientKeys = {
    "basic_auth", "authorization",    "bearer_token", "bearer_token_file",
    "tls_config", "follow_redirects", "enable_http2", "proxy_from_environment"};

// Reads them out of `mapping`.
//   kInvalidArgument    "file:line:column: what is wrong": two ways to authenticate, half
//                       a key pair, or a value that tacho has no use for
[[nodiscard]] absl::Status ReadHttpClient(const YamlValue& mapping, HttpClientConfig* out);

// Calls edit with the name of each file, to make it absolute.
void ForEachFile(HttpClientConfig* config, const std::function<void(std::string*)>& edit);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_HTTP_CLIENT_CONFIG_H_
