#include "storage/store.h"

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/row_writer.h"
#include "tests/storage/scrape.h"
#include "tests/support/status_matchers.h"

namespace tacho::storage {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::Samples;
using ::tacho::testing::Scrape;
using ::tacho::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Options Tight() {
  Options options;
  options.retention = absl::Seconds(10);
  return options;
}

std::vector<uint32_t> All(const Store& store) {
  std::vector<uint32_t> slots;
  store.Candidates({}, &slots);
  return slots;
}

TEST(StoreTest, ATargetIsFoundInItsSlot) {
  Store store(Tight());
  const auto target = *store.AddTarget({{"pod", "p"}}, {});
  const ReadGuard guard = store.Read();
  EXPECT_EQ(store.At(target->slot()), target.get());
  EXPECT_EQ(store.At(target->slot() + 1), nullptr);
  EXPECT_EQ(store.At(UINT32_MAX), nullptr);
  EXPECT_EQ(store.slot_count(), 1u);
}

TEST(StoreTest, TwoTargetsMayNotHaveTheSameLabels) {
  Store store(Tight());
  ASSERT_THAT(store.AddTarget({{"a", "1"}, {"b", "2"}}, {}), IsOk());
  EXPECT_THAT(store.AddTarget({{"b", "2"}, {"a", "1"}}, {}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("{a=\"1\", b=\"2\"}")));
  // The same text, cut differently.
  EXPECT_THAT(store.AddTarget({{"a", "1b"}, {"2", "2"}}, {}), IsOk());
  EXPECT_THAT(store.AddTarget({{"a", "11:b1:2"}}, {}), IsOk());
}

TEST(StoreTest, SlotsAreReusedAndIdsAreNot) {
  Store store(Tight());
  std::set<uint64_t> ids;
  for (int64_t t = 1000; t < 100'000; t += 1000) {
    const auto target = *store.AddTarget({{"pod", std::to_string(t)}}, {});
    EXPECT_TRUE(ids.insert(target->id()).second);
    EXPECT_EQ(target->slot(), 0u);
    target->Remove(t);
    store.Advance(t);
    const ReadGuard guard = store.Read();
    EXPECT_EQ(store.At(0), nullptr);
  }
  EXPECT_EQ(store.slot_count(), 1u);
}

TEST(StoreTest, MoreTargetsThanAChunkHolds) {
  Store store(Tight());
  for (int i = 0; i < 2500; ++i) {
    ASSERT_THAT(store.AddTarget({{"pod", std::to_string(i)}}, {}), IsOk());
  }
  const ReadGuard guard = store.Read();
  EXPECT_EQ(store.At(2499)->labels().Get("pod"), "2499");
  EXPECT_THAT(All(store), SizeIs(2500));
}

TEST(StoreTest, ARemovedTargetStaysUntilItsRowsHaveExpired) {
  Store store(Tight());
  auto target = *store.AddTarget({{"pod", "p"}}, {});
  ASSERT_THAT(Scrape(*target, 1000, {{"a", 1}}), IsOk());
  target->Remove(2000);
  store.Advance(10'999);
  EXPECT_EQ(store.Stats().targets, 1u);
  store.Advance(11'000);  // the row of 1 s is 10 s old
  EXPECT_EQ(store.Stats().targets, 0u);
  EXPECT_THAT(All(store), IsEmpty());
  EXPECT_THAT(Scrape(*target, 12'000, {{"a", 1}}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("removed")));
}

TEST(StoreTest, AddedAgainInTimeItContinuesElseItIsNew) {
  Store store(Tight());
  const auto first = *store.AddTarget({{"pod", "p"}}, {});
  ASSERT_THAT(Scrape(*first, 1000, {{"a", 1}}), IsOk());
  first->Remove(2000);
  EXPECT_EQ(*store.AddTarget({{"pod", "p"}}, {}), first);
  first->Remove(3000);
  store.Advance(20'000);
  const auto second = *store.AddTarget({{"pod", "p"}}, {});
  EXPECT_NE(second->id(), first->id());
}

TEST(StoreTest, ATargetThatIsNotRemovedStaysEvenIfItIsSilent) {
  Store store(Tight());
  const auto target = *store.AddTarget({{"pod", "p"}}, {});
  ASSERT_THAT(Scrape(*target, 1000, {{"a", 1}}), IsOk());
  store.Advance(100'000);
  EXPECT_EQ(store.Stats().targets, 1u);
  EXPECT_EQ(store.Stats().rows, 0u);
  EXPECT_EQ(store.Stats().series, 0u);
  EXPECT_THAT(Scrape(*target, 100'000, {{"a", 1}}), IsOk());
}

TEST(StoreTest, TimeDoesNotGoBack) {
  Store store(Tight());
  store.Advance(50'000);
  store.Advance(1000);
  EXPECT_EQ(store.now_ms(), 50'000);
}

TEST(StoreTest, TheEndsOfTimeAreSafe) {
  Store store(Tight());
  const auto target = *store.AddTarget({}, {});
  ASSERT_THAT(Scrape(*target, 1000, {{"a", 1}}), IsOk());
  store.Advance(INT64_MIN);
  EXPECT_EQ(store.Stats().rows, 1u);
  store.Advance(INT64_MAX);
  EXPECT_EQ(store.Stats().rows, 0u);
}

// --- Lone series and health -------------------------------------------------------------

TEST(StoreTest, ALoneSeriesIsATargetWithoutTheName) {
  Store store(Tight());
  const Labels series({{"__name__", "m"}, {"job", "j"}});
  const auto target = *store.LoneSeries(series);
  EXPECT_EQ(target->labels(), Labels({{"job", "j"}}));
  EXPECT_EQ(*store.LoneSeries(series), target);
  EXPECT_NE(*store.LoneSeries({{"__name__", "n"}, {"job", "j"}}), target);
  EXPECT_EQ(store.Stats().targets, 0u);  // it is none of the caller's
  EXPECT_THAT(store.AddTarget({{"job", "j"}}, {}), IsOk());
}

TEST(StoreTest, ALoneSeriesThatFallsSilentGoes) {
  Store store(Tight());
  const Labels series({{"__name__", "m"}});
  const auto first = *store.LoneSeries(series);
  ASSERT_THAT(Scrape(*first, 1000, {{"m", 1}}), IsOk());
  store.Advance(5000);
  EXPECT_THAT(All(store), SizeIs(1));
  store.Advance(11'000);
  EXPECT_THAT(All(store), IsEmpty());
  const auto second = *store.LoneSeries(series);
  EXPECT_NE(second, first);
  EXPECT_THAT(Scrape(*second, 12'000, {{"m", 1}}), IsOk());
}

// Found silent by Advance, but not yet out of its slot: whoever asks just then gets it
// back. Removing it by hand stands for the moment in between.
TEST(StoreTest, ALoneSeriesThatIsAboutToGoIsRevivedByAskingForIt) {
  Store store(Tight());
  const Labels series({{"__name__", "m"}});
  const auto target = *store.LoneSeries(series);
  EXPECT_TRUE(target->Expire(0, /*remove_if_silent=*/true));
  EXPECT_EQ(*store.LoneSeries(series), target);
  EXPECT_THAT(Scrape(*target, 1000, {{"m", 1}}), IsOk());
}

TEST(StoreTest, HealthHasTheTargetsLabelsAndRowsOfItsOwn) {
  Store store(Tight());
  const auto target = *store.AddTarget({{"pod", "p"}}, {});
  const auto health = *store.HealthOf(target->labels());
  EXPECT_NE(health, target);
  EXPECT_EQ(health->labels(), target->labels());
  EXPECT_EQ(*store.HealthOf({{"pod", "p"}}), health);
  ASSERT_THAT(Scrape(*health, 1000, {{"up", 1}}), IsOk());
  EXPECT_THAT(Samples(*target, "up"), IsEmpty());
  EXPECT_EQ(store.Stats().targets, 1u);
}

// --- Versions -----------------------------------------------------------------------------

TEST(StoreTest, TheVersionMovesWithTargetsAndShapesButNotWithRows) {
  Store store(Tight());
  uint64_t version = store.version();
  const auto changed = [&] { return std::exchange(version, store.version()) != version; };
  const auto target = *store.AddTarget({{"pod", "p"}}, {});
  EXPECT_TRUE(changed());
  ASSERT_THAT(Scrape(*target, 1000, {{"a", 1}}), IsOk());
  EXPECT_TRUE(changed());
  ASSERT_THAT(Scrape(*target, 2000, {{"a", 1}}), IsOk());
  EXPECT_FALSE(changed());
  target->Remove(3000);
  EXPECT_FALSE(changed());  // windows still see it
  store.Advance(30'000);
  EXPECT_TRUE(changed());
}

// Whoever hears of the change finds the slot empty, and not the target that was there.
TEST(StoreTest, AReclaimedTargetIsOutOfItsSlotWhenTheVersionMoves) {
  Store store(Tight());
  (*store.AddTarget({{"pod", "p"}}, {}))->Remove(1000);
  const uint64_t version = store.version();
  store.Advance(2000);
  std::vector<uint32_t> slots;
  ASSERT_TRUE(store.ChangesSince(version, &slots));
  EXPECT_THAT(slots, ElementsAre(0));
  const ReadGuard guard = store.Read();
  EXPECT_EQ(store.At(0), nullptr);
}

TEST(StoreTest, AReaderKeepsATargetThatIsReclaimed) {
  Store store(Tight());
  auto target = *store.AddTarget({{"pod", "p"}}, {});
  const ReadGuard guard = store.Read();
  const Target* seen = store.At(0);
  target->Remove(1000);
  target.reset();
  store.Advance(50'000);
  EXPECT_EQ(store.At(0), nullptr);
  EXPECT_EQ(seen->labels().Get("pod"), "p");
  EXPECT_EQ(seen->Load()->entries().size(), 0u);
}

// --- Accounting ---------------------------------------------------------------------------

TEST(StoreTest, BytesAreThoseOfWhatIsHeld) {
  Store store(Tight());
  const auto target = *store.AddTarget({{"pod", "p"}}, {});
  // The second one finds its series by name, for which the shape makes a table.
  for (int64_t t : {1000, 2000}) ASSERT_THAT(Scrape(*target, t, {{"a", 1}, {"b", 1}}), IsOk());
  const uint64_t before = store.Stats().bytes;
  ASSERT_THAT(Scrape(*target, 3000, {{"a", 1}, {"b", 1}}), IsOk());
  EXPECT_EQ(store.Stats().bytes - before, sizeof(Row) + 2 * 8 + sizeof(Entry));
}

TEST(StoreTest, WhenAllIsGoneNothingIsCounted) {
  Store store(Tight());
  const uint64_t empty = store.Stats().bytes;
  for (int i = 0; i < 50; ++i) {
    const auto target = *store.AddTarget({{"pod", std::to_string(i)}}, {});
    for (int64_t t = 0; t < 20'000; t += 1000) {
      ASSERT_THAT(Scrape(*target, t, {{"a", 1}, {"b" + std::to_string(t), 2}}), IsOk());
    }
    const auto lone = *store.LoneSeries({{"__name__", "m"}, {"i", std::to_string(i)}});
    ASSERT_THAT(Scrape(*lone, 1000, {{"m", 1}}), IsOk());
    target->Remove(20'000);
  }
  EXPECT_EQ(store.Stats().targets, 50u);
  store.Advance(100'000);
  store.catalog().Collect();
  const DatabaseStats stats = store.Stats();
  EXPECT_EQ(stats.targets, 0u);
  EXPECT_EQ(stats.series, 0u);
  EXPECT_EQ(stats.rows, 0u);
  EXPECT_EQ(stats.shapes, 1u);  // the empty one
  EXPECT_EQ(stats.bytes, empty);
}

// Pods replaced for hours: what is held follows what is alive.
TEST(StoreTest, UnderChurnOfTargetsMemoryIsFlat) {
  Store store(Tight());
  uint64_t settled = 0;
  for (int i = 0; i < 3000; ++i) {
    const int64_t t = i * 1000;
    const auto comes = *store.AddTarget({{"pod", "pod-" + std::to_string(10'000 + i)}}, {});
    ASSERT_THAT(Scrape(*comes, t, {{"a", 1, {{"path", "/" + std::to_string(10'000 + i)}}}}),
                IsOk());
    comes->Remove(t + 500);
    store.Advance(t);
    if (i % 100 == 0) store.catalog().Collect();
    if (i == 200) settled = store.Stats().bytes;
    if (i % 100 == 0 && i > 200) {
      ASSERT_EQ(store.Stats().bytes, settled) << "after " << i;
    }
  }
  EXPECT_LE(store.Stats().targets, 11u);
  EXPECT_LE(store.slot_count(), 12u);
}

}  // namespace
}  // namespace tacho::storage
