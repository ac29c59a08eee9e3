// Readers beside writers: what a reader sees is whole, never goes back, and stays where it
// is for as long as the reader looks at it. Most useful under ThreadSanitizer and
// AddressSanitizer; the numbers of rounds are small enough for both.
#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "storage/epoch.h"
#include "storage/row_writer.h"
#include "storage/store.h"
#include "tests/support/status_matchers.h"

namespace tacho::storage {
namespace {

Options ShortRetention() {
  Options options;
  options.retention = absl::Milliseconds(20);
  options.max_ahead = absl::Hours(1);
  return options;
}

// A row in which every sample is k and so is the time. The series change as k grows:
// some leave, some come, so that shapes grow and are compacted.
absl::StatusOr<IngestReport> WriteRow(Target& target, int64_t k, uint32_t series) {
  RowWriter row(target, k, /*mark_missing=*/true);
  const auto first = static_cast<uint32_t>(k / 4);
  for (uint32_t i = 0; i < series; ++i) {
    const std::string n = std::to_string(first + i);
    const TextLabel label{"n", n};
    row.Add(i % 2 == 0 ? "even" : "odd", {&label, 1}, static_cast<double>(k));
  }
  return row.Commit();
}

// Counts what breaks the promise, from any thread.
class Violations {
 public:
  void Expect(bool holds) {
    if (!holds) count_.fetch_add(1, std::memory_order_relaxed);
  }
  [[nodiscard]] int count() const { return count_.load(); }

