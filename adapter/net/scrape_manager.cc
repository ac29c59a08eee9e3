#include "adapter/net/scrape_manager.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {
namespace {

// What makes a target another one: anything that its loop was built from.
std::string KeyOf(const DiscoveredTarget& target) {
  return absl::StrCat(target.job->job_name, "\n", target.url.ToString(), "\n",
                      target.labels.ToString(), "\n", absl::FormatDuration(target.scrape_interval),
                      " ", absl::FormatDuration(target.scrape_timeout), " ", target.refusal);
}

}  // namespace

ScrapeManager::ScrapeManager(const Options& options, Database database, const Clock* clock,
                             Logger* log, ScrapeStats* stats)
    : filter_(options.filter),
      buffers_(options.buffers),
      io_(options.threads),
      work_(io_.get_executor()),
      env_{std::move(database), clock, log, stats, &buffers_, &resolver_} {
  for (int i = 0; i < options.threads; ++i) threads_.emplace_back([this] { io_.run(); });
}

ScrapeManager::~ScrapeManager() {
  // Not io_.stop(): what is abandoned runs out by itself, and nothing stays behind.
  for (const auto& [key, running] : loops_) running.loop->Abandon();
  work_.reset();
  for (std::thread& thread : threads_) thread.join();
}

// One for each job: its rewriter is what lets its targets share plans.
const ScrapeJobContext& ScrapeManager::ContextOf(const ScrapeJob* job) {
  const auto [it, is_new] = contexts_.try_emplace(job);
  if (is_new) {
    it->second.tls = std::make_shared<ClientTls>(job->http.tls);
    it->second.rewriter = MakeMetricRewriter(job->metric_relabel_rules, filter_);
  }
  return it->second;
}

void ScrapeManager::SetTargets(std::span<const DiscoveredTarget> targets) {
  std::map<std::string, Running> next;
  std::vector<std::shared_ptr<ScrapeLoop>> added;
  for (const DiscoveredTarget& target : targets) {
    std::string key = KeyOf(target);
    auto old = loops_.extract(key);
    if (!old.empty()) {
      next.insert(std::move(old));
    } else if (!next.contains(key)) {
      added.push_back(std::make_shared<ScrapeLoop>(asio::make_strand(io_), target,
                                                   ContextOf(target.job), &env_));
      next.emplace(std::move(key), Running{target.job, added.back()});
    }
  }
  // Old ones first: a target that moved to another address keeps its labels.
  for (const auto& [key, running] : loops_) running.loop->Stop();
  for (const auto& loop : added) loop->Start();
  loops_ = std::move(next);
}

void ScrapeManager::SetFilter(std::shared_ptr<const MetricFilter> filter) {
  filter_ = std::move(filter);
  for (auto& [job, context] : contexts_) {
    context.rewriter = MakeMetricRewriter(job->metric_relabel_rules, filter_);
  }
  for (const auto& [key, running] : loops_) {
    running.loop->SetRewriter(ContextOf(running.job).rewriter);
  }
}

}  // namespace tacho::adapter
