#include "adapter/core/value_decision.h"

#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

// tests/adapter_core/mutation.py compiles this file with changed versions of
// value_decision.cc, and fails if these tests do not notice.
namespace tacho::adapter {
namespace {

constexpr Timestamp kNow = Timestamp::FromUnixMillis(1'700'000'000'000);
constexpr double kInf = std::numeric_limits<double>::infinity();

// One row, a second old, of samples that span a minute.
Observation Row(double value, Duration age = absl::Seconds(1)) {
  Observation seen;
  seen.rows = 1;
  seen.value = value;
  seen.newest = kNow - age;
  seen.oldest = seen.newest - absl::Minutes(1);
  seen.targets_selected = 1;
  return seen;
}

Observation NoRow(uint32_t targets_selected) {
  Observation seen;
  seen.targets_selected = targets_selected;
  return seen;
}

ValuePolicy MaxAge(Duration max_age) {
  ValuePolicy policy;
  policy.max_age = max_age;
  return policy;
}

Unknown Reason(const Observation& seen, const ValuePolicy& policy = {}) {
  const Decision decision = Decide(seen, kNow, policy);
  EXPECT_EQ(decision.known, decision.unknown == Unknown::kNone);
  EXPECT_EQ(decision.quantity.empty(), !decision.known);
  return decision.unknown;
}

TEST(DecisionTest, OneFreshFiniteRowIsAValueOfItsNewestSample) {
  const Decision decision = Decide(Row(1.5), kNow, {});
  EXPECT_EQ(decision.unknown, Unknown::kNone);
  EXPECT_TRUE(decision.known);
  EXPECT_EQ(decision.value, 1.5);
  EXPECT_EQ(decision.quantity, "1500m");
  EXPECT_EQ(decision.time, kNow - absl::Seconds(1));
}

TEST(DecisionTest, NoRowIsMissingOrWarming) {
  EXPECT_EQ(Reason(NoRow(0)), Unknown::kMissing);
  EXPECT_EQ(Reason(NoRow(1)), Unknown::kWarming);
}

TEST(DecisionTest, NoRowOfTargetsThatHaveGoneSilentIsStale) {
  Observation seen = NoRow(2);
  seen.coverage = {.expected = 2, .fresh = 0, .warm = 0};
  EXPECT_EQ(Reason(seen), Unknown::kStale);
  seen.coverage.fresh = 1;
  EXPECT_EQ(Reason(seen), Unknown::kWarming);
  seen = NoRow(0);  // no target has its series: it is missing, whoever else is fresh
  seen.coverage = {.expected = 1, .fresh = 0, .warm = 0};
  EXPECT_EQ(Reason(seen), Unknown::kMissing);
}

// Whatever came in spite of it: a part of the answer is too low, and nothing is not zero.
TEST(DecisionTest, WhatWasNotAnsweredIsUnknownAndOnlyAHeldValueStandsIn) {
  Observation seen = Row(1);
  seen.unanswered = true;
  EXPECT_EQ(Reason(seen), Unknown::kUpstream);
  Observation nothing = NoRow(0);
  nothing.unanswered = true;
  ValuePolicy policy;
  policy.on_missing = OnUnknown::kZero;
  policy.on_nan = OnUnknown::kZero;
  EXPECT_EQ(Reason(nothing, policy), Unknown::kUpstream);
  nothing.held = HeldValue{7, kNow - absl::Seconds(3)};
  policy.hold_last = absl::Seconds(3);
  const Decision held = Decide(nothing, kNow, policy);
  EXPECT_TRUE(held.known);
  EXPECT_EQ(held.value, 7);
}

// F11: the later row does not win; neither does.
TEST(DecisionTest, TwoRowsAreAmbiguous) {
  Observation seen = Row(1);
  seen.rows = 2;
  EXPECT_EQ(Reason(seen), Unknown::kAmbiguous);
}

// F4.
TEST(DecisionTest, StaleIsOlderThanMaxAgeToTheMillisecond) {
  const ValuePolicy policy = MaxAge(absl::Seconds(60));
  EXPECT_EQ(Reason(Row(1, absl::Seconds(60)), policy), Unknown::kNone);
  EXPECT_EQ(Reason(Row(1, absl::Milliseconds(60'001)), policy), Unknown::kStale);
  EXPECT_EQ(Reason(Row(1, absl::Hours(1))), Unknown::kNone);
  EXPECT_EQ(Reason(Row(1, -absl::Seconds(5)), policy), Unknown::kNone);
}

TEST(DecisionTest, AValueThatRestsOnNoSampleIsOfNowAndNeverStaleOrWarming) {
  Observation seen;
  seen.rows = 1;
  seen.value = 3;
  seen.rate_window = absl::Minutes(2);
  seen.coverage = {10, 0, 0};
  const Decision decision = Decide(seen, kNow, MaxAge(absl::Seconds(1)));
  EXPECT_EQ(decision.unknown, Unknown::kNone);
  EXPECT_EQ(decision.time, kNow);
}

// F18: nine of ten is enough, eight is not.
TEST(DecisionTest, TooFewFreshTargetsAreNoCoverage) {
  Observation seen = Row(1);
  seen.coverage = {10, 9, 10};
  EXPECT_EQ(Reason(seen), Unknown::kNone);
  seen.coverage.fresh = 8;
  EXPECT_EQ(Reason(seen), Unknown::kCoverage);
  ValuePolicy half;
  half.min_coverage = 0.5;
  EXPECT_EQ(Reason(seen, half), Unknown::kNone);
  seen.coverage = {};
  EXPECT_EQ(Reason(seen), Unknown::kNone);
}

// Not to know how many are away is no reason to take the sum for whole.
TEST(DecisionTest, CoverageThatCouldNotBeLearntIsNoCoverage) {
  Observation seen = Row(1);
  seen.coverage_unknown = true;
  EXPECT_EQ(Reason(seen), Unknown::kCoverage);
  ValuePolicy policy;
  policy.min_coverage = 0.01;
  EXPECT_EQ(Reason(seen, policy), Unknown::kCoverage);
  policy.min_coverage = 0;
  EXPECT_EQ(Reason(seen, policy), Unknown::kNone);
  seen.newest = Timestamp::Min();  // rests on no target
  EXPECT_EQ(Reason(seen), Unknown::kNone);
}

// F5: targets that are fresh but have one sample only.
TEST(DecisionTest, TooFewWarmTargetsAreWarming) {
  Observation seen = Row(1);
  seen.coverage = {10, 10, 9};
  EXPECT_EQ(Reason(seen), Unknown::kNone);
  seen.coverage.warm = 8;
  EXPECT_EQ(Reason(seen), Unknown::kWarming);
}

// A quarter of four minutes is the minute that the samples span.
TEST(DecisionTest, ARateWhoseWindowIsNotFilledIsWarming) {
  Observation seen = Row(1);
  seen.rate_window = absl::Minutes(4);
  EXPECT_EQ(Reason(seen), Unknown::kNone);
  seen.oldest = seen.oldest + absl::Milliseconds(1);
  EXPECT_EQ(Reason(seen), Unknown::kWarming);
  seen.rate_window = absl::ZeroDuration();
  EXPECT_EQ(Reason(seen), Unknown::kNone);
}

// F1, F2.
TEST(DecisionTest, NanAndOverflowAreReasons) {
  EXPECT_EQ(Reason(Row(std::nan(""))), Unknown::kNan);
  EXPECT_EQ(Reason(Row(kInf)), Unknown::kOverflow);
  EXPECT_EQ(Reason(Row(-kInf)), Unknown::kOverflow);
  EXPECT_EQ(Reason(Row(-1e17)), Unknown::kOverflow);
}

TEST(DecisionTest, TheSamplesAreLookedAtBeforeTheValue) {
  EXPECT_EQ(Reason(Row(std::nan(""), absl::Minutes(5)), MaxAge(absl::Minutes(1))), Unknown::kStale);
}

TEST(DecisionTest, ClampMaxIsWhatLargerValuesBecome) {
  ValuePolicy policy;
  policy.clamp_max = 100;
  EXPECT_EQ(Decide(Row(kInf), kNow, policy).quantity, "100");
  EXPECT_EQ(Decide(Row(101), kNow, policy).quantity, "100");
  EXPECT_EQ(Decide(Row(99), kNow, policy).quantity, "99");
  EXPECT_EQ(Reason(Row(-kInf), policy), Unknown::kOverflow);
}

TEST(DecisionTest, ZeroOnlyForWhatTheRuleSays) {
  ValuePolicy nan_zero;
  nan_zero.on_nan = OnUnknown::kZero;
  const Decision decision = Decide(Row(std::nan("")), kNow, nan_zero);
  EXPECT_EQ(decision.unknown, Unknown::kNan);
  EXPECT_TRUE(decision.known);
  EXPECT_EQ(decision.quantity, "0");
  EXPECT_EQ(decision.time, kNow);
  EXPECT_FALSE(Decide(NoRow(0), kNow, nan_zero).known);
  EXPECT_FALSE(Decide(Row(kInf), kNow, nan_zero).known);

  ValuePolicy missing_zero;
  missing_zero.on_missing = OnUnknown::kZero;
  EXPECT_EQ(Decide(NoRow(0), kNow, missing_zero).quantity, "0");
  EXPECT_FALSE(Decide(NoRow(1), kNow, missing_zero).known);  // warming is not missing
  EXPECT_FALSE(Decide(Row(std::nan("")), kNow, missing_zero).known);
}

TEST(DecisionTest, TheLastKnownValueStandsInUntilHoldLastIsOver) {
  ValuePolicy policy;
  policy.hold_last = absl::Minutes(2);
  policy.on_nan = OnUnknown::kZero;
  Observation seen = Row(std::nan(""));
  seen.held = HeldValue{7, kNow - absl::Minutes(2)};
  const Decision held = Decide(seen, kNow, policy);
  EXPECT_EQ(held.unknown, Unknown::kNan);
  EXPECT_TRUE(held.known);
  EXPECT_EQ(held.quantity, "7");
  EXPECT_EQ(held.time, kNow - absl::Minutes(2));
  seen.held->time = kNow - absl::Milliseconds(120'001);
  EXPECT_EQ(Decide(seen, kNow, policy).quantity, "0");
  seen.held.reset();
  EXPECT_EQ(Decide(seen, kNow, policy).quantity, "0");
}

TEST(DecisionTest, AKnownValueIsNeverHeldBack) {
  ValuePolicy policy;
  policy.hold_last = absl::Minutes(2);
  Observation seen = Row(3);
  seen.held = HeldValue{7, kNow};
  EXPECT_EQ(Decide(seen, kNow, policy).quantity, "3");
}

TEST(FailsReplyTest, OnlyWhereTheRuleSaysError) {
  ValuePolicy policy;
  const Decision nan = Decide(Row(std::nan("")), kNow, policy);
  const Decision missing = Decide(NoRow(0), kNow, policy);
  const Decision warming = Decide(NoRow(1), kNow, policy);
  EXPECT_FALSE(FailsReply(nan, policy));
  EXPECT_FALSE(FailsReply(missing, policy));
  policy.on_nan = OnUnknown::kError;
  EXPECT_TRUE(FailsReply(nan, policy));
  EXPECT_FALSE(FailsReply(missing, policy));
  policy.on_nan = OnUnknown::kOmit;
  policy.on_missing = OnUnknown::kError;
  EXPECT_FALSE(FailsReply(nan, policy));
  EXPECT_TRUE(FailsReply(missing, policy));
  EXPECT_FALSE(FailsReply(warming, policy));
}

TEST(FailsReplyTest, AValueThatAPolicyGaveFailsNothing) {
  ValuePolicy policy;
  policy.on_nan = OnUnknown::kError;
  policy.hold_last = absl::Minutes(1);
  Observation seen = Row(std::nan(""));
  seen.held = HeldValue{7, kNow};
  EXPECT_FALSE(FailsReply(Decide(seen, kNow, policy), policy));
}

TEST(UnknownTest, HasAWordForEachReason) {
  EXPECT_EQ(ToString(Unknown::kNone), "");
  EXPECT_EQ(ToString(Unknown::kUpstream), "upstream");
  EXPECT_EQ(ToString(Unknown::kMissing), "missing");
  EXPECT_EQ(ToString(Unknown::kWarming), "warming");
  EXPECT_EQ(ToString(Unknown::kAmbiguous), "ambiguous");
  EXPECT_EQ(ToString(Unknown::kStale), "stale");
  EXPECT_EQ(ToString(Unknown::kCoverage), "coverage");
  EXPECT_EQ(ToString(Unknown::kNan), "nan");
  EXPECT_EQ(ToString(Unknown::kOverflow), "overflow");
  EXPECT_EQ(ToString(static_cast<Unknown>(255)), "");
}

// 2 x 15 + 10 is 40; 2 x 30 + 10 is 70, cut to 60; 60 would be less than 60 + 10.
TEST(DefaultMaxAgeTest, IsTwoScrapesAtMostAMinuteAtLeastOneScrape) {
  EXPECT_EQ(DefaultMaxAge(absl::Seconds(15), absl::Seconds(10)), absl::Seconds(40));
  EXPECT_EQ(DefaultMaxAge(absl::Seconds(30), absl::Seconds(10)), absl::Seconds(60));
  EXPECT_EQ(DefaultMaxAge(absl::Seconds(60), absl::Seconds(10)), absl::Seconds(70));
}

// Two intervals, or a quarter of the window, whichever is more.
TEST(MinSpanTest, FollowsFromIntervalAndWindowUnlessTheRuleSays) {
  ValuePolicy policy;
  policy.interval = absl::Seconds(15);
  EXPECT_EQ(MinSpan(absl::Minutes(1), policy), absl::Seconds(30));
  EXPECT_EQ(MinSpan(absl::Minutes(4), policy), absl::Minutes(1));
  policy.min_span = absl::Seconds(1);
  EXPECT_EQ(MinSpan(absl::Minutes(4), policy), absl::Seconds(1));
}

}  // namespace
}  // namespace tacho::adapter