 private:
  std::atomic<int> count_{0};
};

void ReadHistory(const History& history, Violations& violations) {
  int64_t before = INT64_MIN;
  for (const Entry& entry : history.entries()) {
    const Row& row = *entry.row;
    violations.Expect(row.time_ms() > before && row.size() <= history.shape().size());
    before = row.time_ms();
    for (uint32_t p = 0; p < row.size(); ++p) {
      if (IsGap(row[p])) continue;
      violations.Expect(row[p] == static_cast<double>(row.time_ms()));
    }
  }
  // The names must be readable too, whatever the catalog has collected.
  for (const Identity& identity : history.shape().identities()) {
    const LabelPair* n = identity.labels->Find("n");
    violations.Expect(identity.metric->text.size() >= 3 && n != nullptr && !n->value->text.empty());
  }
}

// Looks at all targets until told to stop; the newest row of a target never goes back.
void ReadAll(const Store& store, const std::atomic<bool>& stop, Violations& violations) {
  std::map<uint64_t, int64_t> newest;  // by target id
  while (!stop.load()) {
    const ReadGuard guard = store.Read();
    for (uint32_t slot = 0; slot < store.slot_count(); ++slot) {
      const Target* target = store.At(slot);
      if (target == nullptr) continue;
      const History& history = *target->Load();
      ReadHistory(history, violations);
      if (history.entries().empty()) continue;
      const int64_t now = history.entries().back().time_ms;
      int64_t& seen = newest.try_emplace(target->id(), now).first->second;
      violations.Expect(now >= seen);
      seen = now;
    }
  }
}

class Threads {
 public:
  template <typename F>
  void Start(F body) {
    threads_.emplace_back(std::move(body));
  }
  void Join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  std::vector<std::thread> threads_;
};

TEST(StoreConcurrencyTest, ReadersSeeWholeScrapesThatNeverGoBack) {
  Store store(ShortRetention());
  Violations violations;
  std::atomic<bool> stop{false};
  Threads readers;
  for (int i = 0; i < 4; ++i) readers.Start([&] { ReadAll(store, stop, violations); });
  Threads writers;
  for (int i = 0; i < 3; ++i) {
    writers.Start([&, i] {
      auto target = store.AddTarget({{"pod", std::to_string(i)}}, {});
      for (int64_t k = 1; k <= 1500; ++k) {
        violations.Expect(WriteRow(**target, k, 40).ok());
        if (k % 100 == 0) violations.Expect((*target)->MarkStale(k) == Refusal::kDuplicate);
      }
    });
  }
  writers.Join();
  stop = true;
  readers.Join();
  EXPECT_EQ(violations.count(), 0);
  EXPECT_EQ(store.Stats().scrapes_stored, 3u * 1500);
}

TEST(StoreConcurrencyTest, TargetsComeAndGoUnderTheReadersFeet) {
  Store store(ShortRetention());
  const uint64_t bytes_at_first = store.Stats().bytes;
  Violations violations;
  std::atomic<bool> stop{false};
  std::atomic<int64_t> clock{0};
  Threads others;
  for (int i = 0; i < 3; ++i) others.Start([&] { ReadAll(store, stop, violations); });
  others.Start([&] {
    while (!stop.load()) {
      store.Advance(clock.load());
      store.catalog().Collect();
      std::this_thread::yield();
    }
  });
  Threads writers;
  for (int i = 0; i < 2; ++i) {
    writers.Start([&, i] {
      for (int round = 0; round < 300; ++round) {
        // The same few label sets again and again: some are revived, some made anew.
        auto target = store.AddTarget({{"pod", std::to_string(i * 10 + round % 3)}}, {});
        if (!target.ok()) continue;
        for (int k = 0; k < 5; ++k) {
          // Refused only where a revived target ended just then: that is as it should be.
          (void)WriteRow(**target, clock.fetch_add(1) + 1, 8);
        }
        (*target)->Remove(clock.load());
      }
    });
  }
  writers.Join();
  stop = true;
  others.Join();
  EXPECT_EQ(violations.count(), 0);
  store.Advance(clock.load() + 1000);
  store.catalog().Collect();
  EXPECT_EQ(store.Stats().targets, 0u);
  EXPECT_EQ(store.Stats().series, 0u);
  EXPECT_EQ(store.Stats().rows, 0u);
  EXPECT_EQ(store.Stats().bytes, bytes_at_first);
}

TEST(StoreConcurrencyTest, IndexAnswersWhileTargetsChange) {
  Store store(ShortRetention());
  auto matcher = LabelMatcher::Create("job", MatchOp::kEqual, "a", 1 << 20);
  ASSERT_THAT(matcher, testing::IsOk());
  auto stays = store.AddTarget({{"job", "a"}, {"pod", "stays"}}, {});
  ASSERT_THAT(stays, testing::IsOk());
  Violations violations;
  std::atomic<bool> stop{false};
  Threads readers;
  for (int i = 0; i < 2; ++i) {
    readers.Start([&] {
      std::vector<uint32_t> slots;
      uint64_t version = store.version();
      while (!stop.load()) {
        const ReadGuard guard = store.Read();
        store.Candidates({&*matcher, 1}, &slots);
        bool found = false;
        for (const uint32_t slot : slots) {
          const Target* target = store.At(slot);
          found = found || (target != nullptr && target->labels().Get("pod") == "stays");
        }
        violations.Expect(found);
        const uint64_t now = store.version();
        violations.Expect(now >= version);
        if (store.ChangesSince(version, &slots)) version = now;
      }
    });
  }
  for (int k = 1; k <= 500; ++k) {
    auto comes = store.AddTarget({{"job", k % 2 == 0 ? "a" : "b"}, {"pod", "comes"}}, {});
    ASSERT_THAT(comes, testing::IsOk());
    ASSERT_THAT(WriteRow(**comes, k * 100, 4), testing::IsOk());
    (*comes)->Remove(k * 100 + 1);
    store.Advance(k * 100 + 50);
  }
  stop = true;
  readers.Join();
  EXPECT_EQ(violations.count(), 0);
}

TEST(StoreConcurrencyTest, WritersOfOneTargetTakeTurns) {
  Store store(ShortRetention());
  auto target = store.AddTarget({{"pod", "a"}}, {});
  std::atomic<int64_t> next{0};
  std::atomic<uint64_t> stored{0};
  Violations violations;
  Threads writers;
  for (int i = 0; i < 4; ++i) {
    writers.Start([&] {
      for (int n = 0; n < 300; ++n) {
        const auto report = WriteRow(**target, next.fetch_add(1) + 1, 10);
        if (report.ok()) ++stored;
        violations.Expect(report.ok() || absl::IsOutOfRange(report.status()));
      }
    });
  }
  writers.Join();
  EXPECT_EQ(violations.count(), 0);
  const DatabaseStats stats = store.Stats();
  const uint64_t late = stats.refused_scrapes[static_cast<size_t>(Refusal::kOutOfOrder)];
  EXPECT_EQ(stats.scrapes_stored, stored.load());
  EXPECT_EQ(stored.load() + late, 1200u);
}

// A lone series that has fallen silent goes at the next Advance. Whoever appends just then
// is refused, and finds it revived or made anew at the next try. This Advance never
// pauses, so it may come in between more than once.
TEST(StoreConcurrencyTest, ALoneSeriesCanAlwaysBeAppendedToWhileSilentOnesGo) {
  Store store(ShortRetention());
  std::atomic<bool> stop{false};
  std::atomic<int64_t> clock{0};
  Threads advancer;
  advancer.Start([&] {
    while (!stop.load()) store.Advance(clock.load());
  });
  Violations violations;
  for (int k = 1; k <= 2000; ++k) {
    clock = k * 100;  // each append finds what came before expired
    absl::StatusOr<IngestReport> report;
    for (int tries = 0; tries < 100; ++tries) {
      auto target = store.LoneSeries({{"__name__", "odd"}, {"n", "1"}});
      ASSERT_THAT(target, testing::IsOk());
      RowWriter row(**target, k * 100, /*mark_missing=*/false);
      row.Add("odd", {}, 1);
      report = row.Commit();
      if (report.ok()) break;
    }
    violations.Expect(report.ok());
  }
  stop = true;
  advancer.Join();
  EXPECT_EQ(violations.count(), 0);
}

TEST(EpochConcurrencyTest, AnObjectLivesUntilItsLastReaderHasLeft) {
  struct Object {
    std::atomic<int> alive{1};
    ~Object() { alive.store(0); }
  };
  Epochs epochs;
  std::atomic<Object*> published{new Object};
  std::atomic<bool> stop{false};
  Violations violations;
  Threads readers;
  for (int i = 0; i < 4; ++i) {
    readers.Start([&] {
      while (!stop.load()) {
        const ReadGuard guard(epochs);
        const Object* object = published.load(std::memory_order_seq_cst);
        for (int look = 0; look < 10; ++look) violations.Expect(object->alive.load() == 1);
      }
    });
  }
  {
    RetireList retired(epochs);
    for (int i = 0; i < 20'000; ++i) {
      retired.Retire(std::unique_ptr<Object>(published.exchange(new Object)));
      retired.Collect();
    }
    stop = true;
    readers.Join();
  }
  delete published.load();
  EXPECT_EQ(violations.count(), 0);
}

// 200 at once are more than there are slots: some wait, all get in.
TEST(EpochConcurrencyTest, MoreReadersThanSlotsTakeTurns) {
  Epochs epochs;
  std::atomic<int> entered{0};
  Threads readers;
  for (int i = 0; i < 200; ++i) {
    readers.Start([&] {
      const ReadGuard guard(epochs);
      entered.fetch_add(1);
      std::this_thread::yield();
    });
  }
  readers.Join();
  EXPECT_EQ(entered.load(), 200);
  EXPECT_GT(epochs.SafeBelow(), 0u);
}

}  // namespace
}  // namespace tacho::storage
