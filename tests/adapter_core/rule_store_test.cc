#include "adapter/core/rule_store.h"

#include <memory>
#include <string>

#include "adapter/core/answer_stats.h"
#include "adapter/core/last_values.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/rules_test_support.h"

namespace tacho::adapter {
namespace {

using ::tacho::adapter::testing::kRequestsRule;
using ::tacho::adapter::testing::Load;
using ::tacho::adapter::testing::LoadClean;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class RuleStoreTest : public ::testing::Test {
 protected:
  Database database_;
  DatabaseSeries series_{database_};
  RuleStore store_{LoadClean(kRequestsRule), &series_};
};

// T72.
TEST_F(RuleStoreTest, AFileThatCannotBeReadKeepsTheOldRules) {
  const auto before = store_.Get();
  EXPECT_FALSE(store_.Replace(absl::NotFoundError("rules.yaml: no such file")));
  EXPECT_EQ(store_.Get(), before);
  EXPECT_EQ(store_.state().error, "rules.yaml: no such file");
  EXPECT_EQ(store_.state().failures, 1u);
  EXPECT_EQ(store_.state().rules, 1u);
}

TEST_F(RuleStoreTest, AFileWithOneBadRuleKeepsTheOldRulesAndNamesThePlace) {
  const auto before = store_.Get();
  EXPECT_FALSE(store_.Replace(Load(std::string(kRequestsRule) + "- seriesQuery: x\n")));
  EXPECT_EQ(store_.Get(), before);
  EXPECT_THAT(store_.state().error, HasSubstr("rules.yaml:7:3: the rule has no metricsQuery"));
}

TEST_F(RuleStoreTest, AGoodFileReplacesAllAndClearsTheError) {
  EXPECT_FALSE(store_.Replace(absl::InvalidArgumentError("bad")));
  const auto old = store_.Get();
  EXPECT_TRUE(store_.Replace(Load("")));
  EXPECT_EQ(store_.state().error, "");
  EXPECT_EQ(store_.state().loads, 2u);
  EXPECT_EQ(store_.state().rules, 0u);
  EXPECT_EQ(store_.Get()->registry.Get()->metrics().size(), 0u);
  EXPECT_EQ(old->registry.Get()->metrics().size(), 2u);  // for who still holds it
}

TEST(LastValuesTest, HoldsUpToItsBoundAndLetsGoOfWhatIsOver) {
  constexpr Timestamp kNow = Timestamp::FromUnixMillis(1'700'000'000'000);
  LastValues values(2);
  values.Put("a", {1, kNow}, absl::Minutes(1), kNow);
  values.Put("b", {2, kNow}, absl::Hours(1), kNow);
  values.Put("c", {3, kNow}, absl::Hours(1), kNow);
  EXPECT_EQ(values.refused(), 1u);
  EXPECT_FALSE(values.Get("c").has_value());
  values.Put("a", {4, kNow}, absl::Minutes(1), kNow);
  EXPECT_EQ(values.Get("a")->value, 4);
  const Timestamp later = kNow + absl::Minutes(2);
  values.Put("c", {3, later}, absl::Hours(1), later);
  EXPECT_FALSE(values.Get("a").has_value());
  EXPECT_EQ(values.Get("c")->value, 3);
  EXPECT_EQ(values.size(), 2u);
}

TEST(AnswerStatsTest, CountsByRuleAndKeepsTheLastAgeAndCoverage) {
  constexpr Timestamp kNow = Timestamp::FromUnixMillis(1'700'000'000'000);
  AnswerStats stats;
  stats.CountAnswer("r", {});
  stats.CountAnswer("r", {503, kJsonType, "", "stale", ""});
  stats.CountAnswer("r", {500, kJsonType, "", "", ""});
  Observation seen;
  seen.newest = kNow - absl::Seconds(5);
  seen.coverage = {4, 3, 3};
  stats.Saw("r", seen, kNow);
  stats.Saw("r", {}, kNow);  // says nothing, so that the last stays
  const RuleAnswers answers = stats.Get().at("r");
  EXPECT_THAT(answers.by_reason,
              UnorderedElementsAre(Pair("ok", 1), Pair("stale", 1), Pair("error", 1)));
  EXPECT_EQ(answers.age_seconds, 5);
  EXPECT_EQ(answers.coverage, 0.75);
}

}  // namespace
}  // namespace tacho::adapter
