#include "parser/replay.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/parser_exposition/exposition_testing.h"

namespace tacho::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr Exposition kText = Exposition::kText;
constexpr Exposition kOm = Exposition::kOpenMetrics;

uint64_t Bits(double v) { return std::bit_cast<uint64_t>(v); }

constexpr char kBody[] =
    "# HELP a_total A.\n# TYPE a_total counter\n"
    "a_total{x=\"1\"} 1\na_total{x=\"2\"} 2\na_total{x=\"3\"} 3\n"
    "# HELP b B.\n# TYPE b gauge\n"
    "b 4\n"
    "# a comment long enough that the number before it has room to be read ahead ........\n";

// Replays `body` over a plan of kBody and holds it to I1.
Effect OverKnown(std::string_view body, parser::ReplayCounts* counts = nullptr) {
  const Plan plan = MakePlan(kBody, kText);
  const Effect effect = ReplayEffect(plan, body, kText, {}, counts);
  EXPECT_EQ(effect, FullEffect(plan, kBody, body, kText, {}));
  return effect;
}

TEST(ReplayTest, TheSameBodyIsReplayedLineByLine) {
  parser::ReplayCounts counts;
  const Effect effect = OverKnown(kBody, &counts);
  EXPECT_EQ(counts.samples, 4u);
  EXPECT_EQ(counts.replayed, 4u);
  EXPECT_THAT(effect.events, IsEmpty());
  EXPECT_THAT(effect.row,
              ElementsAre(Pair("a_total{x=1} 0", Bits(1)), Pair("a_total{x=2} 0", Bits(2)),
                          Pair("a_total{x=3} 0", Bits(3)), Pair("b{} 0", Bits(4))));
}

TEST(ReplayTest, ALineOutOfPlaceIsFoundByItsText) {
  parser::ReplayCounts counts;
  const Effect effect = OverKnown("b 4\na_total{x=\"3\"} 3\na_total{x=\"1\"} 1\n", &counts);
  EXPECT_EQ(counts.samples, 3u);
  EXPECT_THAT(effect.events, IsEmpty());
  EXPECT_EQ(effect.row.size(), 3u);
}

// The first line is missing: the second is looked up, the third is replayed again.
TEST(ReplayTest, AfterAMissingLineTheBodyIsFollowedAgain) {
  std::string body = kBody;
  body.erase(body.find("a_total{x=\"1\"} 1\n"), 17);
  parser::ReplayCounts counts;
  const Effect effect = OverKnown(body, &counts);
  EXPECT_EQ(counts.samples, 3u);
  EXPECT_EQ(counts.replayed, 2u);
  EXPECT_EQ(effect.row.size(), 3u);
}

TEST(ReplayTest, ANewLineGoesToTheSinkAndTheOthersAreReplayed) {
  std::string body = kBody;
  body.insert(body.find("a_total{x=\"2\"}"), "a_total{x=\"new\"} 9\n");
  parser::ReplayCounts counts;
  const Effect effect = OverKnown(body, &counts);
  EXPECT_EQ(counts.samples, 5u);
  EXPECT_EQ(counts.replayed, 4u);
  EXPECT_THAT(effect.events, ElementsAre(HasSubstr("miss a_total{x=new} 9")));
}

TEST(ReplayTest, ASecondValueForAPlaceGoesToTheSink) {
  const Effect effect = OverKnown("b 4\nb 5\nb NaN\n");
  EXPECT_EQ(effect.row.at("b{} 0"), Bits(4));
  EXPECT_THAT(effect.events, ElementsAre(HasSubstr("duplicate b{}"), HasSubstr("duplicate b{}")));
}

TEST(ReplayTest, AnyNumberMayStandWhereOneStood) {
  for (const char* value : {"0", "-1", "+7", "0.125", "1e5", "1e-05", "1.345758e+06", "NaN", "Inf",
                            "-Inf", "123456789012345678901234567890", "1e-400", ".5", "5."}) {
    const Effect effect = OverKnown("b " + std::string(value) + "\n" + std::string(200, '\n'));
    EXPECT_EQ(effect.row.size(), 1u) << value;
  }
}

TEST(ReplayTest, AKnownBeginningWithGarbageBehindFailsAsTheFullParserFails) {
  for (const char* rest : {"", "x", "1x", "1 x", "1 5 x", "1_0", "0x1p3", "1e999", "{", "1{", "1\r",
                           "1 1.5", "-", "1 99999999999999999999", "\"1\""}) {
    const Effect effect = OverKnown("b " + std::string(rest) + "\n" + std::string(200, '\n'));
    EXPECT_THAT(effect.status, HasSubstr("INVALID_ARGUMENT: 1:")) << rest;
  }
}

// "b 4" is known by its text "b ". More blanks make another text of the same series.
TEST(ReplayTest, OtherWhiteSpaceIsAnotherText) {
  EXPECT_THAT(OverKnown("b  4\n").events, ElementsAre(HasSubstr("miss b{} 4")));
  EXPECT_THAT(OverKnown("b\t4\n").events, ElementsAre(HasSubstr("miss b{} 4")));
  EXPECT_THAT(OverKnown("b{} 4\n").events, ElementsAre(HasSubstr("miss b{} 4")));
}

