// ScrapeConfig: what to scrape, in Prometheus' own YAML. Keys that tacho does not
// know are refused by name, with file, line and column: an ignored relabelling
// rule would mean other series than the file says.
//
// Units       Durations as Prometheus writes them ("1m30s"); sizes as "10MB", which
//             is 10 x 2^20 bytes there and here.
// Differs     honor_timestamps is false unless the file says otherwise, because a
//             target's wrong clock must not decide what the HPA believes.
// Threads     Plain values.
#ifndef TACHO_ADAPTER_CORE_SCRAPE_CONFIG_H_
#define TACHO_ADAPTER_CORE_SCRAPE_CONFIG_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapter/core/yaml.h"

namespace tacho::adapter {

// Addresses that share labels: an entry of static_configs or of a target file.
struct TargetGroup {
  std::vector<std::string> targets;           // host:port
  std::map<std::string, std::string> labels;  // may hold __meta_... and __param_...
};

struct FileSdConfig {
  std::vector<std::string> files;  // the last path component may hold * ? [...]
  absl::Duration refresh_interval = absl::Minutes(5);
};

struct ScrapeJob {
  std::string job_name;
  absl::Duration scrape_interval = absl::Minutes(1);
  absl::Duration scrape_timeout = absl::Seconds(10);
  std::string metrics_path = "/metrics";
  std::string scheme = "http";
  std::map<std::string, std::vector<std::string>> params;
  bool honor_labels = false;
  bool honor_timestamps = false;
  uint32_t sample_limit = 0;   // 0: only the database's own limit
  size_t body_size_limit = 0;  // 0: only the database's own limit
  std::vector<TargetGroup> static_configs;
  std::vector<FileSdConfig> file_sd_configs;
};

struct ScrapeConfig {
  std::vector<ScrapeJob> jobs;
};

// `file_name` is for messages only.
//   kInvalidArgument    "file:line:column: what is wrong"; the file needs mending
//   kResourceExhausted  larger or deeper than YamlLimits
[[nodiscard]] absl::StatusOr<ScrapeConfig> ParseScrapeConfig(std::string_view file_name,
                                                             std::string_view bytes);

// One target group of YAML; also an entry of a target file.
[[nodiscard]] absl::StatusOr<TargetGroup> ReadTargetGroup(const YamlValue& value);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_SCRAPE_CONFIG_H_
