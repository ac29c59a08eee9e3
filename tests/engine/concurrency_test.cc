// Queries while writers write: whole scrapes only, never backwards, and nothing
// that ThreadSanitizer objects to.
#include <atomic>
#include <cmath>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tacho/database.h"

namespace tacho {
namespace {

constexpr int kReaders = 4;
constexpr int kReadsEach = 3'000;
constexpr uint32_t kSeries = 200;
constexpr int64_t kLater = 200'000;  // ms; within the lookback of the first row

Timestamp At(int64_t ms) { return Timestamp::FromUnixMillis(1'700'000'000'000 + ms); }

std::string BodyOf(int64_t value, uint32_t series) {
  std::string body;
  for (uint32_t i = 0; i < series; ++i) absl::StrAppend(&body, "x{i=\"", i, "\"} ", value, "\n");
  return body;
}

// What readers saw that must not be.
struct Faults {
  std::atomic<int> torn = 0;
  std::atomic<int> backwards = 0;
};

// All series hold the same value, so their sum is a multiple of their number;
// and what is read later is not less than what was read before, by whichever
// query.
void Read(const Query& sum, const Query& max, const Query& min, Faults* faults) {
  double seen = 0;
  for (int i = 0; i < kReadsEach; ++i) {
    const auto total = sum.Evaluate(At(kLater));
    const double each = total->samples()[0].value / kSeries;
    if (std::trunc(each) != each) ++faults->torn;
    if (each < seen) ++faults->backwards;
    seen = each;
    for (const Query* query : {&max, &min}) {
      const auto extreme = query->Evaluate(At(kLater));
      if (extreme->samples()[0].value < seen) ++faults->backwards;
      seen = extreme->samples()[0].value;
    }
  }
}

// The writer sets all series to 1, then all to 2, ...: any difference among
// them would be a scrape seen in parts.
TEST(EngineConcurrencyTest, AScrapeIsSeenWholeAndNeverTakenBack) {
  Database database;
  Target target = *database.AddTarget({{"pod", "a"}});
  ASSERT_TRUE(target.Ingest(BodyOf(1, kSeries), Exposition::kText, At(1)).ok());
  Faults faults;
  std::atomic<int> reading = kReaders;
  const Query shared = *database.Prepare("max(x)");
  std::vector<std::thread> readers;
  for (int r = 0; r < kReaders; ++r) {
    readers.emplace_back([&] {
      Read(*database.Prepare("sum(x)"), shared, *database.Prepare("min(x)"), &faults);
      --reading;
    });
  }
  for (int64_t k = 2; reading > 0; ++k) {
    ASSERT_TRUE(target.Ingest(BodyOf(k, kSeries), Exposition::kText, At(k)).ok());
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(faults.torn, 0);
  EXPECT_EQ(faults.backwards, 0);
}

// Bodies grow by a series at a time while queries run: the sum over a prefix of
// 1, 2, 3,
// ... is always a whole triangle, n (n + 1) / 2, and never shrinks.
TEST(EngineConcurrencyTest, AGrowingBodyIsSeenWhole) {
  Database database;
  Target target = *database.AddTarget({{"pod", "a"}});
  std::atomic<bool> writing = true;
  std::atomic<int> torn = 0;
  std::thread reader([&] {
    const Query query = *database.Prepare("sum(x)");
    double seen = 0;
    while (writing) {
      const auto result = query.Evaluate(At(kLater));
      if (result->samples().empty()) continue;
      const double sum = result->samples()[0].value;
      const double n = result->samples()[0].evidence.series;
      if (sum != n * (n + 1) / 2 || sum < seen) ++torn;
      seen = sum;
    }
  });
  std::string body;
  for (int64_t n = 1; n <= 300; ++n) {
    absl::StrAppend(&body, "x{i=\"", n, "\"} ", n, "\n");
    EXPECT_TRUE(target.Ingest(body, Exposition::kText, At(n)).ok());
  }
  writing = false;
  reader.join();
  EXPECT_EQ(torn, 0);
}

// Pods come and go, each with one series of value 1, while a prepared query and
// fresh ones count them: the sum is the count.
TEST(EngineConcurrencyTest, PodsComeAndGoUnderQueries) {
  Options options;
  options.retention = absl::Minutes(6);
  Database database(options);
  std::atomic<bool> writing = true;
  std::atomic<int> wrong = 0;
  std::atomic<int64_t> clock = 0;
  std::vector<std::thread> readers;
  for (const bool prepared : {true, false}) {
    readers.emplace_back([&, prepared] {
      const Query query = *database.Prepare("sum(x)");
      while (writing) {
        const auto result =
            prepared ? query.Evaluate(At(clock)) : database.Ask("sum(x)", At(clock));
        if (result->samples().empty()) continue;
        const ResultSample& sample = result->samples()[0];
        if (sample.value != sample.evidence.series) ++wrong;
      }
    });
  }
  // A pod lives for three of its neighbours' births, and is forgotten soon
  // after.
  std::vector<Target> pods;
  for (int64_t k = 0; k < 400; ++k) {
    const int64_t now = k * 60'000;
    pods.push_back(*database.AddTarget({{"pod", absl::StrCat(k)}}));
    EXPECT_TRUE(pods.back().Ingest("x 1\n", Exposition::kText, At(now)).ok());
    clock = now;
    if (k >= 3) pods[static_cast<size_t>(k - 3)].Remove(At(now));
    database.Advance(At(now));
  }
  writing = false;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LT(database.Stats().targets, 20u);
}

}  // namespace
}  // namespace tacho
