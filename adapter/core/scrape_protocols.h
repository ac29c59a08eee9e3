// ScrapeProtocols: which formats a target is asked for, in which order, and what the
// format of its reply is taken to be.
//
// Threads     Plain values and pure functions.
#ifndef TACHO_ADAPTER_CORE_SCRAPE_PROTOCOLS_H_
#define TACHO_ADAPTER_CORE_SCRAPE_PROTOCOLS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/core/yaml_fields.h"
#include "tacho/exposition.h"

namespace tacho::adapter {

enum class ScrapeProtocol : uint8_t {
  kOpenMetrics1,  // OpenMetricsText1.0.0
  kOpenMetrics0,  // OpenMetricsText0.0.1
  kText1,         // PrometheusText1.0.0
  kText0,         // PrometheusText0.0.4
};

struct ScrapeProtocols {
  // In order of preference.
  std::vector<ScrapeProtocol> offered = {ScrapeProtocol::kOpenMetrics1,
                                         ScrapeProtocol::kOpenMetrics0, ScrapeProtocol::kText0};
  // metric_name_escaping_scheme, a parameter of the newer formats; empty: not sent.
  std::string escaping;
  // Of a reply whose Content-Type is missing or names no format that tacho reads.
  Exposition fallback = Exposition::kText;

  // The Accept header's value.
  [[nodiscard]] std::string Accept() const;
  [[nodiscard]] Exposition FormatOf(std::string_view content_type) const;
};

// scrape_protocols. PrometheusProto may be in the list and is not offered: targets that
// speak it speak text, too.
//   kInvalidArgument    an unknown or repeated name, or nothing that tacho reads
[[nodiscard]] absl::Status ReadScrapeProtocols(const YamlValue& value,
                                               std::vector<ScrapeProtocol>* out);
// fallback_scrape_protocol.
[[nodiscard]] absl::Status ReadFallbackProtocol(const YamlValue& value, Exposition* out);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_SCRAPE_PROTOCOLS_H_
