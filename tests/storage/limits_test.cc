// Each limit refuses what crosses it, says which one it was, and leaves the rest working.
#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/row_writer.h"
#include "storage/store.h"
#include "tests/storage/scrape.h"
#include "tests/support/status_matchers.h"

namespace tacho::storage {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::Sample;
using ::tacho::testing::Samples;
using ::tacho::testing::Scrape;
using ::tacho::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Options With(const std::function<void(StorageLimits&)>& change) {
  Options options;
  options.retention = absl::Seconds(10);
  change(options.storage);
  return options;
}

std::vector<Sample> Body(int first, int count) {
  std::vector<Sample> body;
  for (int i = first; i < first + count; ++i) body.push_back({"m" + std::to_string(i), 1});
  return body;
}

uint64_t Refused(const Store& store, Refusal why) {
  return store.Stats().refused_scrapes[static_cast<size_t>(why)];
}

TEST(LimitsTest, ALabelThatIsTooLongRefusesTheWholeRow) {
  Store store(With([](StorageLimits& limits) {
    limits.max_label_name_bytes = 10;
    limits.max_label_value_bytes = 20;
  }));
  const auto target = *store.AddTarget({{"pod", "p"}}, {});
  const std::string name(11, 'n');
  const std::string value(21, 'v');
  EXPECT_THAT(Scrape(*target, 1, {{"a", 1}, {"b", 1, {{name, "x"}}}}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       AllOf(HasSubstr("label " + name + " of b has 11 bytes of name"),
                             HasSubstr("max_label_name_bytes"))));
  EXPECT_THAT(Scrape(*target, 1, {{"a", 1, {{"x", value}}}}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       AllOf(HasSubstr("21 of value"), HasSubstr("max_label_value_bytes"))));
  EXPECT_THAT(Scrape(*target, 1, {{name, 1}}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("the name " + name + " has 11 bytes")));
  EXPECT_EQ(Refused(store, Refusal::kLabelLimit), 3u);
  EXPECT_EQ(store.Stats().series, 0u);
  EXPECT_THAT(Scrape(*target, 1, {{"a", 1, {{name.substr(1), value.substr(1)}}}}), IsOk());
}

// exported_pod is what is stored, so that is what counts.
TEST(LimitsTest, ARenamedLabelIsMeasuredByItsNewName) {
  Store store(With([](StorageLimits& limits) { limits.max_label_name_bytes = 11; }));
  const auto target = *store.AddTarget({{"pod", "p"}}, {});
  EXPECT_THAT(Scrape(*target, 1, {{"a", 1, {{"pod", "x"}}}}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("exported_pod")));
}

TEST(LimitsTest, TheNumberOfLabelsCountsThoseOfTheTargetAndTheName) {
  Store store(With([](StorageLimits& limits) { limits.max_labels_per_series = 4; }));
  const auto target = *store.AddTarget({{"job", "j"}, {"pod", "p"}}, {.honor_labels = true});
  EXPECT_THAT(Scrape(*target, 1, {{"a", 1, {{"x", "1"}}}}), IsOk());
  EXPECT_THAT(Scrape(*target, 2, {{"a", 1, {{"x", "1"}, {"y", "2"}}}}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("a has 5 labels")));
  // pod of the body takes the place of the target's.
  EXPECT_THAT(Scrape(*target, 2, {{"a", 1, {{"x", "1"}, {"pod", "2"}}}}), IsOk());
}

TEST(LimitsTest, ALongNameIsShortenedInTheErrorBetweenCharacters) {
  Store store(With([](StorageLimits& limits) { limits.max_label_name_bytes = 100; }));
  const auto target = *store.AddTarget({}, {});
  std::string name(79, 'n');
  for (int i = 0; i < 20; ++i) name += "\xc3\xa9";  // the 80th byte is the first half of one
  EXPECT_THAT(Scrape(*target, 1, {{name, 1}}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("the name " + std::string(79, 'n') + "... has 119 bytes")));
}

TEST(LimitsTest, OverTheSeriesLimitNewSeriesAreRefusedAndKnownOnesGoOn) {
  Store store(With([](StorageLimits& limits) { limits.max_series = 10; }));
  const auto a = *store.AddTarget({{"pod", "a"}}, {});
  const auto b = *store.AddTarget({{"pod", "b"}}, {});
  ASSERT_THAT(Scrape(*a, 1000, Body(0, 6)), IsOk());
  EXPECT_THAT(Scrape(*b, 1000, Body(0, 5)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("max_series (10)")));
  EXPECT_EQ(store.Stats().series, 6u);
  EXPECT_THAT(Scrape(*b, 1000, Body(0, 4)), IsOk());
  EXPECT_THAT(Scrape(*a, 2000, Body(0, 6)), IsOk());
  EXPECT_THAT(Scrape(*a, 3000, Body(0, 7)), StatusIs(absl::StatusCode::kResourceExhausted,
                                                    HasSubstr("max_series")));
  EXPECT_THAT(Samples(*a, "m0"), SizeIs(2));
  EXPECT_EQ(Refused(store, Refusal::kSeriesLimit), 2u);
}

// A body of names that are never taken must not fill the catalog on its way out.
TEST(LimitsTest, ARowThatIsOverALimitStopsInterning) {
  Store store(With([](StorageLimits& limits) { limits.max_series = 10; }));
  const auto target = *store.AddTarget({}, {});
  ASSERT_FALSE(Scrape(*target, 1000, Body(0, 1000)).ok());
  EXPECT_LE(store.catalog().symbol_count(), 11u);
}

TEST(LimitsTest, OverTheByteLimitARowIsRefused) {
  Store store(With([](StorageLimits& limits) { limits.max_bytes = 100'000; }));
  const auto target = *store.AddTarget({}, {});
  EXPECT_THAT(Scrape(*target, 1000, Body(0, 5000)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("max_bytes (100000)")));
  EXPECT_EQ(Refused(store, Refusal::kByteLimit), 1u);
  EXPECT_THAT(Scrape(*target, 1000, Body(0, 10)), IsOk());
}

// A hundred series a second, ten seconds kept: once ten rows are there, each new one takes
// the place of an old one. Then somebody else fills what is left.
TEST(LimitsTest, AtTheByteLimitATargetGoesOnInThePlaceOfItsExpiredRows) {
  Store store(With([](StorageLimits& limits) { limits.max_bytes = 60'000; }));
  const auto steady = *store.AddTarget({{"pod", "steady"}}, {});
  const auto greedy = *store.AddTarget({{"pod", "greedy"}}, {});
  int64_t t = 0;
  for (; t < 15'000; t += 1000) ASSERT_THAT(Scrape(*steady, t, Body(0, 100)), IsOk());
  int64_t fill = 0;
  while (Scrape(*greedy, ++fill, Body(200, 100)).ok()) {
  }
  ASSERT_GT(store.BytesInUse() + 900, 60'000u);
  for (; t < 40'000; t += 1000) EXPECT_THAT(Scrape(*steady, t, Body(0, 100)), IsOk());
  EXPECT_LE(store.BytesInUse(), 60'000u);
  EXPECT_THAT(Scrape(*steady, t, Body(0, 101)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("max_bytes")));
}

TEST(LimitsTest, TheTargetLimitCountsTargetsThatWereRemovedUntilTheyAreReclaimed) {
  Store store(With([](StorageLimits& limits) { limits.max_targets = 2; }));
  const auto a = *store.AddTarget({{"pod", "a"}}, {});
  ASSERT_THAT(store.AddTarget({{"pod", "b"}}, {}), IsOk());
  EXPECT_THAT(store.AddTarget({{"pod", "c"}}, {}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("max_targets (2)")));
  EXPECT_EQ(Refused(store, Refusal::kTargetLimit), 1u);
  a->Remove(1000);
  EXPECT_FALSE(store.AddTarget({{"pod", "c"}}, {}).ok());
  store.Advance(2000);
  EXPECT_THAT(store.AddTarget({{"pod", "c"}}, {}), IsOk());
  // Lone series and health are bounded by bytes and series, not by this.
  EXPECT_THAT(store.LoneSeries({{"__name__", "x"}}), IsOk());
}

TEST(LimitsTest, ATargetForWhichThereIsNoMemoryIsRefused) {
  Store store(With([](StorageLimits& limits) { limits.max_bytes = 3'000; }));
  ASSERT_THAT(store.AddTarget({{"pod", "a"}}, {}), IsOk());
  EXPECT_THAT(store.AddTarget({{"pod", std::string(1000, 'x')}}, {}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("max_bytes")));
  EXPECT_THAT(store.AddTarget({{"pod", "b"}}, {}), IsOk());  // its labels are shorter
}

TEST(LimitsTest, ACallersOwnLimitRefusesTheRow) {
  Store store{Options()};
  const auto target = *store.AddTarget({}, {});
  RowWriter row(*target, 1, true);
  row.Refuse(Refusal::kSampleLimit);
  EXPECT_EQ(row.Add("a", {}, 1), kNoPosition);
  EXPECT_THAT(row.Commit(), StatusIs(absl::StatusCode::kResourceExhausted,
                                     HasSubstr("max_samples_per_scrape (50000)")));
  EXPECT_EQ(Refused(store, Refusal::kSampleLimit), 1u);
}

}  // namespace
}  // namespace tacho::storage
