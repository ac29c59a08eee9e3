// Discovery: the targets of a scrape configuration, as its files say now.
//
// A file is read again when it is another file than at the last look: swapped
// symlinks, renames and writes in place all show. One that cannot be read, or does
// not parse, keeps the targets that it gave before; one that is gone takes them along,
// as in Prometheus. A discovery service that fails keeps its targets, too.
//
// Ownership   The configuration outlives it, and the targets that it gives.
// Threads     One at a time.
// Cost        One stat per file and look.
#ifndef TACHO_ADAPTER_NET_DISCOVERY_H_
#define TACHO_ADAPTER_NET_DISCOVERY_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapter/core/file_sd.h"
#include "adapter/core/scrape_config.h"
#include "adapter/core/targets.h"
#include "adapter/net/file_stamp.h"
#include "adapter/net/log.h"
#include "adapter/net/scrape_stats.h"

namespace tacho::adapter {

class Discovery {
 public:
  Discovery(const ScrapeConfig& config, Logger* log, ScrapeStats* stats);

  // Looks at the files. True if Targets() may answer something new; true at first.
  bool Poll();

  // What a service of http_sd_configs of config.jobs[job] answered. True as Poll.
  bool TakeReply(size_t job, const std::string& url,
                 absl::StatusOr<std::vector<TargetGroup>> groups);

  // No two with the same labels, nor the same URL within a job.
  [[nodiscard]] std::vector<DiscoveredTarget> Targets();

 private:
  struct WatchedFile {
    FileStamp stamp;
    std::string error;  // of the last read; so that a lasting one is logged once
  };
  struct Service {
    std::vector<TargetGroup> groups;  // of the last good reply
    std::string error;                // of the last one, likewise
  };
  struct Job {
    const ScrapeJob* config;
    FileGroups groups;
    std::map<std::string, WatchedFile> files;
    std::map<std::string, Service> services;  // by URL
  };

  bool PollJob(Job* job);
  bool PollFile(const std::string& path, Job* job);
  void NoteError(std::string_view what, const std::string& name, const absl::Status& status,
                 std::string* last_error);
  void NoteProblem(const std::string& problem);

  Logger* const log_;
  ScrapeStats* const stats_;
  std::vector<Job> jobs_;
  bool first_ = true;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_DISCOVERY_H_
