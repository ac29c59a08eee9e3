#include "adapter/net/target_sources.h"

#include <utility>

namespace tacho::adapter {
namespace {

std::set<std::string> PatternsOf(const ScrapeConfig& config) {
  std::set<std::string> patterns;
  for (const ScrapeJob& job : config.jobs) {
    for (const FileSdConfig& sd : job.file_sd_configs) {
      patterns.insert(sd.files.begin(), sd.files.end());
    }
  }
  return patterns;
}

}  // namespace

TargetSources::TargetSources(asio::io_context& io, const ScrapeConfig& config, Discovery* discovery,
                             Logger* log, std::chrono::milliseconds poll,
                             std::function<void()> changed)
    : discovery_(discovery),
      log_(log),
      poll_(poll),
      changed_(std::move(changed)),
      folders_(FoldersOf(PatternsOf(config))),
      watcher_(io, [this] { Look(); }),
      poll_timer_(io) {
  for (size_t job = 0; job < config.jobs.size(); ++job) {
    for (const HttpSdConfig& sd : config.jobs[job].http_sd_configs) {
      services_.push_back(std::make_shared<HttpSd>(
          asio::make_strand(io), sd, &buffers_, &resolver_,
          [this, job, &sd](absl::StatusOr<std::vector<TargetGroup>> groups) {
            if (discovery_->TakeReply(job, sd.url_text, std::move(groups))) changed_();
          }));
    }
  }
}

void TargetSources::Start() {
  // Watched before the first look: what changes in between is seen.
  if (const absl::Status status = watcher_.Watch(folders_); !status.ok()) {
    log_->Warn("target files are only polled", {{"err", status.ToString()}});
  }
  Poll();
  for (const auto& service : services_) service->Start();
}

void TargetSources::Stop() {
  watcher_.Stop();
  poll_timer_.cancel();
  for (const auto& service : services_) service->Stop();
}

void TargetSources::Look() {
  if (discovery_->Poll()) changed_();
}

void TargetSources::Poll() {
  Look();
  poll_timer_.expires_after(poll_);
  poll_timer_.async_wait([this](const ErrorCode& error) {
    if (!error) Poll();
  });
}

}  // namespace tacho::adapter
