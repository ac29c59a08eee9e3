#include "adapter/net/upstream_series.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"
#include "adapter/core/upstream_json.h"
#include "adapter/net/upstream_querier.h"

namespace tacho::adapter {
namespace {

constexpr std::string_view kStateMetricsPrefix = "label_";

std::chrono::nanoseconds Chrono(absl::Duration d) { return absl::ToChronoNanoseconds(d); }

UpstreamSeries::Options WithMaxAge(UpstreamSeries::Options options) {
  if (options.max_age <= absl::ZeroDuration()) options.max_age = options.relist_interval;
  return options;
}

}  // namespace

PodIndex PodsOf(const Answer& answer) {
  std::vector<DiscoveredTarget> pods;
  for (const ResultSample& row : answer.samples) {
    DiscoveredTarget& pod = pods.emplace_back();
    pod.pod_namespace = row.labels().Get("namespace");
    pod.pod_name = row.labels().Get("pod");
    for (const Label& label : row.labels()) {
      std::string_view name = label.name;
      if (name.starts_with(kStateMetricsPrefix)) name.remove_prefix(kStateMetricsPrefix.size());
      pod.pod_labels.emplace(name, label.value);
    }
  }
  return PodIndex(pods);
}

UpstreamSeries::UpstreamSeries(const Options& options, UpstreamClient* client, UpstreamStats* stats,
                               Querier* querier, Now now, OnPods on_pods)
    : options_(WithMaxAge(options)),
      client_(client),
      stats_(stats),
      querier_(querier),
      now_(std::move(now)),
      on_pods_(std::move(on_pods)) {}

UpstreamSeries::~UpstreamSeries() { Stop(); }

void UpstreamSeries::Start() {
  for (int i = 0; i < std::max(1, options_.concurrency); ++i) {
    threads_.emplace_back([this] { RunLists(); });
  }
  if (!options_.pods_query.empty()) threads_.emplace_back([this] { RunPods(); });
}

void UpstreamSeries::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool UpstreamSeries::TooOld(const List& list) const {
  // A list in time is as old as the interval; the next one may take its time.
  const absl::Duration patience =
      std::max(options_.max_age, options_.relist_interval) + options_.series_timeout;
  return Clock::now() - list.fetched > Chrono(patience);
}

absl::StatusOr<std::vector<MetricLabels>> UpstreamSeries::Find(std::string_view selector) {
  const std::lock_guard lock(mutex_);
  auto it = lists_.find(selector);
  if (it == lists_.end()) {
    if (lists_.size() >= options_.max_selectors) {
      ++stats_->selectors;
      return absl::ResourceExhaustedError(
          absl::StrCat("the rules have over ", options_.max_selectors,
                       " series queries; see --prometheus-max-selectors"));
    }
    it = lists_.emplace(selector, List()).first;
    it->second.due = Clock::now();
    changed_.notify_all();
  }
  const List& list = it->second;
  if (list.metrics.has_value() && !TooOld(list)) return *list.metrics;
  return absl::UnavailableError(absl::StrCat("the upstream has not listed the series",
                                             list.error.ok() ? "" : ": ", list.error.message()));
}

absl::Status UpstreamSeries::last_error() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [selector, list] : lists_) {
    if (!list.error.ok()) return list.error;
  }
  return pods_error_;
}

bool UpstreamSeries::fresh() const {
  const std::lock_guard lock(mutex_);
  size_t good = 0;
  for (const auto& [selector, list] : lists_) {
    if (!list.metrics.has_value() && list.error.ok()) return false;
    if (list.metrics.has_value() && !TooOld(list)) ++good;
  }
  return good > 0 || lists_.empty();
}

// The selector to ask for now, marked so; else `wake` is when there will be one.
std::optional<std::string> UpstreamSeries::TakeDue(Clock::time_point* wake) {
  auto next = lists_.end();
  for (auto it = lists_.begin(); it != lists_.end(); ++it) {
    if (it->second.asking) continue;
    if (next == lists_.end() || it->second.due < next->second.due) next = it;
  }
  if (next == lists_.end()) return std::nullopt;
  if (next->second.due > Clock::now()) {
    *wake = std::min(*wake, next->second.due);
    return std::nullopt;
  }
  next->second.asking = true;
  return next->first;
}

void UpstreamSeries::RunLists() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    Clock::time_point wake = Clock::now() + std::chrono::hours(1);
    const std::optional<std::string> selector = TakeDue(&wake);
    if (selector.has_value()) {
      lock.unlock();
      Refresh(*selector);
      lock.lock();
    } else {
      changed_.wait_until(lock, wake);
    }
  }
}

void UpstreamSeries::RunPods() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    RefreshPods();
    lock.lock();
    changed_.wait_for(lock, Chrono(options_.pods_interval), [this] { return stopping_; });
  }
}

void UpstreamSeries::Refresh(const std::string& selector) {
  const absl::StatusOr<std::string> body =
      client_->Ask("/api/v1/series",
                   {{"match[]", selector},
                    {"start", FormatApiTime(now_() - options_.max_age)},
                    {"partial_response", "false"}},
                   options_.series_timeout);
  absl::StatusOr<std::vector<Labels>> series =
      body.ok() ? ReadSeriesReply(*body) : absl::StatusOr<std::vector<Labels>>(body.status());
  if (body.ok() && !series.ok()) ++stats_->unusable;
  const std::lock_guard lock(mutex_);
  List& list = lists_[selector];
  list.asking = false;
  changed_.notify_all();  // of the threads, one sleeps until it is due again
  list.error = series.status();
  const absl::Duration next = series.ok()
                                  ? options_.relist_interval
                                  : std::min(options_.relist_interval, absl::FromChrono(kRetry));
  list.due = Clock::now() + std::chrono::duration_cast<Clock::duration>(Chrono(next));
  if (!series.ok()) return;
  list.fetched = Clock::now();
  std::vector<MetricLabels> metrics = MetricsOf(*series);
  if (list.metrics == metrics) return;
  list.metrics = std::move(metrics);
  ++version_;
}

void UpstreamSeries::RefreshPods() {
  const absl::StatusOr<Answer> answer = querier_->Ask(options_.pods_query, now_());
  if (answer.ok()) on_pods_(std::make_shared<const PodIndex>(PodsOf(*answer)));
  const std::lock_guard lock(mutex_);
  pods_error_ = answer.status();
}

}  // namespace tacho::adapter
