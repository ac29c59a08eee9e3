// DeadlineTimer: Deadlines by a timer of Asio.
//
// Threads     Arm and EndWithin from any thread; the timer runs on one of its own.
// Cost        Arming takes one lock and wakes nobody, unless the deadline is nearer than
//             all others: queries come by the thousand and hardly ever time out.
#ifndef TACHO_ADAPTER_NET_DEADLINE_TIMER_H_
#define TACHO_ADAPTER_NET_DEADLINE_TIMER_H_

#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <thread>

#include "adapter/core/deadlines.h"
#include "adapter/net/asio.h"
#include "adapter/net/mutex.h"

namespace tacho::adapter {

class DeadlineTimer final : public Deadlines {
 public:
  DeadlineTimer();
  // Nothing that was armed may be left.
  ~DeadlineTimer() override;
  DeadlineTimer(const DeadlineTimer&) = delete;
  DeadlineTimer& operator=(const DeadlineTimer&) = delete;

  [[nodiscard]] std::shared_ptr<const Interrupt> Arm(Duration after,
                                                     std::shared_ptr<Interrupt> interrupt) override;

  // The process ends: what is armed now or later is cancelled after this time at most.
  void EndWithin(std::chrono::milliseconds most);

 private:
  using Time = std::chrono::steady_clock::time_point;
  using Armed = std::multimap<Time, Interrupt*>;

  void Disarm(Interrupt* interrupt, Time deadline);
  void WakeAt(Time deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SetTimer();
  void OnTimer();

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer timer_;  // on the thread
  Mutex mutex_;
  Armed armed_ ABSL_GUARDED_BY(mutex_);
  Time wakes_at_ ABSL_GUARDED_BY(mutex_) = Time::max();
  Time ends_at_ ABSL_GUARDED_BY(mutex_) = Time::max();
  std::thread thread_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_DEADLINE_TIMER_H_
