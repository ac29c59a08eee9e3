// Counters: what the store holds and what it refused; read by Stats().
//
// Units       Bytes, or things counted, as each is named.
// Threads     Relaxed atomics: each is exact, together they are no snapshot.
#ifndef TACHO_STORAGE_COUNTERS_H_
#define TACHO_STORAGE_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstdint>

#include "tacho/database.h"

namespace tacho::storage {

class Counter {
 public:
  void Add(uint64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  void Sub(uint64_t n) { value_.fetch_sub(n, std::memory_order_relaxed); }
  [[nodiscard]] uint64_t Get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

struct Counters {
  Counter series;  // positions over all targets
  Counter rows;
  Counter bytes;  // of targets, histories, rows, and what is kept beside them to ingest
  Counter samples_stored;
  Counter scrapes_stored;
  Counter samples_replayed;
  std::array<Counter, kRefusalCount> refused_samples;
  std::array<Counter, kRefusalCount> refused_scrapes;

  void RefuseSamples(Refusal why, uint64_t n) { refused_samples[static_cast<size_t>(why)].Add(n); }
  void RefuseScrape(Refusal why) { refused_scrapes[static_cast<size_t>(why)].Add(1); }
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_COUNTERS_H_
