// Router: what the server asks for an answer. Health and the adapter's own metrics are
// here; the custom metrics API and Prometheus' are adapter/core's.
//
// Ownership   What RouterEnv points to outlives the router.
// Threads     Handle from any thread; SetPods and SetDraining from any one thread.
#ifndef TACHO_ADAPTER_NET_ROUTER_H_
#define TACHO_ADAPTER_NET_ROUTER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/core/custom_metrics.h"
#include "adapter/core/health.h"
#include "adapter/core/pods.h"
#include "adapter/core/prom_api.h"
#include "adapter/core/querier.h"
#include "adapter/core/rule_store.h"
#include "adapter/net/http_server.h"
#include "adapter/net/log.h"
#include "adapter/net/mutex.h"
#include "adapter/net/schedule.h"
#include "adapter/net/scrape_stats.h"
#include "adapter/net/server_stats.h"
#include "adapter/net/upstream_client.h"
#include "adapter/net/upstream_series.h"
#include "tacho/database.h"

namespace tacho::adapter {

struct RouterEnv {
  Database database;
  RuleStore* rules;
  Querier* querier;
  ValuePolicy policy;
  const Clock* clock;
  Logger* log;
  const ScrapeStats* scrape_stats;
  ServerStats* server_stats;
  LastValues* held;
  PromEnv prom;
  Duration coverage_reach = absl::ZeroDuration();  // as ApiState
  // Of rules that are evaluated elsewhere; else null.
  const UpstreamSeries* upstream = nullptr;
  const UpstreamStats* upstream_stats = nullptr;
  absl::Duration upstream_timeout = absl::InfiniteDuration();  // to wait for a turn to ask
  size_t max_query_bytes = QueryLimits().max_query_bytes;
};

class Router final : public HttpHandler {
 public:
  explicit Router(const RouterEnv& env);

  [[nodiscard]] HttpResponse Handle(const HttpRequest& request) override;
  [[nodiscard]] Lane LaneOf(const HttpRequest& request) const override;
  [[nodiscard]] HttpResponse TooMany(const HttpRequest& request, Lane lane) const override;

  // What discovery knows now. Before the first call the adapter is not ready.
  void SetPods(std::shared_ptr<const PodIndex> pods, uint64_t targets);
  // The process is about to end: /readyz fails, so that nobody new is sent here.
  void SetDraining() { draining_ = true; }

 private:
  HttpReply Answer(const HttpRequest& request, Route* route);
  HttpReply Health(const Route& route) const;
  HttpReply SelfMetricsReply();
  HttpReply PromHealth(const Route& route) const;
  HttpReply Prom(const HttpRequest& request, Route* route);
  HttpReply Api(const HttpRequest& request, const Route& route);
  [[nodiscard]] bool WaitedTooLong(const HttpRequest& request, const Route& route) const;
  void LogConflicts(LiveRegistry* registry);
  [[nodiscard]] std::vector<HealthCheck> HealthChecks(bool ready) const;
  [[nodiscard]] std::shared_ptr<const PodIndex> pods() const;

  const RouterEnv env_;
  const double start_time_seconds_;
  std::atomic<bool> draining_{false};
  std::atomic<uint64_t> targets_{0};
  mutable Mutex mutex_;
  std::shared_ptr<const PodIndex> pods_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_ROUTER_H_
