// ScrapeStats: counters of the scraping side, all since the process began, and the board
// of its targets.
//
// Order       A scrape is counted when it begins, what came of it when it ends.
// Threads     Relaxed atomics: each is exact, together they are no snapshot.
#ifndef TACHO_ADAPTER_NET_SCRAPE_STATS_H_
#define TACHO_ADAPTER_NET_SCRAPE_STATS_H_

#include <array>
#include <atomic>
#include <cstdint>

#include "adapter/net/scrape_reply.h"
#include "adapter/net/target_board.h"

namespace tacho::adapter {

using Counter = std::atomic<uint64_t>;

inline void Add(Counter* counter, uint64_t n = 1) {
  counter->fetch_add(n, std::memory_order_relaxed);
}

struct ScrapeStats {
  Counter scrapes{0};
  std::array<Counter, kScrapeFailureCount> failed{};  // by ScrapeFailure
  Counter late{0};  // began more than 1 % of the interval after their tick
  Counter samples{0};
  Counter samples_refused{0};  // one by one, out of scrapes that were taken
  Counter wire_bytes{0};
  Counter body_bytes{0};          // decompressed
  Counter scrape_micros{0};       // from a scrape's begin to its end
  Counter ingest_micros{0};       // parsing and storing
  Counter targets_up{0};          // a gauge
  Counter series_dropped{0};      // a gauge: of all targets' last bodies
  Counter bytes_saved{0};         // a gauge: what they would take, about
  Counter targets_dropped{0};     // a gauge: by relabelling
  Counter discovery_problems{0};  // addresses and files that were refused
  Counter discovery_reloads{0};
  TargetBoard targets;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_SCRAPE_STATS_H_
