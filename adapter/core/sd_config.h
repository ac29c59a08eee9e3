// Where targets come from: static_configs, target files and HTTP endpoints, as
// scrape_configs names them.
//
// Threads     Plain values.
#ifndef TACHO_ADAPTER_CORE_SD_CONFIG_H_
#define TACHO_ADAPTER_CORE_SD_CONFIG_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapter/core/http_client_config.h"
#include "adapter/core/http_url.h"
#include "adapter/core/yaml.h"

namespace tacho::adapter {

// Addresses that share labels: an entry of static_configs, of a target file or of a
// discovery service's reply.
struct TargetGroup {
  std::vector<std::string> targets;           // host:port
  std::map<std::string, std::string> labels;  // may hold __meta_... and __param_...
  friend bool operator==(const TargetGroup&, const TargetGroup&) = default;
};

struct FileSdConfig {
  std::vector<std::string> files;  // the last path component may hold * ? [...]
  absl::Duration refresh_interval = absl::Minutes(5);
};

struct HttpSdConfig {
  std::string url_text;  // for messages and the label __meta_url
  HttpUrl url;
  absl::Duration refresh_interval = absl::Minutes(1);
  HttpClientConfig http;
};

//   kInvalidArgument    "file:line:column: what is wrong"
[[nodiscard]] absl::StatusOr<TargetGroup> ReadTargetGroup(const YamlValue& value);
[[nodiscard]] absl::StatusOr<FileSdConfig> ReadFileSd(const YamlValue& value);
[[nodiscard]] absl::StatusOr<HttpSdConfig> ReadHttpSd(const YamlValue& value);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_SD_CONFIG_H_
