// Discovery: the targets of a scrape configuration, as its files say now.
//
// A file is read again when it is another file than at the last look: swapped
// symlinks, renames and writes in place all show. One that cannot be read, or does
// not parse, keeps the targets that it gave before; one that is gone takes them along,
// as in Prometheus.
//
// Ownership   The configuration outlives it, and the targets that it gives.
// Threads     One at a time.
// Cost        One stat per file and look.
#ifndef TACHO_ADAPTER_NET_DISCOVERY_H_
#define TACHO_ADAPTER_NET_DISCOVERY_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "adapter/core/file_sd.h"
#include "adapter/core/scrape_config.h"
#include "adapter/core/targets.h"
#include "adapter/net/log.h"
#include "adapter/net/scrape_stats.h"

namespace tacho::adapter {

// What a file was when last looked at.
struct FileStamp {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t size = -1;  // -1: there is no file
  int64_t modified_ns = 0;
  [[nodiscard]] bool exists() const { return size >= 0; }
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
[[nodiscard]] FileStamp StampOf(const std::string& path);  // symlinks followed

class Discovery {
 public:
  Discovery(const ScrapeConfig& config, Logger* log, ScrapeStats* stats);

  // Looks at the files. True if Targets() may answer something new; true at first.
  bool Poll();

  // No two with the same labels.
  [[nodiscard]] std::vector<DiscoveredTarget> Targets();

 private:
  struct WatchedFile {
    FileStamp stamp;
    std::string error;  // of the last read; so that a lasting one is logged once
  };
  struct Job {
    const ScrapeJob* config;
    FileGroups groups;
    std::map<std::string, WatchedFile> files;
  };

  bool PollJob(Job* job);
  bool PollFile(const std::string& path, Job* job);
  void NoteError(const std::string& path, const absl::Status& status, WatchedFile* file);
  void NoteProblem(const std::string& problem);

  Logger* const log_;
  ScrapeStats* const stats_;
  std::vector<Job> jobs_;
  bool first_ = true;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_DISCOVERY_H_
