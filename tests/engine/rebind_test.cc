// Prepared queries while everything changes: at every step their answers are,
// bit for bit, those of a query that was just made.
#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tacho/database.h"
#include "tests/engine/random_store.h"
#include "tests/engine/seed.h"

namespace tacho {
namespace {

using testing::RandomStore;

struct Prepared {
  std::string text;
  Query query;
};

std::vector<Prepared> PrepareSome(RandomStore& store) {
  std::vector<Prepared> all;
  for (const char* function : {"rate", "increase", "delta", "irate", "idelta"}) {
    for (int i = 0; i < 4; ++i) {
      const std::string matchers = store.RandomMatchers();
      const std::string text = absl::StrCat(
          store.OneOf<std::string>({"sum", "avg", "max", "count"}), store.RandomGrouping(), " (",
          function, "(requests{", matchers.empty() ? "" : matchers.substr(1), "}[40s]))");
      all.push_back({text, *store.database().Prepare(text)});
    }
  }
  for (const char* text :
       {"requests", "sum by (pod) (depth)", "rate(requests[30s])",
        "sum by (__name__) ({pod!=\"\"})", "min by (zone) (requests offset 10s)"}) {
    all.push_back({text, *store.database().Prepare(text)});
  }
  return all;
}

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

void ExpectSame(const QueryResult& prepared, const QueryResult& fresh) {
  ASSERT_EQ(prepared.samples().size(), fresh.samples().size());
  for (size_t i = 0; i < fresh.samples().size(); ++i) {
    const ResultSample& a = prepared.samples()[i];
    const ResultSample& b = fresh.samples()[i];
    EXPECT_EQ(a.labels(), b.labels());
    EXPECT_TRUE(SameBits(a.value, b.value)) << a.value << " " << b.value;
    EXPECT_EQ(a.evidence.series, b.evidence.series);
    EXPECT_EQ(a.evidence.targets, b.evidence.targets);
    EXPECT_EQ(a.evidence.targets_selected, b.evidence.targets_selected);
    EXPECT_EQ(a.evidence.oldest, b.evidence.oldest);
    EXPECT_EQ(a.evidence.newest, b.evidence.newest);
  }
  EXPECT_EQ(prepared.evidence().targets_selected, fresh.evidence().targets_selected);
}

TEST(RebindTest, APreparedQueryAnswersAsAFreshOneAtEveryStep) {
  const uint64_t seed = testing::Seed();
  for (uint64_t number = 0; number < 4; ++number) {
    RandomStore store(seed + 100 + number);
    std::vector<Prepared> queries = PrepareSome(store);
    for (int step = 0; step < 500; ++step) {
      store.Step();
      // Not every query sees every step: some have several changes to catch up
      // with.
      for (Prepared& prepared : queries) {
        if (store.Between(0, 4) != 0) continue;
        const Timestamp t = store.now() - absl::Milliseconds(store.Between(-1'000, 20'000));
        const auto answer = prepared.query.Evaluate(t);
        const auto fresh = store.database().Ask(prepared.text, t);
        ASSERT_EQ(answer.ok(), fresh.ok()) << prepared.text;
        if (!fresh.ok()) continue;
        SCOPED_TRACE(absl::StrCat(prepared.text, ", store ", number, ", step ", step));
        ASSERT_NO_FATAL_FAILURE(ExpectSame(*answer, *fresh));
        if (::testing::Test::HasFailure()) return;
      }
    }
  }
}

// More changes than the store remembers: the binding starts over.
TEST(RebindTest, AQueryThatSleptThroughTooManyChangesStartsOver) {
  Database database;
  const Query query = *database.Prepare("count by (pod) (m)");
  const auto at = [](int64_t seconds) { return Timestamp::FromUnixMillis(seconds * 1000); };
  Target a = *database.AddTarget({{"pod", "a"}});
  ASSERT_TRUE(a.Ingest("m 1\n", Exposition::kText, at(1)).ok());
  ASSERT_EQ(query.Evaluate(at(1))->samples().size(), 1u);
  for (int i = 0; i < (1 << 16) + 1; ++i) {
    ASSERT_TRUE(database.Append({{"__name__", "o"}, {"i", absl::StrCat(i)}}, at(1), 1).ok());
  }
  Target b = *database.AddTarget({{"pod", "b"}});
  ASSERT_TRUE(b.Ingest("m 1\n", Exposition::kText, at(2)).ok());
  EXPECT_EQ(query.Evaluate(at(2))->samples().size(), 2u);
}

}  // namespace
}  // namespace tacho
