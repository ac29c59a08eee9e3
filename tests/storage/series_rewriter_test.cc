#include "storage/series_rewriter.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using Verdict = SeriesRewriter::Verdict;

// Gives a fixed answer and keeps what it was asked.
class Fixed final : public LabelRewriter {
 public:
  explicit Fixed(Labels answer, bool keep = true) : answer_(std::move(answer)), keep_(keep) {}
  bool Rewrite(Labels* series) const override {
    asked = *series;
    *series = answer_;
    return keep_;
  }
  std::string KeyOf(const Labels& /*target*/) const override { return ""; }
  mutable Labels asked;

 private:
  const Labels answer_;
  const bool keep_;
};

struct Outcome {
  Verdict verdict;
  std::string metric;
  std::vector<std::pair<std::string, std::string>> labels;
  std::string problem;
};

Outcome RewrittenBy(const Labels& target, const LabelRewriter* with,
                    std::vector<TextLabel> labels) {
  SeriesRewriter rewriter(target, with);
  std::string_view metric = "m";
  std::span<const TextLabel> span = labels;
  Outcome out{rewriter.Rewrite(&metric, &span), std::string(metric), {}, ""};
  for (const auto& [name, value] : span) out.labels.emplace_back(name, value);
  if (out.verdict == Verdict::kInvalid) out.problem = rewriter.Problem();
  return out;
}

TEST(SeriesRewriterTest, NoRewriterChangesNothing) {
  const Outcome out = RewrittenBy({{"a", "1"}}, nullptr, {{"b", "2"}});
  EXPECT_EQ(out.verdict, Verdict::kKeep);
  EXPECT_EQ(out.metric, "m");
  EXPECT_THAT(out.labels, ElementsAre(Pair("b", "2")));
}

TEST(SeriesRewriterTest, ItSeesTheTargetsLabelsAsAQueryWould) {
  const Fixed with({{"__name__", "m"}});
  RewrittenBy({{"a", "1"}, {"hidden", "2"}, {"over", "3"}}, &with,
              {{"b", "4"}, {"hidden", ""}, {"over", "5"}});
  EXPECT_EQ(with.asked, Labels({{"__name__", "m"}, {"a", "1"}, {"b", "4"}, {"over", "5"}}));
}

TEST(SeriesRewriterTest, WhatEqualsTheTargetIsImplied) {
  const Fixed with({{"__name__", "n"}, {"a", "1"}, {"z", "9"}, {"c", "3"}});
  const Outcome out = RewrittenBy({{"a", "1"}}, &with, {});
  EXPECT_EQ(out.metric, "n");
  EXPECT_THAT(out.labels, ElementsAre(Pair("c", "3"), Pair("z", "9")));
}

TEST(SeriesRewriterTest, WhatTheTargetLosesIsHiddenAndWhatDiffersIsKept) {
  const Fixed with({{"__name__", "m"}, {"b", "other"}});
  const Outcome out = RewrittenBy({{"a", "1"}, {"b", "2"}, {"c", "3"}}, &with, {});
  EXPECT_THAT(out.labels, ElementsAre(Pair("a", ""), Pair("b", "other"), Pair("c", "")));
}

TEST(SeriesRewriterTest, ALabelOfTheBodyStaysEvenIfTheTargetHasTheSame) {
  const Fixed with({{"__name__", "m"}, {"a", "1"}});
  EXPECT_THAT(RewrittenBy({{"a", "1"}}, &with, {{"a", "1"}}).labels, ElementsAre(Pair("a", "1")));
}

TEST(SeriesRewriterTest, DroppedAndInvalid) {
  const Fixed drop({{"__name__", "m"}}, /*keep=*/false);
  EXPECT_EQ(RewrittenBy({}, &drop, {}).verdict, Verdict::kDrop);
  const Fixed nameless({{"a", "1"}});
  const Outcome out = RewrittenBy({}, &nameless, {{"b", "2"}});
  EXPECT_EQ(out.verdict, Verdict::kInvalid);
  EXPECT_THAT(out.problem, HasSubstr("m{b=\"2\"} without a metric name"));
  const Fixed bad({{"__name__", "m"}, {"a", "\xff"}});
  EXPECT_THAT(RewrittenBy({}, &bad, {}).problem, HasSubstr("not UTF-8"));
}

}  // namespace
}  // namespace tacho::storage
