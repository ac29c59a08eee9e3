// SelfMetrics: the adapter's own /metrics.
//
// Cost        About 100 series; a listing of /proc/self/fd.
// Limits      The number of series depends on the rules, not on what clients or targets
//             send.
#ifndef TACHO_ADAPTER_NET_SELF_METRICS_H_
#define TACHO_ADAPTER_NET_SELF_METRICS_H_

#include <cstdint>
#include <map>
#include <string>

#include "adapter/core/rule_store.h"
#include "adapter/net/scrape_stats.h"
#include "adapter/net/server_stats.h"
#include "adapter/net/upstream_client.h"
#include "tacho/database.h"

namespace tacho::adapter {

struct ProcessInfo {
  uint64_t resident_bytes = 0;
  double cpu_seconds = 0;
  double start_time_seconds = 0;  // Unix; the caller's to set
  uint64_t open_fds = 0;
};
// As /proc says; zeros where it is not mounted.
[[nodiscard]] ProcessInfo ReadProcessInfo();

struct SelfMetrics {
  DatabaseStats database;
  const ScrapeStats* scrape = nullptr;
  const ServerStats* server = nullptr;
  std::map<std::string, RuleAnswers> answers;  // by rule
  ProcessInfo process;
  uint64_t targets = 0;  // discovered
  RuleState rules;
  uint64_t held_values = 0;
  uint64_t held_values_refused = 0;
  const UpstreamStats* upstream = nullptr;  // null: rules are evaluated here
  uint64_t log_lines = 0;
  uint64_t log_lines_suppressed = 0;
};

// Prometheus text format 0.0.4.
[[nodiscard]] std::string RenderSelfMetrics(const SelfMetrics& metrics);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_SELF_METRICS_H_
