// Replay plans: made, shared, renewed, given up; and never different from a full parse.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "engine/ingest.h"
#include "engine/plan_cache.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/ingest/fixture.h"
#include "tests/support/status_matchers.h"

namespace tacho::testing {
namespace {

constexpr Exposition kText = Exposition::kText;

Options Tight() {
  Options options;
  options.retention = absl::Seconds(10);
  return options;
}

class PlanTest : public IngestFixture {
 protected:
  PlanTest() : IngestFixture(Tight()) {}

  // Lines prefix{n="first"} .. with one value.
  static std::string Body(int first, int count, int value, const std::string& prefix = "m") {
    std::string body = "# TYPE " + prefix + " gauge\n";
    for (int i = first; i < first + count; ++i) {
      body += prefix + "{n=\"" + std::to_string(i) + "\"} " + std::to_string(value) + "\n";
    }
    return body;
  }
};

TEST_F(PlanTest, TheSecondBodyIsReplayed) {
  auto target = Add({{"pod", "a"}});
  EXPECT_EQ(target.Ingest(Body(0, 100, 1), kText, At(1000))->replayed, 0u);
  EXPECT_EQ(target.Ingest(Body(0, 100, 2), kText, At(2000))->replayed, 100u);
  EXPECT_EQ(store_->Stats().samples_replayed, 100u);
}

TEST_F(PlanTest, AReplicaIsReplayedFromItsFirstBodyAndSharesTheShape) {
  auto first = Add({{"pod", "a"}});
  auto second = Add({{"pod", "b"}});
  ASSERT_THAT(first.Ingest(Body(0, 100, 1), kText, At(1000)), IsOk());
  const auto report = second.Ingest(Body(0, 100, 7), kText, At(1000));
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->replayed, report->samples);
  EXPECT_EQ(report->series_added, 100u);
  EXPECT_EQ(&HistoryOf({{"pod", "b"}}).shape(), &HistoryOf({{"pod", "a"}}).shape());
  EXPECT_EQ(ValueOf({{"pod", "b"}}, "m n=99"), 7);
}

// Two thirds of the body are a stranger's: its plan looks right at a glance, but its shape
// would keep a hundred series that this target never has.
TEST_F(PlanTest, APlanThatDoesNotFitIsGivenBack) {
  auto first = Add({{"pod", "a"}});
  auto second = Add({{"pod", "b"}});
  ASSERT_THAT(first.Ingest(Body(0, 300, 1), kText, At(1000)), IsOk());
  const auto report = second.Ingest(Body(0, 200, 7), kText, At(1000));
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->stored, 200u);
  EXPECT_EQ(report->series_added, 200u);
  EXPECT_EQ(HistoryOf({{"pod", "b"}}).shape().size(), 200u);
  EXPECT_EQ(store_->Stats().scrapes_stored, 2u);
  EXPECT_EQ(second.Ingest(Body(0, 200, 8), kText, At(2000))->replayed, 200u);
}

// The first try at a body must leave nothing in the counters.
TEST_F(PlanTest, SamplesRefusedInAMistakenTryAreCountedOnce) {
  auto first = Add({{"pod", "a"}});
  auto second = Add({{"pod", "b"}});
  ASSERT_THAT(first.Ingest(Body(0, 300, 1), kText, At(1000)), IsOk());
  ASSERT_THAT(second.Ingest(Body(0, 200, 7) + "m{n=\"0\"} 8\n", kText, At(1000)), IsOk());
  EXPECT_EQ(store_->Stats().refused_samples[static_cast<size_t>(Refusal::kDuplicate)], 1u);
}

// With honor_labels, or with other labels of the target, the same text means other series.
TEST_F(PlanTest, APlanIsSharedOnlyWhereABodyMeansTheSame) {
  const std::string body = "m{pod=\"x\"} 1\nm{node=\"y\"} 2\n";
  auto renaming = Add({{"pod", "a"}});
  auto honouring = Add({{"pod", "b"}}, {.honor_labels = true});
  auto on_node = Add({{"node", "n"}});
  ASSERT_THAT(renaming.Ingest(body, kText, At(1000)), IsOk());
  EXPECT_EQ(honouring.Ingest(body, kText, At(1000))->replayed, 0u);
  EXPECT_EQ(on_node.Ingest(body, kText, At(1000))->replayed, 0u);
  EXPECT_EQ(ValueOf({{"pod", "a"}}, "m exported_pod=x"), 1);
  EXPECT_EQ(ValueOf({{"pod", "b"}}, "m pod=x"), 1);
  EXPECT_EQ(ValueOf({{"node", "n"}}, "m exported_node=y"), 2);
}

