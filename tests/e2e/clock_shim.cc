// Preloaded into the adapter: a wall clock that somebody sets again and again. Every
// other reading of CLOCK_REALTIME is half a day off; the other clocks are as they are.
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <ctime>

namespace {

constexpr time_t kHalfDaySeconds = time_t{12} * 3600;
std::atomic<unsigned> readings{0};

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long result = syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && clock == CLOCK_REALTIME && ++readings % 2 == 0) {
    time->tv_sec += readings % 4 == 0 ? kHalfDaySeconds : -kHalfDaySeconds;
  }
  return static_cast<int>(result);
}