// In the plan's body the name ends where '+' begins. "a1" would read on.
TEST(ReplayTest, ATextThatALexerWouldReadOnIsNotReplayed) {
  const std::string body = "a+1 \n" + std::string(100, '\n');
  const Plan plan = MakePlan(body, kText);
  EXPECT_EQ(plan.plan->positions(), 0u);
  const std::string other = "a1 5\n" + std::string(100, '\n');
  EXPECT_EQ(ReplayEffect(plan, other, kText, {}), FullEffect(plan, body, other, kText, {}));
}

TEST(ReplayTest, TimestampsAreIgnoredUnlessTheyAreKept) {
  const std::string body =
      "b 4 1700000000000\nb 5 99999999999999999\nb 6 1 \n" + std::string(200, '\n');
  const Plan plan = MakePlan("b 1\n", kText);
  const Effect ignored = ReplayEffect(plan, body, kText, {});
  EXPECT_EQ(ignored.row.at("b{} 0"), Bits(4));
  const Effect kept = ReplayEffect(plan, body, kText, {.keep_timestamps = true});
  EXPECT_THAT(kept.row, IsEmpty());
  EXPECT_THAT(kept.events, ElementsAre(HasSubstr("@1700000000000"), HasSubstr("@99999999999999999"),
                                       HasSubstr("@1")));
}

TEST(ReplayTest, OpenMetricsTimestampsAndExemplarsAreFollowed) {
  const std::string body =
      "# TYPE a counter\na_total 1 12.5 # {t=\"x\"} 1\na_total{b=\"c\"} 2 13\n"
      "a_created 3 # {} 1\n# EOF\n";
  const Plan plan = MakePlan(body, kOm);
  for (const bool keep : {false, true}) {
    const parser::ReplayOptions options{.keep_timestamps = keep};
    const Effect effect = ReplayEffect(plan, body, kOm, options);
    EXPECT_EQ(effect, FullEffect(plan, body, body, kOm, options));
    EXPECT_EQ(effect.status, "OK");
    EXPECT_EQ(effect.samples, 3u);
  }
}

TEST(ReplayTest, OpenMetricsWantsItsEndInReplayToo) {
  const std::string body = "# TYPE a counter\na_total 1\n# EOF\n";
  const Plan plan = MakePlan(body, kOm);
  EXPECT_THAT(ReplayEffect(plan, "# TYPE a counter\na_total 1\n", kOm, {}).status,
              HasSubstr("3:1: data does not end with # EOF"));
  EXPECT_THAT(ReplayEffect(plan, body + "a_total 1\n", kOm, {}).status,
              HasSubstr("4:1: unexpected data after # EOF"));
}

// The same text under another type is another series: le="1" is 1.0 in a histogram.
TEST(ReplayTest, ATypeThatChangesMakesOtherSeries) {
  const std::string gauge = "# TYPE a gauge\na{le=\"1\"} 1\n";
  const std::string histogram = "# TYPE a histogram\na{le=\"1\"} 1\n";
  const Plan plan = MakePlan(gauge, kText);
  const Effect effect = ReplayEffect(plan, histogram, kText, {});
  EXPECT_EQ(effect, FullEffect(plan, gauge, histogram, kText, {}));
  EXPECT_THAT(effect.events, ElementsAre(HasSubstr("miss a{le=1.0} 1")));
}

// The second family's opening has no TYPE: what holds there is what the first one said.
TEST(ReplayTest, ATypeIsInheritedAcrossAnOpeningThatSetsNone) {
  const std::string plan_body = "# TYPE a histogram\na 1\n# HELP b x\nb{le=\"1\"} 1\n";
  const std::string body = "# TYPE a gauge\na 1\n# HELP b x\nb{le=\"1\"} 1\n";
  const Plan plan = MakePlan(plan_body, kText);
  const Effect effect = ReplayEffect(plan, body, kText, {});
  EXPECT_EQ(effect, FullEffect(plan, plan_body, body, kText, {}));
  EXPECT_THAT(effect.events, ElementsAre(HasSubstr("miss a{}"), HasSubstr("miss b{le=1}")));
}

// OpenMetrics steps over NULs behind metadata, so they belong to the opening's text.
TEST(ReplayTest, ANulBehindAnOpeningIsReadAsPartOfIt) {
  using namespace std::string_literals;
  const std::string plan_body = "# HELP a b\na 1\n# EOF\n";
  const std::string body = "# HELP a b\n\0a 1\n# EOF\n"s;
  const Plan plan = MakePlan(plan_body, kOm);
  const Effect effect = ReplayEffect(plan, body, kOm, {});
  EXPECT_EQ(effect, FullEffect(plan, plan_body, body, kOm, {}));
  EXPECT_EQ(effect.status, "OK");
}

