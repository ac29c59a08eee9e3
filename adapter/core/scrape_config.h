// ScrapeConfig: what to scrape, in Prometheus' own YAML; docs/scrape-config.md lists the
// keys. One that tacho does not know, or does not do, is refused by name, with file,
// line and column: an ignored relabelling rule would mean other series than the file
// says.
//
// Units       Durations as Prometheus writes them ("1m30s"); sizes as "10MB", which
//             is 10 x 2^20 bytes there and here.
// Differs     honor_timestamps is false unless the file says otherwise, because a
//             target's wrong clock must not decide what the HPA believes. A body
//             whose Content-Type says nothing is read as text, unless
//             fallback_scrape_protocol says otherwise; Prometheus 3 refuses it.
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
#include "adapter/core/http_client_config.h"
#include "adapter/core/relabel.h"
#include "adapter/core/scrape_protocols.h"
#include "adapter/core/sd_config.h"

namespace tacho::adapter {

// What one scrape, or one job, may bring. 0: only the database's own limit, or none.
struct ScrapeLimits {
  uint32_t sample_limit = 0;   // after metric relabelling
  size_t body_size_limit = 0;  // decompressed
  uint32_t label_limit = 0;
  uint32_t label_name_length_limit = 0;
  uint32_t label_value_length_limit = 0;
  uint32_t target_limit = 0;  // of the job, after relabelling; one more fails them all
};

struct ScrapeJob {
  std::string job_name;
  absl::Duration scrape_interval = absl::Minutes(1);
  absl::Duration scrape_timeout = absl::Seconds(10);
  std::string metrics_path = "/metrics";
  std::string scheme = "http";
  std::map<std::string, std::vector<std::string>> params;
  HttpClientConfig http;
  bool honor_labels = false;
  bool honor_timestamps = false;
  bool enable_compression = true;
  ScrapeProtocols protocols;
  ScrapeLimits limits;
  RelabelRules relabel_rules;
  RelabelRules metric_relabel_rules;
  std::vector<TargetGroup> static_configs;
  std::vector<FileSdConfig> file_sd_configs;
  std::vector<HttpSdConfig> http_sd_configs;
};

struct ScrapeConfig {
  std::vector<ScrapeJob> jobs;
};

// `file_name` is for messages only.
//   kInvalidArgument    "file:line:column: what is wrong"; the file needs mending
//   kResourceExhausted  larger or deeper than YamlLimits
[[nodiscard]] absl::StatusOr<ScrapeConfig> ParseScrapeConfig(std::string_view file_name,
                                                             std::string_view bytes);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_SCRAPE_CONFIG_H_
