// Writing through the public door: targets, lone samples, time, counts.
#include "tacho/database.h"

#include <memory>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tacho/sample.h"
#include "tests/support/status_matchers.h"

namespace tacho {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

Timestamp At(int64_t ms) { return Timestamp::FromUnixMillis(ms); }

Options Tight() {
  Options options;
  options.retention = absl::Minutes(1);
  options.lookback = absl::Seconds(30);
  options.storage.max_labels_per_series = 3;
  options.storage.max_label_value_bytes = 20;
  return options;
}

class DatabaseTest : public ::testing::Test {
 protected:
  // How many series the instant selector sees at this time.
  size_t Seen(std::string_view selector, int64_t ms) const {
    const auto result = db_.Ask(selector, At(ms));
    EXPECT_THAT(result, IsOk());
    return result.ok() ? result->samples().size() : 0;
  }
  // The value of the one series that it sees; NaN if there is not just one.
  double Value(std::string_view selector, int64_t ms) const {
    const auto result = db_.Ask(selector, At(ms));
    if (!result.ok() || result->samples().size() != 1) return NormalNan();
    return result->samples().front().value;
  }

  uint64_t LabelLimitRefusals() const {
    return db_.Stats().refused_scrapes[static_cast<size_t>(Refusal::kLabelLimit)];
  }

  Database db_{Tight()};
};

TEST_F(DatabaseTest, ATargetIsAddedOnceUntilItIsRemoved) {
  auto target = db_.AddTarget({{"pod", "p"}});
  ASSERT_THAT(target, IsOk());
  EXPECT_EQ(target->labels(), Labels({{"pod", "p"}}));
  EXPECT_THAT(db_.AddTarget({{"pod", "p"}}),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("{pod=\"p\"}")));
  target->Remove(At(1000));
  EXPECT_THAT(db_.AddTarget({{"pod", "p"}}), IsOk());
  EXPECT_EQ(db_.Stats().targets, 1u);
}

TEST_F(DatabaseTest, LabelsOfATargetAreChecked) {
  EXPECT_THAT(db_.AddTarget({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("max_labels_per_series")));
  EXPECT_THAT(db_.AddTarget({{"a", std::string(21, 'x')}}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("max_label_value_bytes")));
  EXPECT_THAT(db_.AddTarget({{"", "x"}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("empty name")));
  EXPECT_THAT(db_.AddTarget({{"a", "\xff"}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("UTF-8")));
  EXPECT_EQ(db_.Stats().targets, 0u);
  EXPECT_EQ(LabelLimitRefusals(), 2u);
}

TEST_F(DatabaseTest, ASampleAppendedAloneIsASeries) {
  const Labels series({{"__name__", "jobs"}, {"queue", "q"}});
  EXPECT_THAT(db_.Append(series, At(1000), 5), IsOk());
  EXPECT_THAT(db_.Append(series, At(1000), 5), IsOk());  // the very same again
  EXPECT_THAT(db_.Append(series, At(1000), 6),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("duplicate")));
  EXPECT_THAT(db_.Append(series, At(999), 5),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("out of order")));
  EXPECT_EQ(Value("jobs{queue=\"q\"}", 1000), 5);
  EXPECT_EQ(db_.Stats().samples_stored, 1u);
  EXPECT_EQ(db_.Stats().series, 1u);
}

TEST_F(DatabaseTest, AStaleMarkerEndsASeriesThatWasAppendedAlone) {
  const Labels series({{"__name__", "jobs"}});
  ASSERT_THAT(db_.Append(series, At(1000), 5), IsOk());
  ASSERT_THAT(db_.Append(series, At(2000), StaleMarker()), IsOk());
  EXPECT_EQ(Seen("jobs", 1999), 1u);
  EXPECT_EQ(Seen("jobs", 2000), 0u);
  ASSERT_THAT(db_.Append(series, At(3000), 6), IsOk());
  EXPECT_EQ(Seen("jobs", 3000), 1u);
}

TEST_F(DatabaseTest, WhatIsNoSeriesIsNotAppended) {
  EXPECT_THAT(db_.Append({{"queue", "q"}}, At(1), 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no __name__")));
  EXPECT_THAT(db_.Append({{"__name__", "m"}, {"q", "\xff"}}, At(1), 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("UTF-8")));
  EXPECT_THAT(db_.Append({{"__name__", "m"}, {"q", std::string(21, 'x')}}, At(1), 1),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("max_label_value_bytes")));
  EXPECT_EQ(LabelLimitRefusals(), 1u);
  EXPECT_THAT(db_.Append({{"__name__", "m"}}, Timestamp::Max(), 1),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("too far ahead")));
  EXPECT_THAT(db_.Append({{"__name__", "m"}}, Timestamp::Min(), 1),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("too old")));
  EXPECT_EQ(db_.Stats().series, 0u);
}

