// What Prometheus' HTTP API tells of the process: its targets, its build, its runtime.
//
// Source      Prometheus 3.14's HTTP API; docs/http-api.md says what the fields hold here.
// Threads     A StatusSource is asked from any thread.
#ifndef TACHO_ADAPTER_CORE_PROM_STATUS_H_
#define TACHO_ADAPTER_CORE_PROM_STATUS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/core/api_paths.h"
#include "adapter/core/http_reply.h"
#include "tacho/labels.h"
#include "tacho/time.h"

namespace tacho::adapter {

// What the last scrape of a target was like.
struct ScrapeOutcome {
  Timestamp time;
  double seconds = 0;
  std::string error;  // empty: the target is up
};

struct TargetStatus {
  std::string job;  // Prometheus' scrapePool
  std::string url;
  Labels labels;
  Duration interval;
  Duration timeout;
  std::optional<ScrapeOutcome> last;  // nothing: not scraped yet
};

struct RuntimeInfo {
  Timestamp start_time;
  std::string working_directory;
  std::string hostname;
  uint64_t threads = 0;
  uint64_t cores = 0;
  uint64_t memory_limit = 0;  // bytes
  Duration retention;
};

class StatusSource {
 public:
  virtual ~StatusSource() = default;
  [[nodiscard]] virtual std::vector<TargetStatus> Targets() const = 0;
  [[nodiscard]] virtual RuntimeInfo Runtime() const = 0;
  [[nodiscard]] virtual std::string_view version() const = 0;
};

// Parameters state (active, dropped or any) and scrapePool. Relabelling keeps no record of
// what it dropped, so droppedTargets is empty.
[[nodiscard]] HttpReply TargetsReply(const Route& route, const StatusSource& status);
[[nodiscard]] HttpReply BuildInfoReply(const StatusSource& status);
[[nodiscard]] HttpReply RuntimeInfoReply(const StatusSource& status, Timestamp now);

// As Prometheus prints a duration: 1m30s, 15s, 1d; 0s.
[[nodiscard]] std::string FormatPrometheusDuration(Duration duration);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_PROM_STATUS_H_
