// Which series a selector binds: labels from bodies and targets, conflicts,
// growing shapes. Asked through the public API, so that only the semantics are
// fixed here.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tacho/database.h"

namespace tacho {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Timestamp At(int64_t seconds) { return Timestamp::FromUnixMillis(seconds * 1000); }

class BindTest : public ::testing::Test {
 protected:
  Target Add(const Labels& labels, bool honor_labels = false) {
    TargetOptions options;
    options.honor_labels = honor_labels;
    return *database_.AddTarget(labels, options);
  }
  void Ingest(Target& target, const std::string& body, int64_t seconds) {
    const auto report = target.Ingest(body, Exposition::kText, At(seconds));
    ASSERT_TRUE(report.ok()) << report.status();
  }
  std::vector<std::string> Ask(const std::string& promql, int64_t seconds = 10) {
    return Lines(database_.Ask(promql, At(seconds)));
  }
  static std::vector<std::string> Lines(const absl::StatusOr<QueryResult>& result) {
    if (!result.ok()) return {result.status().ToString()};
    std::vector<std::string> lines;
    for (const ResultSample& sample : result->samples()) {
      lines.push_back(sample.labels().ToString() + " " +
                      std::to_string(static_cast<int64_t>(sample.value)));
    }
    return lines;
  }