TEST_F(DatabaseTest, ALoneSeriesOutlivesItsSilence) {
  const Labels series({{"__name__", "jobs"}});
  for (int64_t t = 1000; t < 1'000'000; t += 100'000) {
    ASSERT_THAT(db_.Append(series, At(t), 1), IsOk()) << t;
    db_.Advance(At(t + 70'000));  // by then it has gone
    EXPECT_EQ(db_.Stats().series, 0u);
  }
}

TEST_F(DatabaseTest, HealthIsSeenBesideTheTargetsSeries) {
  auto target = db_.AddTarget({{"pod", "p"}});
  ASSERT_THAT(target->Ingest("a 1\n", Exposition::kText, At(1000)), IsOk());
  ASSERT_THAT(target->RecordHealth({.up = true,
                                    .duration_seconds = 0.1,
                                    .samples_scraped = 3,
                                    .samples_post_relabeling = 2,
                                    .series_added = 1},
                                   At(1000)),
              IsOk());
  EXPECT_EQ(Value("up{pod=\"p\"}", 1000), 1);
  EXPECT_EQ(Value("scrape_duration_seconds{pod=\"p\"}", 1000), 0.1);
  EXPECT_EQ(Value("scrape_samples_scraped{pod=\"p\"}", 1000), 3);
  EXPECT_EQ(Value("scrape_samples_post_metric_relabeling{pod=\"p\"}", 1000), 2);
  EXPECT_EQ(Value("scrape_series_added{pod=\"p\"}", 1000), 1);
  target->Remove(At(2000));
  EXPECT_EQ(Seen("{pod=\"p\"}", 1999), 6u);
  EXPECT_EQ(Seen("{pod=\"p\"}", 2000), 0u);
}

TEST_F(DatabaseTest, HandlesKeepWhatTheyNeed) {
  std::optional<Target> target;
  {
    Database db(Tight());
    target.emplace(*db.AddTarget({{"pod", "p"}}));
  }
  EXPECT_THAT(target->Ingest("a 1\n", Exposition::kText, At(1000)), IsOk());
  EXPECT_THAT(target->Ingest("a 1\n", Exposition::kText, At(2000)), IsOk());
}

TEST_F(DatabaseTest, AdvanceForgetsAndCountsItsWayBackToNothing) {
  const DatabaseStats empty = db_.Stats();
  {
    auto target = db_.AddTarget({{"pod", "p"}});
    ASSERT_THAT(target->Ingest("a 1\nb 2\n", Exposition::kText, At(1000)), IsOk());
    ASSERT_THAT(target->RecordHealth({.up = true}, At(1000)), IsOk());
    target->Remove(At(1500));
  }
  EXPECT_EQ(db_.Stats().series, 7u);
  const uint64_t version = db_.series_version();
  db_.Advance(At(100'000));
  EXPECT_NE(db_.series_version(), version);
  EXPECT_EQ(db_.Stats().targets, 0u);
  EXPECT_EQ(db_.Stats().series, 0u);
  EXPECT_EQ(db_.Stats().rows, 0u);
  EXPECT_EQ(db_.Stats().shapes, empty.shapes);
  EXPECT_LT(db_.Stats().bytes, empty.bytes + 2000);  // a few names wait to be collected
}

}  // namespace
}  // namespace tacho
