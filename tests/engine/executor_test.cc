// The general operators: literals, arithmetic, comparison, functions,
// aggregations of any vector, and what a result rests on.
#include "engine/executor.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tacho/database.h"
#include "tacho/sample.h"
#include "tests/support/status_matchers.h"

namespace tacho {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsNan;
using testing::StatusIs;

Timestamp At(int64_t seconds) { return Timestamp::FromUnixMillis(seconds * 1000); }

class ExecutorTest : public ::testing::Test {
 protected:
  ExecutorTest() {
    Append({{"__name__", "m"}, {"a", "1"}}, {3, 5});
    Append({{"__name__", "m"}, {"a", "2"}}, {-4, -8});
    Append({{"__name__", "n"}, {"a", "1"}}, {7});
  }
  // Values at 10 s, 20 s, ...
  void Append(const Labels& series, const std::vector<double>& values) {
    for (size_t i = 0; i < values.size(); ++i) {
      const auto seconds = static_cast<int64_t>(10 * (i + 1));
      ASSERT_TRUE(database_.Append(series, At(seconds), values[i]).ok());
    }
  }
  double Scalar(const std::string& promql, int64_t seconds = 20) {
    const auto result = database_.Ask(promql, At(seconds));
    EXPECT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->type(), ResultType::kScalar);
    return result->scalar();
  }
  std::vector<std::string> Ask(const std::string& promql, int64_t seconds = 20) {
    const auto result = database_.Ask(promql, At(seconds));
    if (!result.ok()) return {std::string(result.status().message())};
    std::vector<std::string> lines;
    for (const ResultSample& sample : result->samples()) {
      lines.push_back(absl::StrCat(sample.labels().ToString(), " ", sample.value));
    }
    return lines;
  }

  Database database_;
};

TEST_F(ExecutorTest, ScalarsAreComputed) {
  EXPECT_EQ(Scalar("1 + 2 * 3"), 7);
  EXPECT_EQ(Scalar("-2 ^ 2"), -4);
  EXPECT_EQ(Scalar("2 ^ 3 ^ 2"), 512);
  EXPECT_EQ(Scalar("-7 % 3"), -1);
  EXPECT_EQ(Scalar("6 / 4"), 1.5);
  EXPECT_EQ(Scalar("+(5 - 7)"), -2);
  EXPECT_THAT(Scalar("5 % 0"), IsNan());
  EXPECT_EQ(Scalar("1 / 0"), HUGE_VAL);
  EXPECT_DOUBLE_EQ(Scalar("1 atan2 1"), std::atan2(1.0, 1.0));
}

TEST_F(ExecutorTest, ScalarComparisonsGiveZeroOrOne) {
  EXPECT_EQ(Scalar("2 > bool 1"), 1);
  EXPECT_EQ(Scalar("2 < bool 1"), 0);
  EXPECT_EQ(Scalar("2 == bool 2"), 1);
  EXPECT_EQ(Scalar("2 != bool 2"), 0);
  EXPECT_EQ(Scalar("2 >= bool 2"), 1);
  EXPECT_EQ(Scalar("3 <= bool 2"), 0);
  EXPECT_EQ(Scalar("NaN == bool NaN"), 0);
}

TEST_F(ExecutorTest, AStringIsItsOwnResult) {
  const auto result = database_.Ask("\"text\"", At(0));
  EXPECT_EQ(result->type(), ResultType::kString);
  EXPECT_EQ(result->string(), "text");
}

TEST_F(ExecutorTest, ArithmeticDropsTheName) {
  EXPECT_THAT(Ask("m * 2"), ElementsAre("{a=\"1\"} 10", "{a=\"2\"} -16"));
  EXPECT_THAT(Ask("20 / m"), ElementsAre("{a=\"1\"} 4", "{a=\"2\"} -2.5"));
  EXPECT_THAT(Ask("-m"), ElementsAre("{a=\"1\"} -5", "{a=\"2\"} 8"));
  EXPECT_THAT(Ask("+m"), ElementsAre("m{a=\"1\"} 5", "m{a=\"2\"} -8"));
}

TEST_F(ExecutorTest, AFilterKeepsTheNameAndTheVectorsValue) {
  EXPECT_THAT(Ask("m > 0"), ElementsAre("m{a=\"1\"} 5"));
  EXPECT_THAT(Ask("0 > m"), ElementsAre("m{a=\"2\"} -8"));
  EXPECT_THAT(Ask("m > bool 0"), ElementsAre("{a=\"1\"} 1", "{a=\"2\"} 0"));
  EXPECT_THAT(Ask("m == NaN"), IsEmpty());
}

// Without its name, m{a="1"} is n{a="1"}.
TEST_F(ExecutorTest, ElementsThatCannotBeToldApartAreAnError) {
  const std::string error = "vector cannot contain metrics with the same labelset";
  EXPECT_THAT(Ask("{a=\"1\"} * 2"), ElementsAre(error));
  EXPECT_THAT(Ask("-{a=\"1\"}"), ElementsAre(error));
  EXPECT_THAT(Ask("abs({a=\"1\"})"), ElementsAre(error));
  EXPECT_THAT(Ask("sum(abs({a=\"1\"}))"), ElementsAre(error));
  EXPECT_THAT(Ask("{a=\"1\"} > 0"), ElementsAre("m{a=\"1\"} 5", "n{a=\"1\"} 7"));
}

