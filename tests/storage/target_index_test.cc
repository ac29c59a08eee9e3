#include "storage/target_index.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/catalog.h"

namespace tacho::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

LabelMatcher Matcher(std::string_view label, MatchOp op, std::string_view value) {
  return *LabelMatcher::Create(label, op, value, 1 << 20);
}

class TargetIndexTest : public ::testing::Test {
 protected:
  TargetIndexTest() {
    index_.Add(0, {{"namespace", "a"}, {"pod", "x"}});
    index_.Add(1, {{"namespace", "a"}, {"pod", "y"}});
    index_.Add(2, {{"namespace", "b"}, {"pod", "x"}});
    index_.Add(3, {{"job", "kube-state-metrics"}});
  }
  template <typename... Matchers>
  std::vector<uint32_t> Candidates(Matchers... matchers) const {
    std::vector<LabelMatcher> list;
    (list.push_back(std::move(matchers)), ...);
    std::vector<uint32_t> slots;
    index_.Candidates(list, &slots);
    return slots;
  }
  std::shared_ptr<const Shape> ShapeWith(std::string_view label) {
    const TextLabel pair{label, "v"};
    return catalog_.Make({catalog_.Intern("m", {&pair, 1})});
  }

  Catalog catalog_;
  const Catalog::Pin pin_{catalog_};
  TargetIndex index_;
};

TEST_F(TargetIndexTest, WithoutMatchersAllTargetsAreCandidates) {
  EXPECT_THAT(Candidates(), ElementsAre(0, 1, 2, 3));
}

TEST_F(TargetIndexTest, AMatcherNarrowsByTheTargetsLabels) {
  EXPECT_THAT(Candidates(Matcher("namespace", MatchOp::kEqual, "a")), ElementsAre(0, 1));
  EXPECT_THAT(Candidates(Matcher("pod", MatchOp::kRegex, "x|z")), ElementsAre(0, 2));
  EXPECT_THAT(Candidates(Matcher("pod", MatchOp::kEqual, "none")), IsEmpty());
  EXPECT_THAT(Candidates(Matcher("no", MatchOp::kEqual, "x")), IsEmpty());
}

TEST_F(TargetIndexTest, SeveralMatchersAreIntersected) {
  EXPECT_THAT(Candidates(Matcher("namespace", MatchOp::kEqual, "a"),
                         Matcher("pod", MatchOp::kEqual, "x")),
              ElementsAre(0));
  EXPECT_THAT(Candidates(Matcher("pod", MatchOp::kRegex, "x|y"),
                         Matcher("namespace", MatchOp::kEqual, "b")),
              ElementsAre(2));
}

// The index answers for known values; of the rest it only knows that it does not know.
TEST_F(TargetIndexTest, WhatItCannotAnswerItLeavesToTheCaller) {
  EXPECT_THAT(Candidates(Matcher("pod", MatchOp::kNotEqual, "x")), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Candidates(Matcher("pod", MatchOp::kEqual, "")), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Candidates(Matcher("pod", MatchOp::kRegex, "x|")), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Candidates(Matcher("pod", MatchOp::kRegex, "x.*")), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Candidates(Matcher("__name__", MatchOp::kEqual, "m")), ElementsAre(0, 1, 2, 3));
}

TEST_F(TargetIndexTest, ALabelMayAlsoComeFromTheBody) {
  const auto with_pod = ShapeWith("pod");
  index_.ShapeChanged(3, *catalog_.empty_shape(), *with_pod);
  EXPECT_THAT(Candidates(Matcher("pod", MatchOp::kEqual, "x")), ElementsAre(0, 2, 3));
  const std::vector<TextLabel> both = {{"other", "v"}, {"pod", "v"}};
  const auto with_both = catalog_.Make({catalog_.Intern("m", both)});
  index_.ShapeChanged(3, *with_pod, *with_both);
  EXPECT_THAT(Candidates(Matcher("pod", MatchOp::kEqual, "x")), ElementsAre(0, 2, 3));
  index_.ShapeChanged(3, *with_both, *ShapeWith("other"));
  EXPECT_THAT(Candidates(Matcher("pod", MatchOp::kEqual, "x")), ElementsAre(0, 2));
  EXPECT_THAT(Candidates(Matcher("other", MatchOp::kEqual, "x")), ElementsAre(3));
}

TEST_F(TargetIndexTest, ARemovedTargetIsNoCandidate) {
  index_.Remove(0, {{"namespace", "a"}, {"pod", "x"}});
  EXPECT_THAT(Candidates(), ElementsAre(1, 2, 3));
  EXPECT_THAT(Candidates(Matcher("pod", MatchOp::kEqual, "x")), ElementsAre(2));
  index_.Add(0, {{"namespace", "c"}});  // the slot is used again
  EXPECT_THAT(Candidates(Matcher("namespace", MatchOp::kEqual, "c")), ElementsAre(0));
  EXPECT_THAT(Candidates(Matcher("namespace", MatchOp::kEqual, "a")), ElementsAre(1));
}

TEST_F(TargetIndexTest, TellsWhatChangedSinceAVersion) {
  const uint64_t version = index_.version();
  std::vector<uint32_t> slots = {99};
  EXPECT_TRUE(index_.ChangesSince(version, &slots));
  EXPECT_THAT(slots, IsEmpty());
  index_.ShapeChanged(2, *catalog_.empty_shape(), *ShapeWith("pod"));
  index_.Add(7, {});
  index_.ShapeChanged(2, *ShapeWith("pod"), *ShapeWith("x"));
  EXPECT_EQ(index_.version(), version + 3);
  EXPECT_TRUE(index_.ChangesSince(version, &slots));
  EXPECT_THAT(slots, ElementsAre(2, 7));  // ascending, each once
  EXPECT_TRUE(index_.ChangesSince(version + 1, &slots));
  EXPECT_THAT(slots, ElementsAre(2, 7));
  EXPECT_TRUE(index_.ChangesSince(version + 2, &slots));
  EXPECT_THAT(slots, ElementsAre(2));
}

TEST_F(TargetIndexTest, SomebodyTooFarBehindStartsOver) {
  const uint64_t version = index_.version();
  for (size_t i = 0; i < TargetIndex::kLogSize; ++i) index_.Add(7, {});
  std::vector<uint32_t> slots;
  EXPECT_TRUE(index_.ChangesSince(version, &slots));
  EXPECT_THAT(slots, ElementsAre(7));
  EXPECT_FALSE(index_.ChangesSince(version - 1, &slots));
  EXPECT_FALSE(index_.ChangesSince(0, &slots));
  EXPECT_FALSE(index_.ChangesSince(index_.version() + 1, &slots));  // from no time of ours
}

}  // namespace
}  // namespace tacho::storage
