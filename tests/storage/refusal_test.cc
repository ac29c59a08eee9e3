#include "storage/refusal.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::storage {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::testing::HasSubstr;

absl::Status StatusOf(Refusal refusal) { return RefusalStatus(refusal, "", Options()); }

TEST(RefusalTest, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < kRefusalCount; ++i) {
    const std::string_view name = RefusalName(static_cast<Refusal>(i));
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos);
  }
  EXPECT_EQ(RefusalName(Refusal::kOutOfOrder), "out_of_order");
  EXPECT_EQ(RefusalName(Refusal::kByteLimit), "byte_limit");
}

TEST(RefusalTest, NoneIsOk) { EXPECT_THAT(StatusOf(Refusal::kNone), IsOk()); }

TEST(RefusalTest, TimesCannotBeMendedByResending) {
  EXPECT_THAT(StatusOf(Refusal::kOutOfOrder),
              StatusIs(absl::StatusCode::kOutOfRange,
                       "out of order: not newer than what is stored; drop it"));
  EXPECT_THAT(StatusOf(Refusal::kDuplicate),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("duplicate")));
  EXPECT_THAT(StatusOf(Refusal::kTooOld),
              StatusIs(absl::StatusCode::kOutOfRange, "too old: retention is 10m"));
  EXPECT_THAT(StatusOf(Refusal::kTooFarAhead),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("over 10m later")));
}

TEST(RefusalTest, ALimitIsNamedWithItsValue) {
  const auto exhausted = [](const char* text) {
    return StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(text));
  };
  EXPECT_THAT(StatusOf(Refusal::kSampleLimit), exhausted("max_samples_per_scrape (50000)"));
  EXPECT_THAT(StatusOf(Refusal::kBodyLimit), exhausted("max_body_bytes (16777216)"));
  EXPECT_THAT(StatusOf(Refusal::kSeriesLimit), exhausted("max_series (5000000)"));
  EXPECT_THAT(StatusOf(Refusal::kTargetLimit), exhausted("max_targets (5000)"));
  EXPECT_THAT(StatusOf(Refusal::kByteLimit), exhausted("max_bytes (4294967296)"));
}

TEST(RefusalTest, WhatTheCallerKnowsIsSaidInstead) {
  EXPECT_THAT(RefusalStatus(Refusal::kMalformed, "3:7: no value", Options()),
              StatusIs(absl::StatusCode::kInvalidArgument, "3:7: no value"));
  EXPECT_THAT(RefusalStatus(Refusal::kLabelLimit, "a has 70 labels", Options()),
              StatusIs(absl::StatusCode::kResourceExhausted, "a has 70 labels"));
}

TEST(RefusalTest, ARemovedTargetIsAPrecondition) {
  EXPECT_THAT(StatusOf(Refusal::kTargetRemoved),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("add it again")));
}

}  // namespace
}  // namespace tacho::storage
