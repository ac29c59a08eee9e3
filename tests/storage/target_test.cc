// The life of a target: ends, removal, return, expiry.
#include "storage/target.h"

#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/row_writer.h"
#include "storage/store.h"
#include "tests/storage/scrape.h"
#include "tests/support/status_matchers.h"

namespace tacho::storage {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::Latest;
using ::tacho::testing::Samples;
using ::tacho::testing::Scrape;
using ::tacho::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

class TargetTest : public ::testing::Test {
 protected:
  TargetTest() : store_(Tight()), target_(*store_.AddTarget(labels_, {})) {}

  static Options Tight() {
    Options options;
    options.retention = absl::Seconds(10);
    options.max_ahead = absl::Seconds(5);
    return options;
  }
  size_t rows() const { return target_->Load()->entries().size(); }

  const Labels labels_{{"pod", "p"}};
  Store store_;
  TargetRef target_;
};

TEST_F(TargetTest, StartsWithNothing) {
  EXPECT_EQ(target_->Load()->shape().size(), 0u);
  EXPECT_EQ(rows(), 0u);
  EXPECT_EQ(target_->labels(), labels_);
  EXPECT_EQ(target_->MarkStale(5), Refusal::kNone);  // ends nothing
  EXPECT_FALSE(target_->vacant());                   // but is not removed
}

TEST_F(TargetTest, RowsOlderThanRetentionGoAsNewOnesCome) {
  for (int64_t t = 0; t <= 30'000; t += 1000) ASSERT_THAT(Scrape(*target_, t, {{"a", 1}}), IsOk());
  EXPECT_EQ(rows(), 10u);  // (20 s, 30 s]
  EXPECT_EQ(target_->Load()->entries().front().time_ms, 21'000);
  EXPECT_EQ(store_.Stats().rows, 10u);
}

TEST_F(TargetTest, OnlyTheFirstOfSeveralEndsCounts) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}}), IsOk());
  EXPECT_EQ(target_->MarkStale(2000), Refusal::kNone);
  EXPECT_EQ(target_->MarkStale(3000), Refusal::kNone);
  EXPECT_EQ(target_->Load()->entries().back().ended_ms, 2000);
  EXPECT_EQ(target_->MarkStale(2000), Refusal::kDuplicate);
  EXPECT_EQ(target_->MarkStale(1500), Refusal::kOutOfOrder);
}

TEST_F(TargetTest, ARemovedTargetIsEndedAndTakesNothing) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}}), IsOk());
  target_->Remove(2000);
  EXPECT_EQ(Latest(*target_, "a", 2000), std::nullopt);
  EXPECT_THAT(Latest(*target_, "a", 1999), Optional(1.0));
  EXPECT_THAT(Samples(*target_, "a"), SizeIs(1));  // windows still reach it
  EXPECT_THAT(Scrape(*target_, 3000, {{"a", 2}}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("removed")));
  EXPECT_EQ(target_->MarkStale(3000), Refusal::kTargetRemoved);
}

TEST_F(TargetTest, ARemovalIsNeverRefusedForItsTime) {
  ASSERT_THAT(Scrape(*target_, 5000, {{"a", 1}}), IsOk());
  target_->Remove(1000);
  EXPECT_EQ(target_->Load()->entries().back().ended_ms, 5001);  // just after the newest row
}

// Else a target that comes back could take no row for ages.
TEST_F(TargetTest, ARemovalInTheFarFutureComesNoLaterThanARowMay) {
  store_.Advance(10'000);
  ASSERT_THAT(Scrape(*target_, 9000, {{"a", 1}}), IsOk());
  target_->Remove(INT64_MAX);
  EXPECT_EQ(target_->Load()->entries().back().ended_ms, 15'000);  // now + max_ahead
  ASSERT_TRUE(target_->Revive({}));
  EXPECT_THAT(Scrape(*target_, 15'000, {{"a", 1}}),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("duplicate")));
}

TEST_F(TargetTest, WithoutAClockTheEndsOfInt64AreSafeToo) {
  ASSERT_THAT(Scrape(*target_, kMaxTime, {{"a", 1}}), IsOk());
  target_->Remove(INT64_MAX);
  EXPECT_EQ(target_->Load()->entries().back().ended_ms, kMaxTime + 1);
  const auto other = *store_.AddTarget({{"pod", "q"}}, {});
  ASSERT_THAT(Scrape(*other, kMinTime, {{"a", 1}}), IsOk());
  other->Remove(INT64_MIN);
  EXPECT_EQ(other->Load()->entries().back().ended_ms, kMinTime + 1);
}

TEST_F(TargetTest, ARevivedTargetGoesOnWithItsSeries) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}}), IsOk());
  target_->Remove(2000);
  EXPECT_TRUE(target_->Revive({.sample_limit = 7}));
  EXPECT_FALSE(target_->Revive({}));  // it is not removed any more
  EXPECT_EQ(target_->options().sample_limit, 7u);
  ASSERT_THAT(Scrape(*target_, 3000, {{"a", 2}}), IsOk());
  EXPECT_THAT(Samples(*target_, "a"), SizeIs(2));
  EXPECT_THAT(Latest(*target_, "a", 3000), Optional(2.0));
}