// n has one sample only, so m{a="1"} alone has a value: +2 in 10 s, stretched
// to 11 s.
TEST_F(ExecutorTest, ClashesAreLookedForAmongValues) {
  EXPECT_THAT(Ask("delta({a=\"1\"}[11s])"), ElementsAre("{a=\"1\"} 2.2"));
  Append({{"__name__", "k"}, {"a", "1"}}, {1, 2});
  EXPECT_THAT(Ask("sum(delta({a=\"1\"}[11s]))"),
              ElementsAre("vector cannot contain metrics with the same labelset"));
}

TEST_F(ExecutorTest, MathFunctionsMapEachValue) {
  EXPECT_THAT(Ask("abs(m)"), ElementsAre("{a=\"1\"} 5", "{a=\"2\"} 8"));
  EXPECT_THAT(Ask("sgn(m)"), ElementsAre("{a=\"1\"} 1", "{a=\"2\"} -1"));
  EXPECT_THAT(Ask("sqrt(m + 4)"), ElementsAre("{a=\"1\"} 3", "{a=\"2\"} nan"));
  EXPECT_THAT(Ask("floor(m / 2)"), ElementsAre("{a=\"1\"} 2", "{a=\"2\"} -4"));
  EXPECT_THAT(Ask("ceil(m / 2)"), ElementsAre("{a=\"1\"} 3", "{a=\"2\"} -4"));
}

TEST_F(ExecutorTest, ScalarVectorAndTime) {
  EXPECT_EQ(Scalar("time()"), 20);
  EXPECT_EQ(Scalar("scalar(n)"), 7);
  EXPECT_THAT(Scalar("scalar(m)"), IsNan());
  EXPECT_THAT(Ask("vector(time() + 1)"), ElementsAre("{} 21"));
}

TEST_F(ExecutorTest, AnyVectorIsAggregated) {
  EXPECT_THAT(Ask("sum(m * 2)"), ElementsAre("{} -6"));
  EXPECT_THAT(Ask("max by (a) (-m)"), ElementsAre("{a=\"1\"} -5", "{a=\"2\"} 8"));
  EXPECT_THAT(Ask("count without (a) (m > 0)"), ElementsAre("{} 1"));
  EXPECT_THAT(Ask("sum(sum by (a) (m))"), ElementsAre("{} -3"));
  EXPECT_THAT(Ask("group(m > 100)"), IsEmpty());
  EXPECT_THAT(Ask("sum(vector(3))"), ElementsAre("{} 3"));
}

TEST_F(ExecutorTest, InstantSelectorsLookBackFiveMinutes) {
  EXPECT_THAT(Ask("n", 10), ElementsAre("n{a=\"1\"} 7"));
  EXPECT_THAT(Ask("n", 309), ElementsAre("n{a=\"1\"} 7"));
  EXPECT_THAT(Ask("n", 310), IsEmpty());
  EXPECT_THAT(Ask("n", 9), IsEmpty());
  EXPECT_THAT(Ask("m{a=\"1\"} offset 10s", 20), ElementsAre("m{a=\"1\"} 3"));
  EXPECT_THAT(Ask("m{a=\"1\"} offset -10s", 10), ElementsAre("m{a=\"1\"} 5"));
}

TEST_F(ExecutorTest, AMarkerEndsASeries) {
  const Labels n = {{"__name__", "n"}, {"a", "1"}};
  ASSERT_TRUE(database_.Append(n, At(20), StaleMarker()).ok());
  EXPECT_THAT(Ask("n", 20), IsEmpty());
  EXPECT_THAT(Ask("n", 19), ElementsAre("n{a=\"1\"} 7"));
}

TEST_F(ExecutorTest, EvidenceSaysWhatAValueRestsOn) {
  const auto result = database_.Ask("sum(-rate(m[1m]))", At(25));
  ASSERT_EQ(result->samples().size(), 1u);
  const Evidence& evidence = result->samples()[0].evidence;
  EXPECT_EQ(evidence.oldest, At(10));
  EXPECT_EQ(evidence.newest, At(20));
  EXPECT_EQ(evidence.series, 2u);
  EXPECT_EQ(evidence.targets, 2u);
  // irate rests on the last two samples only.
  Append({{"__name__", "k"}}, {1, 2, 3});
  EXPECT_EQ(database_.Ask("irate(k[1m])", At(30))->evidence().oldest, At(20));
  EXPECT_EQ(database_.Ask("rate(k[1m])", At(30))->evidence().oldest, At(10));
  EXPECT_EQ(database_.Ask("scalar(k) + 1", At(30))->evidence().newest, At(30));
}

TEST_F(ExecutorTest, ReadingTooManySamplesIsRefused) {
  Options options;
  options.query.max_samples = 10;
  Database database(options);
  for (int64_t s = 1; s <= 11; ++s) {
    ASSERT_TRUE(database.Append({{"__name__", "m"}}, At(s), 1).ok());
  }
  EXPECT_TRUE(database.Ask("rate(m[10s])", At(11)).ok());
  EXPECT_THAT(database.Ask("rate(m[11s])", At(11)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("more than 10 samples")));
}

TEST_F(ExecutorTest, ResultsAreSortedByLabels) {
  EXPECT_THAT(Ask("{__name__=~\"m|n\"}"),
              ElementsAre("m{a=\"1\"} 5", "m{a=\"2\"} -8", "n{a=\"1\"} 7"));
}

}  // namespace
}  // namespace tacho