// Under one target's labels the two lines are one series, under the other's they are two.
TEST_F(PlanTest, APlanOfTheSameShapeIsNotSharedWhereItsLinesMeanOtherSeries) {
  const std::string body = "m{pod=\"x\"} 1\nm{exported_pod=\"x\"} 2\n";
  const Labels one({{"job", "j"}, {"pod", "a"}});
  auto first = Add(one);
  ASSERT_THAT(first.Ingest(body, kText, At(1000)), IsOk());
  EXPECT_EQ(ValueOf(one, "m exported_pod=x"), 1);  // the second line is the same series
  const Labels two({{"exported_pod", "z"}, {"job", "j"}});
  auto second = Add(two);
  for (int64_t t = 1000; t < 4000; t += 1000) {
    ASSERT_THAT(second.Ingest(body, kText, At(t)), IsOk());
    EXPECT_EQ(ValueOf(two, "m pod=x"), 1);
    EXPECT_EQ(ValueOf(two, "m exported_exported_pod=x"), 2);
  }
}

// One more line a scrape: looked up one by one at first, then the plan is made anew.
TEST_F(PlanTest, AGrowingBodyRenewsThePlan) {
  auto target = Add({{"pod", "a"}});
  uint32_t fully_replayed = 0;
  for (int i = 0; i < 60; ++i) {
    const auto report = target.Ingest(Body(0, 100 + i, i), kText, At(1000 + i * 100));
    ASSERT_THAT(report, IsOk());
    ASSERT_EQ(report->stored, 100u + static_cast<uint32_t>(i));
    if (report->replayed + 1 == report->samples) ++fully_replayed;
  }
  EXPECT_GE(fully_replayed, 3u);  // just after each renewal only the newest line is new
  EXPECT_EQ(target.Ingest(Body(0, 159, 1), kText, At(10'000))->series_added, 0u);
}

TEST_F(PlanTest, CompactionInvalidatesThePlanAndTheNextBodyMakesAnother) {
  const Labels pod({{"pod", "a"}});
  auto target = Add(pod);
  int64_t t = 0;
  ASSERT_THAT(target.Ingest(Body(0, 200, 1), kText, At(t)), IsOk());
  uint32_t replayed = 0;
  while (HistoryOf(pod).shape().size() >= 200 && t < 60'000) {
    t += 1000;
    const auto report = target.Ingest(Body(100, 100, 2), kText, At(t));
    ASSERT_THAT(report, IsOk());
    replayed = report->replayed;
  }
  // The compacting scrape still used the old one; its first line had to be looked up.
  EXPECT_EQ(replayed, 99u);
  EXPECT_EQ(HistoryOf(pod).shape().size(), 100u);
  EXPECT_EQ(target.Ingest(Body(100, 100, 3), kText, At(t + 1000))->replayed, 0u);
  EXPECT_EQ(target.Ingest(Body(100, 100, 4), kText, At(t + 2000))->replayed, 100u);
  EXPECT_EQ(ValueOf(pod, "m n=150"), 4);
  EXPECT_EQ(store_->Stats().samples_stored, 200u + 100u * static_cast<uint64_t>(t / 1000 + 2));
}

// After its rows have expired a target starts afresh, and a replica's plan will do.
TEST_F(PlanTest, ATargetThatReturnsFromSilenceAdoptsAPlanAgain) {
  auto first = Add({{"pod", "a"}});
  auto second = Add({{"pod", "b"}});
  ASSERT_THAT(first.Ingest(Body(0, 50, 1), kText, At(1000)), IsOk());
  ASSERT_THAT(second.Ingest(Body(0, 50, 1), kText, At(1000)), IsOk());
  ASSERT_THAT(first.Ingest(Body(0, 50, 1), kText, At(9000)), IsOk());
  store_->Advance(12'000);
  EXPECT_EQ(HistoryOf({{"pod", "b"}}).shape().size(), 0u);
  EXPECT_EQ(second.Ingest(Body(0, 50, 2), kText, At(12'000))->replayed, 50u);
}

TEST_F(PlanTest, RevivedUnderOtherRulesTheOldHandleDoesNotReplayByTheOldOnes) {
  const Labels pod({{"pod", "a"}});
  const std::string body = "m{pod=\"x\"} 1\n";
  auto old_handle = Add(pod);
  ASSERT_THAT(old_handle.Ingest(body, kText, At(1000)), IsOk());
  old_handle.Remove(At(1500));
  auto new_handle = Add(pod, {.honor_labels = true});
  ASSERT_THAT(old_handle.Ingest(body, kText, At(2000)), IsOk());
  EXPECT_EQ(ValueOf(pod, "m pod=x"), 1);
  const auto& entries = HistoryOf(pod).entries();
  EXPECT_TRUE(storage::IsGap((*entries.back().row)[0]));  // exported_pod got no value
}

TEST_F(PlanTest, PlansAreCountedInBytesForAsLongAsTheyAreUsed) {
  const uint64_t empty = store_->Stats().bytes;
  {
    auto target = Add({{"pod", "a"}});
    ASSERT_THAT(target.Ingest(Body(0, 100, 1), kText, At(1000)), IsOk());
    target.Remove(At(2000));
    store_->Advance(100'000);
    store_->catalog().Collect();
    EXPECT_GT(store_->Stats().bytes, empty + 1000);  // the handle lives, and its plan
  }
  EXPECT_EQ(store_->Stats().bytes, empty);
}

// Pods of one deployment, one per cent of which is replaced at every scrape: 2,000 rounds.
TEST_F(PlanTest, UnderChurnBytesAndSeriesAreFlat) {
  std::deque<engine::TargetImpl> pods;
  int next = 100'000;
  const auto make = [&] { return Add({{"pod", "pod-" + std::to_string(next++)}}); };
  for (int i = 0; i < 20; ++i) pods.push_back(make());
  uint64_t bytes_max = 0;
  for (int round = 0; round < 2000; ++round) {
    const int64_t t = round * 1000;
    for (auto& pod : pods) {
      ASSERT_THAT(pod.Ingest(Body(0, 20, round), kText, At(t)), IsOk());
    }
    if (round % 5 == 0) {  // one of twenty every five rounds
      pods.front().Remove(At(t + 1));
      pods.pop_front();
      pods.push_back(make());
    }
    store_->Advance(t);
    const DatabaseStats stats = store_->Stats();
    // 20 live, and as many removed ones as retention, ten rounds, may still show.
    ASSERT_LE(stats.targets, 20u + 3u);
    ASSERT_LE(stats.series, 20u * (20u + 3u));
    if (round < 100) bytes_max = std::max(bytes_max, stats.bytes);
    if (round >= 100) {
      ASSERT_LE(stats.bytes, bytes_max + bytes_max / 50) << "round " << round;
    }
  }
}

// Series of one target, one per cent of which is replaced at every scrape.
TEST_F(PlanTest, UnderChurnOfSeriesBytesAndPositionsAreFlat) {
  auto target = Add({{"pod", "a"}});
  uint64_t bytes_max = 0;
  for (int round = 0; round < 2000; ++round) {
    const auto report = target.Ingest(Body(10'000 + round, 100, round), kText, At(round * 1000));
    ASSERT_THAT(report, IsOk());
    ASSERT_EQ(report->stored, 100u);
    if (round % 50 == 0) store_->catalog().Collect();
    const DatabaseStats stats = store_->Stats();
    // 100 live, 10 in rows that are kept, and dead ones of less than a quarter of all.
    ASSERT_LE(stats.series, 148u);
    if (round < 400) bytes_max = std::max(bytes_max, stats.bytes);
    if (round >= 400) {
      ASSERT_LE(stats.bytes, bytes_max + bytes_max / 10) << "round " << round;
    }
  }
}

// --- Against the full parse ----------------------------------------------------------------

class RandomBodies {
 public:
  explicit RandomBodies(uint32_t seed) : random_(seed) {}

  // The body of before with other numbers, and now and then other lines.
  std::string Next(int64_t now_ms) {
    if (Below(4) == 0) first_ += Below(3);
    std::vector<std::string> lines;
    for (uint32_t i = first_; i < first_ + 30; ++i) {
      if (Below(40) == 0) continue;
      lines.push_back(Line(i, now_ms));
      if (Below(60) == 0) lines.push_back(Line(i, now_ms));
    }
    if (Below(6) == 0) std::swap(lines[Below(10)], lines[10 + Below(10)]);
    if (Below(20) == 0) std::ranges::reverse(lines);
    std::string body = Below(10) == 0 ? "\n" : "# HELP m0 help\n# TYPE m0 counter\n";
    for (const std::string& line : lines) {
      body += line;
      if (Below(30) == 0) body += "# a comment\n\n";
    }
    if (Below(50) == 0) body += "broken {\n";
    return body;
  }

 private:
  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
  std::string Line(uint32_t i, int64_t now_ms) {
    std::string line = "m" + std::to_string(i % 3) + "{n=\"" + std::to_string(i / 3) + "\"";
    if (i % 4 == 0) line += ",pod=\"of the body\"";
    line += "} ";
    switch (Below(12)) {
      case 0:
        line += "NaN";
        break;
      case 1:
        line += "1.5e3";
        break;
      case 2:
        line += "-0";
        break;
      default:
        line += std::to_string(Below(1000));
    }
    if (i % 7 == 0) line += " " + std::to_string(now_ms - Below(3) * 400);
    return line + "\n";
  }

  std::mt19937 random_;
  uint32_t first_ = 0;
};

// A handle without a plan reads every body in full. Both must come to the same.
TEST_F(PlanTest, ReplayAndFullParseGiveTheSameRows) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    store_ = std::make_shared<storage::Store>(Tight());
    const TargetOptions options{.honor_labels = seed % 2 == 0, .honor_timestamps = seed % 3 == 0};
    const Labels one({{"pod", "replayed"}});
    const Labels two({{"pod", "parsed"}});
    auto replayed = Add(one, options);
    const storage::TargetRef parsed = *store_->AddTarget(two, options);
    RandomBodies bodies(seed);
    uint64_t replays = 0;
    for (int64_t t = 1000; t < 60'000; t += 1000) {
      const std::string body = bodies.Next(t);
      const auto got = replayed.Ingest(body, kText, At(t));
      engine::TargetImpl fresh(store_, std::make_shared<engine::PlanCache>(), parsed);
      const auto expected = fresh.Ingest(body, kText, At(t));
      ASSERT_EQ(got.status(), expected.status());
      ASSERT_EQ(ContentsOf(HistoryOf(one)), ContentsOf(HistoryOf(two))) << "at " << t;
      if (!got.ok()) continue;
      ASSERT_EQ(expected->replayed, 0u);
      ASSERT_EQ(got->samples, expected->samples);
      ASSERT_EQ(got->stored, expected->stored);
      ASSERT_EQ(got->refused, expected->refused);
      ASSERT_EQ(got->series_ended, expected->series_ended);
      replays += got->replayed;
    }
    EXPECT_GT(replays, 500u);
  }
}

// --- The cache -------------------------------------------------------------------------------

TEST_F(PlanTest, APlanThatIsPutTwiceTakesOnePlace) {
  auto target = Add({{"pod", "a"}});
  ASSERT_THAT(target.Ingest(Body(0, 10, 1), kText, At(1000)), IsOk());
  const std::string body = Body(0, 10, 1);
  // The first entry is the target's own; then as many others as there is room for.
  const auto plan_of = [&](const std::string& text) {
    uint32_t next = 0;
    return parser::ReplayPlan::Build(text, kText,
                                     [&](const parser::ParsedSample&) { return next++; });
  };
  engine::PlanCache cache;
  const std::shared_ptr<const storage::Shape> shape = HistoryOf({{"pod", "a"}}).shared_shape();
  const engine::SharedPlan kept{plan_of(body), shape};
  const engine::SharedPlan again{plan_of(Body(0, 10, 1, "other")), shape};
  cache.Put(kept, "c");
  for (size_t i = 0; i < 2 * engine::PlanCache::kEntries; ++i) cache.Put(again, "c");
  EXPECT_EQ(cache.FindFor(body, kText, "c").plan, kept.plan);
  EXPECT_EQ(cache.FindFor(body, kText, "another context").plan, nullptr);
  EXPECT_EQ(cache.FindFor(body, Exposition::kOpenMetrics, "c").plan, nullptr);
  EXPECT_EQ(cache.FindOf(*shape, body, kText, "c", nullptr).plan, kept.plan);
  EXPECT_EQ(cache.FindOf(*shape, body, kText, "c", kept.plan.get()).plan, nullptr);
  EXPECT_EQ(cache.FindOf(*shape, body, kText, "another context", nullptr).plan, nullptr);
}

TEST_F(PlanTest, TheCacheForgetsWhatNobodyUsesAndWhatWasUsedLongAgo) {
  engine::PlanCache cache;
  std::vector<engine::SharedPlan> plans;
  std::vector<std::string> bodies;
  for (size_t i = 0; i <= engine::PlanCache::kEntries; ++i) {
    bodies.push_back(Body(0, 3, 1, "p" + std::to_string(i) + "_"));
    uint32_t next = 0;
    plans.push_back({parser::ReplayPlan::Build(
                         bodies[i], kText, [&](const parser::ParsedSample&) { return next++; }),
                     store_->catalog().empty_shape()});
    // The first is used again and again, so the second is what has to go.
    cache.Put(plans[i], "c");
    EXPECT_NE(cache.FindFor(bodies[0], kText, "c").plan, nullptr);
  }
  EXPECT_EQ(cache.FindFor(bodies[1], kText, "c").plan, nullptr);
  EXPECT_NE(cache.FindFor(bodies[2], kText, "c").plan, nullptr);
  plans[2].plan = nullptr;
  EXPECT_EQ(cache.FindFor(bodies[2], kText, "c").plan, nullptr);
}

}  // namespace
}  // namespace tacho::testing
