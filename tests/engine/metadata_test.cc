#include "engine/metadata.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tacho/database.h"

namespace tacho {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Timestamp At(int64_t seconds) { return Timestamp::FromUnixMillis(seconds * 1000); }

class MetadataTest : public ::testing::Test {
 protected:
  Target Add(const Labels& labels, const std::string& body, Exposition format = Exposition::kText) {
    Target target = *database_.AddTarget(labels);
    EXPECT_TRUE(target.Ingest(body, format, At(10)).ok());
    return target;
  }

  Database database_;
};

TEST_F(MetadataTest, HelpAndTypeOfText) {
  Target target = Add({{"pod", "a"}},
                      "# HELP m Requests\\nin all, with \\\\ and \\\".\n# TYPE m counter\nm 1\n"
                      "# a comment\n\n#TYPE no metadata\n# TYPE u untyped\nu 1\n"
                      "# HELP h Only help.\nh 1\nbare 1\n# TYPE empty_help gauge\n"
                      "# HELP empty_help\nempty_help 1\n");
  EXPECT_THAT(database_.Metadata(),
              ElementsAre(MetricMetadata{"empty_help", "gauge", "", ""},
                          MetricMetadata{"h", "unknown", "Only help.", ""},
                          MetricMetadata{"m", "counter", "Requests\nin all, with \\ and \\\".", ""},
                          MetricMetadata{"u", "unknown", "", ""}));
}

TEST_F(MetadataTest, OpenMetricsHasUnitsAndQuotes) {
  Target target = Add({{"pod", "a"}},
                      "# TYPE m_seconds counter\n# UNIT m_seconds seconds\n"
                      "# HELP m_seconds A \\\"time\\\".\nm_seconds_total 1\n# EOF\n",
                      Exposition::kOpenMetrics);
  EXPECT_THAT(database_.Metadata(),
              ElementsAre(MetricMetadata{"m_seconds", "counter", "A \"time\".", "seconds"}));
}

TEST_F(MetadataTest, TargetsThatDifferAreBothTold) {
  Target a = Add({{"pod", "a"}}, "# TYPE m counter\nm 1\n");
  Target b = Add({{"pod", "b"}}, "# TYPE m gauge\nm{x=\"1\"} 1\nn{x=\"2\"} 1\n");
  Target c = Add({{"pod", "c"}}, "# TYPE m gauge\nm{x=\"1\"} 1\nn{x=\"2\"} 1\n");
  EXPECT_THAT(database_.Metadata(), ElementsAre(MetricMetadata{"m", "counter", "", ""},
                                                MetricMetadata{"m", "gauge", "", ""}));
}

// No more is kept than targets need for their own sake.
TEST_F(MetadataTest, GoesWithItsTarget) {
  EXPECT_THAT(database_.Metadata(), IsEmpty());
  std::optional<Target> target = Add({{"pod", "a"}}, "# TYPE m counter\nm 1\n");
  EXPECT_THAT(database_.Metadata(), SizeIs(1));
  target.reset();
  EXPECT_THAT(database_.Metadata(), IsEmpty());
}

// More kinds of bodies than the plan cache offers to new targets.
TEST_F(MetadataTest, KnowsAllTargets) {
  std::vector<Target> targets;
  for (int i = 0; i < 300; ++i) {
    targets.push_back(
        Add({{"pod", absl::StrCat(i)}}, absl::StrCat("# TYPE m", i, " counter\nm", i, " 1\n")));
  }
  EXPECT_THAT(database_.Metadata(), SizeIs(300));
  targets.resize(10, targets[0]);
  EXPECT_THAT(database_.Metadata(), SizeIs(10));
}

}  // namespace
}  // namespace tacho
