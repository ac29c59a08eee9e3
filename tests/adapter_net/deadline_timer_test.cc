#include "adapter/net/deadline_timer.h"

#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

// Waits for what must come; the test's own timeout ends it if it does not.
template <typename Condition>
void Await(Condition condition) {
  while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

TEST(DeadlineTimerTest, ExpiresWhatIsStillArmed) {
  DeadlineTimer timer;
  const auto late = timer.Arm(absl::Hours(1), std::make_shared<Interrupt>());
  const auto soon = timer.Arm(absl::Milliseconds(1), std::make_shared<Interrupt>());
  const auto later = timer.Arm(absl::Hours(2), std::make_shared<Interrupt>());
  Await([&] { return soon->expired(); });
  EXPECT_FALSE(late->expired());
  EXPECT_FALSE(later->expired());
}

TEST(DeadlineTimerTest, GoesOnAfterItHasSlept) {
  DeadlineTimer timer;
  for (int i = 0; i < 3; ++i) {
    const auto soon = timer.Arm(absl::Milliseconds(1), std::make_shared<Interrupt>());
    Await([&] { return soon->expired(); });
  }
}

TEST(DeadlineTimerTest, ADeadlineInThePastExpiresAtOnce) {
  DeadlineTimer timer;
  const auto past = timer.Arm(-absl::Seconds(1), std::make_shared<Interrupt>());
  Await([&] { return past->expired(); });
}

TEST(DeadlineTimerTest, AnInfiniteDeadlineIsNoSpecialCase) {
  DeadlineTimer timer;
  EXPECT_FALSE(timer.Arm(absl::InfiniteDuration(), std::make_shared<Interrupt>())->expired());
}

TEST(DeadlineTimerTest, TheEndOfTheProcessCancels) {
  DeadlineTimer timer;
  const auto before = timer.Arm(absl::Hours(1), std::make_shared<Interrupt>());
  timer.EndWithin(std::chrono::milliseconds(1));
  Await([&] { return before->cancelled(); });
  const auto after = timer.Arm(absl::Hours(1), std::make_shared<Interrupt>());
  Await([&] { return after->cancelled(); });
}

TEST(DeadlineTimerTest, WhatIsNoLongerArmedStaysAsItIs) {
  DeadlineTimer timer;
  const auto interrupt = std::make_shared<Interrupt>();
  { const auto armed = timer.Arm(absl::Hours(1), interrupt); }
  EXPECT_EQ(interrupt.use_count(), 1);
  timer.EndWithin(std::chrono::milliseconds(0));
  const auto after = timer.Arm(absl::Hours(1), std::make_shared<Interrupt>());
  Await([&] { return after->cancelled(); });
  EXPECT_FALSE(interrupt->cancelled());
}

TEST(DeadlineTimerTest, ManyThreadsArmAndLeave) {
  DeadlineTimer timer;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&timer] {
      for (int j = 0; j < 1000; ++j) {
        const auto armed = timer.Arm(absl::Microseconds(j % 3 == 0 ? 1 : 1'000'000),
                                     std::make_shared<Interrupt>());
        std::this_thread::yield();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace tacho::adapter