TEST(ReplayTest, AnEmptyBodyIsReadOverAnyPlan) {
  const Plan plan = MakePlan("a 1\n", kText);
  for (const std::string_view body : {std::string_view(), std::string_view("")}) {
    EXPECT_EQ(ReplayEffect(plan, body, kText, {}).status, "OK");
    EXPECT_EQ(ReplayEffect(plan, body, kText, {}).samples, 0u);
    EXPECT_THAT(ReplayEffect(plan, body, kOm, {}).status, HasSubstr("1:1: data does not end"));
  }
}

// The full parser reads a newline that the body does not have. The bytes behind the
// body, here the plan's next line, are none of the replay's business.
TEST(ReplayTest, NothingIsReadBehindABodyWithoutAFinalNewline) {
  const std::string bytes = "a 1 b 2\n" + std::string(100, '\n');
  const Plan plan = MakePlan("a 1\nb 2\n", kText);
  const Effect effect = ReplayEffect(plan, std::string_view(bytes).substr(0, 3), kText, {});
  EXPECT_EQ(effect.samples, 1u);
  EXPECT_EQ(effect.status, "OK");
}

TEST(ReplayTest, AnotherFormatIsReadWithoutThePlan) {
  const Plan plan = MakePlan("a 1\n", kText);
  const Effect effect = ReplayEffect(plan, "a 1\n# EOF\n", kOm, {});
  EXPECT_EQ(effect.status, "OK");
  EXPECT_THAT(effect.events, ElementsAre(HasSubstr("miss a{} 1")));
}

TEST(ReplayTest, NoPlanMeansThatEverySampleIsAMiss) {
  const Effect effect = ReplayEffect(Plan{}, "a 1\nb 2\n", kText, {});
  EXPECT_EQ(effect.samples, 2u);
  EXPECT_EQ(effect.events.size(), 2u);
}

TEST(ReplayTest, LinesLeftOutOfThePlanAreMissesAndTheRestIsReplayed) {
  const Plan plan =
      MakePlan(kBody, kText, [](const std::string& key) { return key != "a_total{x=2} 0"; });
  parser::ReplayCounts counts;
  const Effect effect = ReplayEffect(plan, kBody, kText, {}, &counts);
  EXPECT_EQ(effect, FullEffect(plan, kBody, kBody, kText, {}));
  EXPECT_EQ(counts.replayed, 3u);
  EXPECT_THAT(effect.events, ElementsAre(HasSubstr("miss a_total{x=2} 2")));
}

TEST(ReplayTest, UnwantedLinesAreReadPastByThePlanAndByTheSinkAlike) {
  const auto unwanted = [](const std::string& key) {
    return key.starts_with("a_total{x=1") || key.starts_with("a_total{x=2");
  };
  const auto all = [](const std::string&) { return true; };
  const Plan known = MakePlan(kBody, kText, all, unwanted);
  Plan unknown;
  unknown.dropped = unwanted;
  for (const Plan& plan : {known, unknown}) {
    parser::ReplayCounts counts;
    const Effect effect = ReplayEffect(plan, kBody, kText, {.max_samples = 2}, &counts);
    EXPECT_EQ(effect, FullEffect(plan, kBody, kBody, kText, {.max_samples = 2}));
    EXPECT_EQ(effect.status, "OK");
    EXPECT_EQ(counts.samples, 4u);
    EXPECT_EQ(counts.dropped, 2u);
    EXPECT_EQ(effect.row.size() + effect.events.size(), 2u);
    EXPECT_THAT(ReplayEffect(plan, kBody, kText, {.max_samples = 1}).status,
                HasSubstr("RESOURCE_EXHAUSTED"));
  }
}

TEST(ReplayTest, AnUnwantedLineMustParseAllTheSame) {
  const auto all = [](const std::string&) { return true; };
  const Plan plan = MakePlan("a 1\nb 2\n", kText, all,
                             [](const std::string& key) { return key.starts_with("b"); });
  EXPECT_THAT(ReplayEffect(plan, "a 1\nb x\n", kText, {}).status, HasSubstr("INVALID_ARGUMENT"));
  const Effect timed = ReplayEffect(plan, "a 1\nb 2 1000\n", kText, {.keep_timestamps = true});
  EXPECT_EQ(timed.status, "OK");
  EXPECT_TRUE(timed.events.empty());
}

TEST(ReplayTest, MoreThanMaxSamplesIsRefusedWhereverTheyComeFrom) {
  const Plan plan = MakePlan(kBody, kText);
  for (const Plan& p : {plan, Plan{}}) {
    for (uint32_t max = 0; max < 4; ++max) {
      const parser::ReplayOptions options{.max_samples = max};
      const Effect effect = ReplayEffect(p, kBody, kText, options);
      EXPECT_EQ(effect, FullEffect(p, kBody, kBody, kText, options));
      EXPECT_EQ(effect.samples, max + 1);
      EXPECT_THAT(effect.status, HasSubstr("RESOURCE_EXHAUSTED"));
    }
    EXPECT_EQ(ReplayEffect(p, kBody, kText, {.max_samples = 4}).status, "OK");
  }
}

}  // namespace
}  // namespace tacho::testing
