// When scrapes happen, as arithmetic, and the clock that they happen by.
//
// Ticks of a target lie at whole multiples of its interval since the Unix epoch plus
// an offset of its own, so that targets spread over the interval and every replica
// of the adapter asks a target at the same instants.
//
// Units       Unix milliseconds.
// Threads     Plain functions; Clock is immutable.
#ifndef TACHO_ADAPTER_NET_SCHEDULE_H_
#define TACHO_ADAPTER_NET_SCHEDULE_H_

#include <cstdint>
#include <string_view>

#include "tacho/time.h"

namespace tacho::adapter {

// FNV-1a: the same on every machine and in every version, unlike absl::Hash.
[[nodiscard]] uint64_t StableHash(std::string_view text);

struct Cadence {
  int64_t interval_ms = 15'000;  // > 0
  int64_t offset_ms = 0;         // in [0, interval_ms)
};
[[nodiscard]] Cadence CadenceOf(int64_t interval_ms, std::string_view target_key);

// The first tick after `now_ms`. After a suspend that slept through many it is still
// one: what was missed is not caught up on.
[[nodiscard]] int64_t NextTick(const Cadence& cadence, int64_t now_ms);

// The time that a scrape's samples get: the tick if the scrape began within 2 ms and
// 1 % of the interval of it, else when it began. Equal spacing compresses and rates
// better, and is what Prometheus does.
[[nodiscard]] int64_t ScrapeTime(const Cadence& cadence, int64_t tick_ms, int64_t began_ms);

// Wall time as it was when the process began, carried on by a clock that nobody sets.
// A step of the wall clock changes no timestamp and loses no scrape; a suspend does
// count, as it should: it is a gap in what targets said.
class Clock {
 public:
  // Reads a clock, in nanoseconds.
  using Source = int64_t (*)();

  Clock();  // CLOCK_REALTIME carried on by CLOCK_BOOTTIME
  Clock(Source wall, Source steady);

  [[nodiscard]] int64_t NowMillis() const { return (anchor_ns_ + steady_()) / 1'000'000; }
  [[nodiscard]] Timestamp Now() const { return Timestamp::FromUnixMillis(NowMillis()); }

 private:
  Source steady_;
  int64_t anchor_ns_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_SCHEDULE_H_
