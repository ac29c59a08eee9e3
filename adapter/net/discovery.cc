#include "adapter/net/discovery.h"

#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/config_file.h"

namespace tacho::adapter {

Discovery::Discovery(const ScrapeConfig& config, Logger* log, ScrapeStats* stats)
    : log_(log), stats_(stats) {
  for (const ScrapeJob& job : config.jobs) jobs_.push_back({&job, {}, {}, {}});
}

bool Discovery::Poll() {
  bool changed = std::exchange(first_, false);
  for (Job& job : jobs_) changed |= PollJob(&job);
  if (changed) Add(&stats_->discovery_reloads);
  return changed;
}

bool Discovery::PollJob(Job* job) {
  std::set<std::string> paths;
  for (const FileSdConfig& config : job->config->file_sd_configs) {
    for (const std::string& pattern : config.files) {
      for (std::string& path : ExpandFilePattern(pattern)) paths.insert(std::move(path));
    }
  }
  bool changed =
      std::erase_if(job->files, [&](const auto& file) { return !paths.contains(file.first); }) > 0;
  for (const std::string& path : paths) changed |= PollFile(path, job);
  std::erase_if(paths, [&](const std::string& path) { return !job->files[path].stamp.exists(); });
  job->groups.Keep({paths.begin(), paths.end()});
  return changed;
}

bool Discovery::PollFile(const std::string& path, Job* job) {
  WatchedFile& file = job->files[path];
  const FileStamp before = std::exchange(file.stamp, StampOf(path));
  const bool same_file = file.stamp == before;
  if (!file.stamp.exists()) {
    NoteError("target file not read", path, absl::NotFoundError("no such file"), &file.error);
    return before.exists();
  }
  if (same_file && file.error.empty()) return false;
  const absl::StatusOr<std::string> bytes = ReadConfigFile(path);
  const absl::Status status = bytes.ok() ? job->groups.Update(path, *bytes) : bytes.status();
  if (!status.ok()) {
    NoteError("target file not read", path, status, &file.error);
    return false;
  }
  file.error.clear();
  return true;
}

bool Discovery::TakeReply(size_t job, const std::string& url,
                          absl::StatusOr<std::vector<TargetGroup>> groups) {
  Service& service = jobs_[job].services[url];
  if (!groups.ok()) {
    NoteError("discovery service not read", url, groups.status(), &service.error);
    return false;
  }
  service.error.clear();
  if (service.groups == *groups) return false;
  service.groups = *std::move(groups);
  Add(&stats_->discovery_reloads);
  return true;
}

void Discovery::NoteError(std::string_view what, const std::string& name,
                          const absl::Status& status, std::string* last_error) {
  std::string error = status.ToString();
  if (error == *last_error) return;
  log_->Warn(what, {{"name", name}, {"err", error}});
  Add(&stats_->discovery_problems);
  *last_error = std::move(error);
}

void Discovery::NoteProblem(const std::string& problem) {
  log_->Warn("target refused", {{"err", problem}});
  Add(&stats_->discovery_problems);
}

std::vector<DiscoveredTarget> Discovery::Targets() {
  std::vector<DiscoveredTarget> all;
  std::set<Labels> seen;
  uint64_t dropped = 0;
  for (const Job& job : jobs_) {
    std::vector<TargetGroup> groups = job.config->static_configs;
    std::vector<TargetGroup> from_files = job.groups.All();
    groups.insert(groups.end(), std::make_move_iterator(from_files.begin()),
                  std::make_move_iterator(from_files.end()));
    for (const auto& [url, service] : job.services) {
      groups.insert(groups.end(), service.groups.begin(), service.groups.end());
    }
    TargetSet set = MakeTargets(*job.config, groups);
    dropped += set.dropped;
    for (const std::string& problem : set.problems) NoteProblem(problem);
    for (DiscoveredTarget& target : set.targets) {
      if (seen.insert(target.labels).second) {
        all.push_back(std::move(target));
      } else {
        NoteProblem(absl::StrCat("two jobs have a target with the labels ",
                                 target.labels.ToString(), "; the first stays"));
      }
    }
  }
  stats_->targets_dropped.store(dropped, std::memory_order_relaxed);
  return all;
}

}  // namespace tacho::adapter
