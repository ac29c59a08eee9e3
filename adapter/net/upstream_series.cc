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

UpstreamSeries::UpstreamSeries(const Options& options, UpstreamClient* client, Querier* querier,
                               Now now, OnPods on_pods)
    : options_(WithMaxAge(options)),
      client_(client),
      querier_(querier),
      now_(std::move(now)),
      on_pods_(std::move(on_pods)) {}

UpstreamSeries::~UpstreamSeries() { Stop(); }

void UpstreamSeries::Start() {
  thread_ = std::thread([this] { Run(); });
}

void UpstreamSeries::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
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
    if (lists_.size() >= kMaxSelectors) {
      return absl::ResourceExhaustedError("too many series queries");
    }
    it = lists_.emplace(selector, List()).first;
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
  return std::all_of(lists_.begin(), lists_.end(), [this](const auto& entry) {
    return entry.second.metrics.has_value() && !TooOld(entry.second);
  });
}

// The selector to ask for now; else `wake` is when there will be one.
std::optional<std::string> UpstreamSeries::NextDue(Clock::time_point* wake) const {
  const Clock::time_point now = Clock::now();
  for (const auto& [selector, list] : lists_) {
    if (list.due <= now) return selector;
    *wake = std::min(*wake, list.due);
  }
  return std::nullopt;
}

void UpstreamSeries::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    Clock::time_point wake = Clock::now() + std::chrono::hours(1);
    const std::optional<std::string> selector = NextDue(&wake);
    const bool pods = !options_.pods_query.empty() && pods_due_ <= Clock::now();
    if (selector.has_value() || pods) {
      lock.unlock();
      if (selector.has_value()) Refresh(*selector);
      if (pods) RefreshPods();
      lock.lock();
      continue;
    }
    if (!options_.pods_query.empty()) wake = std::min(wake, pods_due_);
    changed_.wait_until(lock, wake);
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
  const std::lock_guard lock(mutex_);
  List& list = lists_[selector];
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
  pods_due_ =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(Chrono(options_.pods_interval));
}

}  // namespace tacho::adapter