  Database database_;
};

TEST_F(BindTest, AMatcherOnATargetsLabelSelectsTargets) {
  Target a = Add({{"pod", "a"}});
  Target b = Add({{"pod", "b"}});
  Ingest(a, "m 1\n", 10);
  Ingest(b, "m 2\n", 10);
  EXPECT_THAT(Ask("m{pod=\"a\"}"), ElementsAre("m{pod=\"a\"} 1"));
  EXPECT_THAT(Ask("m{pod!=\"a\"}"), ElementsAre("m{pod=\"b\"} 2"));
  EXPECT_THAT(Ask("m{pod=~\"a|b\"}"), ElementsAre("m{pod=\"a\"} 1", "m{pod=\"b\"} 2"));
  EXPECT_THAT(Ask("m{pod=\"\"}"), IsEmpty());
}

TEST_F(BindTest, AMatcherOnABodysLabelSelectsPositions) {
  Target a = Add({{"pod", "a"}});
  Ingest(a, "m{code=\"200\"} 1\nm{code=\"500\"} 2\nm 3\nn{code=\"200\"} 4\n", 10);
  EXPECT_THAT(Ask("m{code=\"200\"}"), ElementsAre("m{code=\"200\", pod=\"a\"} 1"));
  EXPECT_THAT(Ask("sum(m{code!=\"200\"})"), ElementsAre("{} 5"));
  EXPECT_THAT(Ask("sum(m{code=\"\"})"), ElementsAre("{} 3"));
  EXPECT_THAT(Ask("sum(m{code=~\"2..|5..\"})"), ElementsAre("{} 3"));
  EXPECT_THAT(Ask("sum by (__name__) ({code=\"200\"})"), ElementsAre("m 1", "n 4"));
  EXPECT_THAT(Ask("sum({__name__=~\"m|n\", code=\"200\"})"), ElementsAre("{} 5"));
}

// kube-state-metrics names pods in its body, a scraped pod is named by its
// target.
TEST_F(BindTest, OneLabelMayComeFromTheTargetHereAndFromTheBodyThere) {
  Target pod = Add({{"pod", "a"}});
  Target state = Add({{"job", "state"}});
  Ingest(pod, "m 1\n", 10);
  Ingest(state, "m{pod=\"a\"} 2\nm{pod=\"b\"} 4\n", 10);
  EXPECT_THAT(Ask("sum by (pod) (m)"), ElementsAre("{pod=\"a\"} 3", "{pod=\"b\"} 4"));
  EXPECT_THAT(Ask("sum(m{pod=\"a\"})"), ElementsAre("{} 3"));
  EXPECT_THAT(Ask("sum(m{job=\"\"})"), ElementsAre("{} 1"));
}

TEST_F(BindTest, AnHonestBodysLabelIsRenamed) {
  Target a = Add({{"pod", "a"}});
  Ingest(a, "m{pod=\"x\"} 1\n", 10);
  EXPECT_THAT(Ask("m{exported_pod=\"x\"}"), ElementsAre("m{exported_pod=\"x\", pod=\"a\"} 1"));
  EXPECT_THAT(Ask("m{pod=\"x\"}"), IsEmpty());
}

// With honor_labels the body's label wins, and an empty one takes the target's
// away.
TEST_F(BindTest, AHonoredBodysLabelWinsPositionByPosition) {
  Target a = Add({{"pod", "a"}}, /*honor_labels=*/true);
  Ingest(a, "m{pod=\"x\"} 1\nm{pod=\"\"} 2\nm{i=\"0\"} 4\n", 10);
  EXPECT_THAT(Ask("sum by (pod) (m)"), ElementsAre("{} 2", "{pod=\"a\"} 4", "{pod=\"x\"} 1"));
  EXPECT_THAT(Ask("sum(m{pod=\"a\"})"), ElementsAre("{} 4"));
  EXPECT_THAT(Ask("sum(m{pod=\"x\"})"), ElementsAre("{} 1"));
  EXPECT_THAT(Ask("sum(m{pod=\"\"})"), ElementsAre("{} 2"));
  EXPECT_THAT(Ask("sum(m{pod!=\"x\"})"), ElementsAre("{} 6"));
}

// The two targets share a shape, but not what it selects.
TEST_F(BindTest, TargetsOfOneShapeMayDifferInAHonoredLabel) {
  Target a = Add({{"pod", "a"}}, /*honor_labels=*/true);
  Target b = Add({{"pod", "b"}}, /*honor_labels=*/true);
  Ingest(a, "m{pod=\"x\"} 1\nm 2\n", 10);
  const uint64_t shapes = database_.Stats().shapes;
  Ingest(b, "m{pod=\"x\"} 1\nm 2\n", 10);
  ASSERT_EQ(database_.Stats().shapes, shapes);
  EXPECT_THAT(Ask("sum by (pod) (m)"),
              ElementsAre("{pod=\"a\"} 2", "{pod=\"b\"} 2", "{pod=\"x\"} 2"));
  EXPECT_THAT(Ask("sum(m{pod=\"a\"})"), ElementsAre("{} 2"));
  EXPECT_THAT(Ask("sum(m{pod=~\"a|x\"})"), ElementsAre("{} 4"));
}

// One local group with pod="a" in the body, one with the target's: the same
// group, whose target counts once.
TEST_F(BindTest, ATargetCountsOnceInAGroup) {
  Target a = Add({{"pod", "a"}}, /*honor_labels=*/true);
  Ingest(a, "m{pod=\"a\"} 1\nm{i=\"0\"} 2\n", 10);
  const auto result = database_.Ask("sum by (pod) (m)", At(10));
  EXPECT_THAT(Lines(result), ElementsAre("{pod=\"a\"} 3"));
  EXPECT_EQ(result->samples()[0].evidence.targets, 1u);
  EXPECT_EQ(result->samples()[0].evidence.targets_selected, 1u);
}

TEST_F(BindTest, APreparedQuerySeesSeriesThatComeLater) {
  const Query query = *database_.Prepare("sum by (code) (m)");
  EXPECT_THAT(Lines(query.Evaluate(At(10))), IsEmpty());
  Target a = Add({{"pod", "a"}});
  Ingest(a, "m{code=\"1\"} 1\n", 10);
  EXPECT_THAT(Lines(query.Evaluate(At(10))), ElementsAre("{code=\"1\"} 1"));
  Ingest(a, "m{code=\"1\"} 1\nm{code=\"2\"} 2\nn 7\nm{code=\"3\"} 4\n", 20);
  EXPECT_THAT(Lines(query.Evaluate(At(20))),
              ElementsAre("{code=\"1\"} 1", "{code=\"2\"} 2", "{code=\"3\"} 4"));
}

TEST_F(BindTest, APreparedQueryFollowsTargetsThatGoAndComeBack) {
  const Query query = *database_.Prepare("sum by (pod) (m)");
  Target a = Add({{"pod", "a"}});
  Ingest(a, "m 1\n", 10);
  EXPECT_THAT(Lines(query.Evaluate(At(10))), ElementsAre("{pod=\"a\"} 1"));
  a.Remove(At(20));
  EXPECT_THAT(Lines(query.Evaluate(At(20))), IsEmpty());
  Target again = Add({{"pod", "a"}});
  Ingest(again, "m 3\n", 30);
  EXPECT_THAT(Lines(query.Evaluate(At(30))), ElementsAre("{pod=\"a\"} 3"));
  again.Remove(At(40));
  database_.Advance(At(10'000));  // reclaims it
  Target other = Add({{"pod", "b"}});
  Ingest(other, "m 5\n", 10'000);
  EXPECT_THAT(Lines(query.Evaluate(At(10'000))), ElementsAre("{pod=\"b\"} 5"));
  EXPECT_EQ(query.Evaluate(At(10'000))->evidence().targets_selected, 1u);
}

}  // namespace
}  // namespace tacho
