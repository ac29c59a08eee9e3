// UpstreamSeries: the series that rules' selectors find on an upstream, and the pods that
// it knows, asked for again and again in the background.
//
// A list that cannot be fetched changes nothing: the one before serves for max_age. What
// has been asked for and not been listed yet is asked for at once, and what failed again
// after kRetry. Several are asked for at a time, the one that waits longest first, and pods
// apart from them: a selector that the server cannot cope with holds up no other.
//
// Threads     Safe from any thread; the asking is done on threads of its own.
// Limits      max_selectors; one beyond is refused, and counted in UpstreamStats.
#ifndef TACHO_ADAPTER_NET_UPSTREAM_SERIES_H_
#define TACHO_ADAPTER_NET_UPSTREAM_SERIES_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapter/core/pods.h"
#include "adapter/core/querier.h"
#include "adapter/core/series_finder.h"
#include "adapter/net/upstream_client.h"

namespace tacho::adapter {

class UpstreamSeries final : public SeriesFinder {
 public:
  static constexpr std::chrono::seconds kRetry{5};

  struct Options {
    absl::Duration relist_interval = absl::Minutes(10);
    absl::Duration max_age = absl::ZeroDuration();  // zero: the relist interval
    absl::Duration series_timeout = absl::Seconds(30);
    std::string pods_query;  // empty: no pods are asked for
    absl::Duration pods_interval = absl::Seconds(15);
    size_t max_selectors = 10'000;
    int concurrency = 4;  // lists asked for at a time
  };
  using Now = std::function<Timestamp()>;
  using OnPods = std::function<void(std::shared_ptr<const PodIndex>)>;

  // All outlive it. on_pods is called on its thread.
  UpstreamSeries(const Options& options, UpstreamClient* client, UpstreamStats* stats,
                 Querier* querier, Now now, OnPods on_pods);
  ~UpstreamSeries() override;

  // Asks from now on, until Stop; each once. Stop waits for what is being asked.
  void Start();
  void Stop();

  //   kUnavailable        not listed yet, or no longer known: says why
  //   kResourceExhausted  max_selectors
  [[nodiscard]] absl::StatusOr<std::vector<MetricLabels>> Find(std::string_view selector) override;
  [[nodiscard]] uint64_t version() const override { return version_; }

  // Why the last round failed; ok if it did not.
  [[nodiscard]] absl::Status last_error() const;
  // Whether every list has been asked for and one, if there are any, is there and no older
  // than max_age: one that the server cannot give makes no other rule's metrics go away.
  [[nodiscard]] bool fresh() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct List {
    std::optional<std::vector<MetricLabels>> metrics;
    Clock::time_point fetched;
    Clock::time_point due;
    bool asking = false;  // one of the threads is
    absl::Status error;
  };

  void RunLists();
  void RunPods();
  void Refresh(const std::string& selector);
  void RefreshPods();
  [[nodiscard]] std::optional<std::string> TakeDue(Clock::time_point* wake);
  [[nodiscard]] bool TooOld(const List& list) const;

  const Options options_;
  UpstreamClient* const client_;
  UpstreamStats* const stats_;
  Querier* const querier_;
  const Now now_;
  const OnPods on_pods_;
  std::atomic<uint64_t> version_{1};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::map<std::string, List, std::less<>> lists_;
  absl::Status pods_error_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;  // of Start and Stop alone
};

// The pods that rows name with the labels namespace and pod. A row's other labels are the
// pod's, also without the label_ that kube-state-metrics puts before them.
[[nodiscard]] PodIndex PodsOf(const Answer& answer);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_UPSTREAM_SERIES_H_
