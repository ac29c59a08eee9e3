#include "adapter/net/deadline_timer.h"

#include <algorithm>
#include <utility>

namespace tacho::adapter {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Beyond a day it does not matter, and sums of times stay in range.
SteadyClock::time_point After(Duration duration) {
  const Duration bounded = std::clamp<Duration>(duration, absl::ZeroDuration(), absl::Hours(24));
  return SteadyClock::now() + absl::ToChronoNanoseconds(bounded);
}

}  // namespace

DeadlineTimer::DeadlineTimer()
    : work_(io_.get_executor()), timer_(io_), thread_([this] { io_.run(); }) {}

DeadlineTimer::~DeadlineTimer() {
  io_.stop();
  thread_.join();
}

std::shared_ptr<const Interrupt> DeadlineTimer::Arm(Duration after,
                                                    std::shared_ptr<Interrupt> interrupt) {
  const Time deadline = After(after);
  {
    const MutexLock lock(mutex_);
    armed_.emplace(deadline, interrupt.get());
    WakeAt(std::min(deadline, ends_at_));
  }
  Interrupt* const armed = interrupt.get();
  return {armed, [this, deadline, kept = std::move(interrupt)](const Interrupt*) {
            Disarm(kept.get(), deadline);
          }};
}

void DeadlineTimer::Disarm(Interrupt* interrupt, Time deadline) {
  const MutexLock lock(mutex_);
  const auto [begin, end] = armed_.equal_range(deadline);
  const auto found =
      std::find_if(begin, end, [&](const auto& entry) { return entry.second == interrupt; });
  if (found != end) armed_.erase(found);
}

void DeadlineTimer::EndWithin(std::chrono::milliseconds most) {
  const MutexLock lock(mutex_);
  ends_at_ = SteadyClock::now() + most;
  WakeAt(ends_at_);
}

void DeadlineTimer::WakeAt(Time deadline) {
  if (deadline >= wakes_at_) return;
  wakes_at_ = deadline;
  asio::post(io_, [this] { SetTimer(); });
}

void DeadlineTimer::SetTimer() {
  {
    const MutexLock lock(mutex_);
    timer_.expires_at(wakes_at_);
  }
  timer_.async_wait([this](const ErrorCode& error) {
    if (!error) OnTimer();
  });
}

// The query that the timer was set for may have ended long ago: then it goes to sleep
// until the next deadline.
void DeadlineTimer::OnTimer() {
  const MutexLock lock(mutex_);
  const Time now = SteadyClock::now();
  const bool ending = now >= ends_at_;
  while (!armed_.empty() && (ending || armed_.begin()->first <= now)) {
    Interrupt* const interrupt = armed_.begin()->second;
    ending ? interrupt->Cancel() : interrupt->Expire();
    armed_.erase(armed_.begin());
  }
  wakes_at_ = Time::max();
  const Time next = armed_.empty() ? Time::max() : armed_.begin()->first;
  WakeAt(ending ? next : std::min(next, ends_at_));
}

}  // namespace tacho::adapter
