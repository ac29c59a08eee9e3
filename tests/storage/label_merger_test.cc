#include "storage/label_merger.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<std::pair<std::string, std::string>> Merge(const Labels& target, bool honor_labels,
                                                       std::vector<TextLabel> body) {
  LabelMerger merger(target, honor_labels);
  const auto merged = merger.Merge(body);
  return {merged.begin(), merged.end()};
}

TEST(LabelMergerTest, LabelsWithoutConflictAreSortedAndEmptyOnesDropped) {
  EXPECT_THAT(Merge({{"pod", "p"}}, false, {{"z", "1"}, {"a", "2"}, {"m", ""}}),
              ElementsAre(Pair("a", "2"), Pair("z", "1")));
  EXPECT_THAT(Merge({}, true, {{"a", ""}}), IsEmpty());
}

TEST(LabelMergerTest, AConflictIsRenamed) {
  EXPECT_THAT(Merge({{"pod", "p"}}, false, {{"pod", "x"}, {"a", "1"}}),
              ElementsAre(Pair("a", "1"), Pair("exported_pod", "x")));
}

TEST(LabelMergerTest, TheNewNameIsLengthenedUntilItIsFree) {
  EXPECT_THAT(Merge({{"pod", "p"}}, false, {{"pod", "x"}, {"exported_pod", "y"}}),
              ElementsAre(Pair("exported_exported_pod", "x"), Pair("exported_pod", "y")));
  EXPECT_THAT(Merge({{"exported_pod", "q"}, {"pod", "p"}}, false, {{"pod", "x"}}),
              ElementsAre(Pair("exported_exported_pod", "x")));
}

// Both are taken by the target: the shorter one gets the first free name.
TEST(LabelMergerTest, TwoConflictsNeverShareANewName) {
  const Labels target({{"exported_pod", "q"}, {"pod", "p"}});
  EXPECT_THAT(Merge(target, false, {{"exported_pod", "y"}, {"pod", "x"}}),
              ElementsAre(Pair("exported_exported_exported_pod", "y"),
                          Pair("exported_exported_pod", "x")));
}

TEST(LabelMergerTest, AnEmptyLabelTakesNoName) {
  EXPECT_THAT(Merge({{"pod", "p"}}, false, {{"pod", "x"}, {"exported_pod", ""}}),
              ElementsAre(Pair("exported_pod", "x")));
  EXPECT_THAT(Merge({{"pod", "p"}}, false, {{"pod", ""}}), IsEmpty());
}

TEST(LabelMergerTest, HonouredLabelsWin) {
  EXPECT_THAT(Merge({{"pod", "p"}}, true, {{"pod", "x"}}), ElementsAre(Pair("pod", "x")));
}

TEST(LabelMergerTest, AnEmptyHonouredLabelIsKeptToHideTheTargets) {
  EXPECT_THAT(Merge({{"pod", "p"}}, true, {{"pod", ""}, {"other", ""}}),
              ElementsAre(Pair("pod", "")));
}

TEST(LabelMergerTest, AnAnswerDoesNotDependOnTheOneBefore) {
  const Labels target({{"pod", "p"}});
  LabelMerger merger(target, false);
  const std::vector<TextLabel> first = {{"pod", "x"}};
  const std::vector<TextLabel> second = {{"a", "1"}};
  (void)merger.Merge(first);
  EXPECT_THAT(merger.Merge(second), ElementsAre(Pair("a", "1")));
}

TEST(LabelMergerTest, CountsTheLabelsOfTheWholeSeries) {
  const Labels target({{"job", "j"}, {"pod", "p"}});
  const LabelMerger merger(target, true);
  const std::vector<TextLabel> apart = {{"a", "1"}};
  const std::vector<TextLabel> wins = {{"pod", "x"}};
  const std::vector<TextLabel> hides = {{"pod", ""}};
  EXPECT_EQ(merger.CountAll({}), 3u);  // __name__ job pod
  EXPECT_EQ(merger.CountAll(apart), 4u);
  EXPECT_EQ(merger.CountAll(wins), 3u);
  EXPECT_EQ(merger.CountAll(hides), 2u);
}

}  // namespace
}  // namespace tacho::storage
