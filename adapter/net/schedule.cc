#include "adapter/net/schedule.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>

namespace tacho::adapter {
namespace {

int64_t ReadClock(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

int64_t WallNanos() { return ReadClock(CLOCK_REALTIME); }
int64_t BootNanos() { return ReadClock(CLOCK_BOOTTIME); }

}  // namespace

uint64_t StableHash(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return hash;
}

Cadence CadenceOf(int64_t interval_ms, std::string_view target_key) {
  const uint64_t offset = StableHash(target_key) % static_cast<uint64_t>(interval_ms);
  return {interval_ms, static_cast<int64_t>(offset)};
}

int64_t NextTick(const Cadence& cadence, int64_t now_ms) {
  int64_t since = (now_ms - cadence.offset_ms) % cadence.interval_ms;
  if (since < 0) since += cadence.interval_ms;
  return now_ms - since + cadence.interval_ms;
}

int64_t ScrapeTime(const Cadence& cadence, int64_t tick_ms, int64_t began_ms) {
  const int64_t tolerance_ms = std::min<int64_t>(2, cadence.interval_ms / 100);
  return std::abs(began_ms - tick_ms) <= tolerance_ms ? tick_ms : began_ms;
}

Clock::Clock() : Clock(WallNanos, BootNanos) {}
Clock::Clock(Source wall, Source steady) : steady_(steady), anchor_ns_(wall() - steady()) {}

}  // namespace tacho::adapter
