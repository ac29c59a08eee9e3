#include "adapter/net/discovery.h"

#include <sys/stat.h>

#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/config_file.h"

namespace tacho::adapter {

FileStamp StampOf(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return {};
  return {info.st_dev, info.st_ino, info.st_size,
          int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
}

Discovery::Discovery(const ScrapeConfig& config, Logger* log, ScrapeStats* stats)
    : log_(log), stats_(stats) {
  for (const ScrapeJob& job : config.jobs) jobs_.push_back({&job, {}, {}});
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
    NoteError(path, absl::NotFoundError("no such file"), &file);
    return before.exists();
  }
  if (same_file && file.error.empty()) return false;
  const absl::StatusOr<std::string> bytes = ReadConfigFile(path);
  const absl::Status status = bytes.ok() ? job->groups.Update(path, *bytes) : bytes.status();
  if (!status.ok()) {
    NoteError(path, status, &file);
    return false;
  }
  file.error.clear();
  return true;
}

void Discovery::NoteError(const std::string& path, const absl::Status& status, WatchedFile* file) {
  std::string error = status.ToString();
  if (error == file->error) return;
  log_->Warn("target file not read", {{"file", path}, {"err", error}});
  Add(&stats_->discovery_problems);
  file->error = std::move(error);
}

void Discovery::NoteProblem(const std::string& problem) {
  log_->Warn("target refused", {{"err", problem}});
  Add(&stats_->discovery_problems);
}

std::vector<DiscoveredTarget> Discovery::Targets() {
  std::vector<DiscoveredTarget> all;
  std::set<Labels> seen;
  for (const Job& job : jobs_) {
    std::vector<TargetGroup> groups = job.config->static_configs;
    std::vector<TargetGroup> from_files = job.groups.All();
    groups.insert(groups.end(), std::make_move_iterator(from_files.begin()),
                  std::make_move_iterator(from_files.end()));
    TargetSet set = MakeTargets(*job.config, groups);
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
  return all;
}

}  // namespace tacho::adapter
