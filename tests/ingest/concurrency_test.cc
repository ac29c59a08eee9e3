// Replicas that come, adopt each other's plans, change their bodies and go, each in a
// thread of its own, beside a reader and the clock.
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/ingest.h"
#include "engine/plan_cache.h"
#include "gtest/gtest.h"
#include "storage/store.h"

namespace tacho::engine {
namespace {

Options ShortRetention() {
  Options options;
  options.retention = absl::Milliseconds(50);
  options.max_ahead = absl::Hours(1);
  return options;
}

// All samples of a body are k; a line more for every fifty.
std::string Body(int64_t k) {
  std::string body = "# TYPE m gauge\n";
  const int64_t lines = 30 + k / 50 % 20;
  for (int64_t i = 0; i < lines; ++i) {
    body += "m{n=\"" + std::to_string(i) + "\"} " + std::to_string(k) + "\n";
  }
  return body;
}

bool IsWhole(const storage::History& history) {
  for (const storage::Entry& entry : history.entries()) {
    for (uint32_t p = 0; p < entry.row->size(); ++p) {
      const double value = (*entry.row)[p];
      if (!storage::IsGap(value) && value != static_cast<double>(entry.time_ms)) return false;
    }
  }
  return true;
}

TEST(IngestConcurrencyTest, ReplicasShareTheirPlansFromManyThreads) {
  auto store = std::make_shared<storage::Store>(ShortRetention());
  const uint64_t bytes_at_first = store->Stats().bytes;
  auto plans = std::make_shared<PlanCache>();
  std::atomic<int64_t> clock{0};
  std::atomic<bool> stop{false};
  std::atomic<int> bad{0};
  std::atomic<uint64_t> stored{0};
  std::thread reader([&] {
    while (!stop.load()) {
      const storage::ReadGuard guard = store->Read();
      for (uint32_t slot = 0; slot < store->slot_count(); ++slot) {
        const storage::Target* target = store->At(slot);
        if (target != nullptr && !IsWhole(*target->Load())) ++bad;
      }
    }
  });
  std::thread advancer([&] {
    while (!stop.load()) {
      store->Advance(clock.load());
      store->catalog().Collect();
      std::this_thread::yield();
    }
  });
  std::vector<std::thread> writers;
  for (int i = 0; i < 3; ++i) {
    writers.emplace_back([&, i] {
      for (int round = 0; round < 40; ++round) {
        const std::string pod = std::to_string(i) + "-" + std::to_string(round);
        auto ref = store->AddTarget({{"pod", pod}}, {});
        if (!ref.ok()) {
          ++bad;
          continue;
        }
        TargetImpl target(store, plans, *ref);
        for (int scrape = 0; scrape < 10; ++scrape) {
          const int64_t k = clock.fetch_add(1) + 1;
          const auto report =
              target.Ingest(Body(k), Exposition::kText, Timestamp::FromUnixMillis(k));
          // A thread that was not run for a while may come too late.
          if (!report.ok() && absl::IsOutOfRange(report.status())) continue;
          if (!report.ok() || report->stored != report->samples) ++bad;
          ++stored;
        }
        target.Remove(Timestamp::FromUnixMillis(clock.load()));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  stop = true;
  reader.join();
  advancer.join();
  EXPECT_EQ(bad.load(), 0);
  EXPECT_EQ(store->Stats().scrapes_stored, stored.load());
  EXPECT_GT(store->Stats().samples_replayed, stored.load() * 30 / 2);
  store->Advance(clock.load() + 1000);
  store->catalog().Collect();
  EXPECT_EQ(store->Stats().series, 0u);
  EXPECT_EQ(store->Stats().bytes, bytes_at_first);
}

// Two handles of one target, as after a removal and return, each with its own plan.
TEST(IngestConcurrencyTest, TwoHandlesOfOneTargetTakeTurns) {
  auto store = std::make_shared<storage::Store>(ShortRetention());
  auto plans = std::make_shared<PlanCache>();
  const storage::TargetRef ref = *store->AddTarget({{"pod", "p"}}, {});
  std::atomic<int64_t> clock{0};
  std::atomic<uint64_t> stored{0};
  std::vector<std::thread> writers;
  for (int i = 0; i < 2; ++i) {
    writers.emplace_back([&] {
      TargetImpl target(store, plans, ref);
      for (int scrape = 0; scrape < 300; ++scrape) {
        const int64_t k = clock.fetch_add(1) + 1;
        if (target.Ingest(Body(k), Exposition::kText, Timestamp::FromUnixMillis(k)).ok()) ++stored;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_TRUE(IsWhole(*ref->Load()));
  const DatabaseStats stats = store->Stats();
  EXPECT_EQ(stats.scrapes_stored, stored.load());
  EXPECT_EQ(stats.refused_scrapes[static_cast<size_t>(Refusal::kOutOfOrder)] + stored.load(), 600u);
}

}  // namespace
}  // namespace tacho::engine