// A plan that was made for the old meaning of a body must not be used for the new one.
TEST_F(TargetTest, RevivingWithOtherRulesForLabelsChangesTheLayout) {
  const auto layout = [&] { return RowWriter(*target_, 1, true).layout(); };
  const uint64_t before = layout();
  target_->Remove(1);
  target_->Revive({});
  EXPECT_EQ(layout(), before);
  target_->Remove(1);
  target_->Revive({.honor_labels = true});
  EXPECT_NE(layout(), before);
}

TEST_F(TargetTest, ExpiryDropsRowsAndThenTheShape) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}}), IsOk());
  ASSERT_THAT(Scrape(*target_, 2000, {{"a", 1}}), IsOk());
  EXPECT_FALSE(target_->Expire(1000, false));
  EXPECT_EQ(rows(), 1u);
  EXPECT_EQ(store_.Stats().series, 1u);
  EXPECT_FALSE(target_->Expire(2000, false));
  EXPECT_EQ(rows(), 0u);
  EXPECT_EQ(target_->Load()->shape().size(), 0u);
  EXPECT_EQ(store_.Stats().series, 0u);
  ASSERT_THAT(Scrape(*target_, 1500, {{"a", 1}}), IsOk());  // it starts afresh
}

// What was known by position is so no longer.
TEST_F(TargetTest, TheLayoutChangesWithTheLastRow) {
  const auto layout = [&] { return RowWriter(*target_, 5000, true).layout(); };
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}}), IsOk());
  ASSERT_THAT(Scrape(*target_, 2000, {{"a", 1}}), IsOk());
  const uint64_t before = layout();
  target_->Expire(1000, false);
  EXPECT_EQ(layout(), before);
  target_->Expire(2000, false);
  EXPECT_NE(layout(), before);
}

TEST_F(TargetTest, ExpirySaysWhenNothingOfARemovedTargetIsLeft) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}}), IsOk());
  target_->Remove(1500);
  EXPECT_FALSE(target_->Expire(500, false));
  EXPECT_FALSE(target_->vacant());
  EXPECT_TRUE(target_->Expire(1000, false));
  EXPECT_TRUE(target_->vacant());
}

TEST_F(TargetTest, ExpiryRemovesASilentTargetIfAsked) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}}), IsOk());
  EXPECT_FALSE(target_->Expire(500, true));
  EXPECT_TRUE(target_->Expire(1000, true));
  EXPECT_THAT(Scrape(*target_, 2000, {{"a", 1}}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("removed")));
}

TEST_F(TargetTest, AReaderKeepsWhatItLoaded) {
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}}), IsOk());
  const ReadGuard guard = store_.Read();
  const History* before = target_->Load();
  for (int64_t t = 20'000; t < 50'000; t += 1000) {
    ASSERT_THAT(Scrape(*target_, t, {{"a", 2}}), IsOk());
  }
  ASSERT_THAT(before->entries(), SizeIs(1));
  EXPECT_EQ((*before->entries()[0].row)[0], 1);
}

TEST_F(TargetTest, KnowsWhetherTheNewestRowIsJustThisSample) {
  EXPECT_FALSE(target_->NewestIs(1000, 1));
  ASSERT_THAT(Scrape(*target_, 1000, {{"a", 1}}), IsOk());
  EXPECT_TRUE(target_->NewestIs(1000, 1));
  EXPECT_FALSE(target_->NewestIs(1000, 2));
  EXPECT_FALSE(target_->NewestIs(999, 1));
  ASSERT_THAT(Scrape(*target_, 2000, {{"a", 1}, {"b", 1}}), IsOk());
  EXPECT_FALSE(target_->NewestIs(2000, 1));
}

}  // namespace
}  // namespace tacho::storage
