// ScrapeManager: keeps one ScrapeLoop per discovered target, on threads of its own
// that serve nothing else, so that no client of the API can hold up a scrape.
//
// Ownership   Owns the loops, their connections and buffers.
// Threads     SetTargets from one thread at a time. The loops run on
//             Options::threads threads, which also parse and store.
// Cost        A target at rest: a timer, a socket, its request; about 2 KiB.
// Limits      Targets: the database's. Bytes of bodies under way: BodyBuffers'.
#ifndef TACHO_ADAPTER_NET_SCRAPE_MANAGER_H_
#define TACHO_ADAPTER_NET_SCRAPE_MANAGER_H_

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "adapter/core/metric_rewriter.h"
#include "adapter/core/targets.h"
#include "adapter/net/asio.h"
#include "adapter/net/body_buffers.h"
#include "adapter/net/resolver.h"
#include "adapter/net/scrape_loop.h"

namespace tacho::adapter {

class ScrapeManager {
 public:
  struct Options {
    int threads = 2;
    // Which metrics are kept; null: all.
    std::shared_ptr<const MetricFilter> filter = nullptr;
    BodyBuffers::Options buffers;
  };

  // clock, log and stats outlive the manager.
  ScrapeManager(const Options& options, Database database, const Clock* clock, Logger* log,
                ScrapeStats* stats);
  // Breaks off what is under way. Writes no staleness markers: the targets live on.
  ~ScrapeManager();
  ScrapeManager(const ScrapeManager&) = delete;
  ScrapeManager& operator=(const ScrapeManager&) = delete;

  // Starts what is new, stops what is gone, leaves the rest alone.
  void SetTargets(std::span<const DiscoveredTarget> targets);

  // Which metrics are kept from the next scrapes on.
  void SetFilter(std::shared_ptr<const MetricFilter> filter);

  [[nodiscard]] size_t target_count() const { return loops_.size(); }
  [[nodiscard]] size_t buffer_bytes_in_use() const { return buffers_.in_use(); }

 private:
  const ScrapeJobContext& ContextOf(const ScrapeJob* job);

  std::shared_ptr<const MetricFilter> filter_;
  // Declared in the order in which they may be destroyed last to first: handlers that
  // never ran hold loops, which hold sockets of io_.
  BodyBuffers buffers_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  Resolver resolver_;
  ScrapeEnv env_;
  std::map<const ScrapeJob*, ScrapeJobContext> contexts_;
  struct Running {
    const ScrapeJob* job;
    std::shared_ptr<ScrapeLoop> loop;
  };
  std::map<std::string, Running> loops_;
  std::vector<std::thread> threads_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_SCRAPE_MANAGER_H_
