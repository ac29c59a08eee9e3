// What a plan holds and what it costs.
#include "parser/replay_table.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/parser_exposition/exposition_testing.h"

namespace tacho::testing {
namespace {

constexpr Exposition kText = Exposition::kText;

// `containers` containers with `metrics` metrics each, as cAdvisor exposes them.
std::string Containers(int containers, int metrics) {
  std::string body;
  for (int m = 0; m < metrics; ++m) {
    const std::string name = "container_metric_" + std::to_string(m);
    body += "# TYPE " + name + " gauge\n";
    for (int c = 0; c < containers; ++c) {
      body += name + "{container=\"c\",pod=\"a-pod-with-a-long-name-" + std::to_string(c) +
              "\",namespace=\"default\"} 1\n";
    }
  }
  return body;
}

// 50 names and 100 label blocks of about 70 bytes serve 5,000 lines: 16 bytes a line,
// 4 / 0.75 rounded up to a power of two for the slots, and little else.
TEST(ReplayTableTest, NamesAndLabelBlocksAreKeptOnce) {
  const Plan plan = MakePlan(Containers(100, 50), kText);
  EXPECT_EQ(plan.plan->positions(), 5000u);
  EXPECT_LT(plan.plan->bytes(), 5000u * 28);
}

TEST(ReplayTableTest, FindsEveryLineByItsTextAndKind) {
  const std::string body = Containers(7, 3);
  const Plan plan = MakePlan(body, kText);
  const parser::ReplayTable& table = plan.plan->table();
  ExpositionParser parser(body, kText);
  ParsedSample sample;
  for (size_t line = 0; parser.Next(&sample); ++line) {
    EXPECT_EQ(table.Find(sample.identity, parser::BoundKind::kNone), line);
    EXPECT_EQ(table.Find(sample.identity, parser::BoundKind::kSummary),
              parser::ReplayTable::kNoLine);
    EXPECT_TRUE(table.Knows(sample.identity));
    EXPECT_EQ(table.run_of(line), line / 7);
  }
  EXPECT_FALSE(table.Knows("container_metric_0 "));
  EXPECT_FALSE(table.Knows(""));
}

// The same text under two types is two lines, and of a line written twice the first is
// found.
TEST(ReplayTableTest, TheFirstOfEqualLinesIsFound) {
  const Plan plan = MakePlan("a 1\na 2\n# TYPE a histogram\na 3\na 4\n", kText);
  const parser::ReplayTable& table = plan.plan->table();
  EXPECT_EQ(table.Find("a ", parser::BoundKind::kNone), 0u);
  EXPECT_EQ(table.Find("a ", parser::BoundKind::kHistogram), 2u);
}

TEST(ReplayTableTest, AnEmptyBodyMakesAnEmptyPlan) {
  const Plan plan = MakePlan("", kText);
  EXPECT_EQ(plan.plan->positions(), 0u);
  EXPECT_EQ(plan.plan->table().run_count(), 0u);
  EXPECT_FALSE(plan.plan->LooksLike(""));
  EXPECT_FALSE(plan.plan->LooksLike("a 1\n"));
  EXPECT_EQ(ReplayEffect(plan, "a 1\n", kText, {}).events.size(), 1u);
}

// 255 bytes of name and 65,535 of the rest fit in a line; one more of either does not.
TEST(ReplayTableTest, LinesOfExtremeLengthAreLeftOut) {
  const auto positions = [](const std::string& body) {
    const Plan plan = MakePlan(body, kText);
    EXPECT_EQ(ReplayEffect(plan, body, kText, {}), FullEffect(plan, body, body, kText, {}));
    return plan.plan->positions();
  };
  EXPECT_EQ(positions(std::string(255, 'a') + " 1\n"), 1u);
  EXPECT_EQ(positions(std::string(256, 'a') + " 1\n"), 0u);
  // {b="..."} and the space are 7 bytes beside the value.
  EXPECT_EQ(positions("a{b=\"" + std::string(65535 - 7, 'v') + "\"} 1\n"), 1u);
  EXPECT_EQ(positions("a{b=\"" + std::string(65536 - 7, 'v') + "\"} 1\n"), 0u);
}

TEST(ReplayTableTest, PositionsAreThoseOfTheCaller) {
  uint32_t next = 10;
  const auto plan =
      ReplayPlan::Build("a 1\nb 2\n", kText, [&](const ParsedSample&) { return next += 10; });
  EXPECT_EQ(plan->positions(), 31u);
  EXPECT_EQ(plan->table().line(0).position, 20u);
  EXPECT_EQ(plan->format(), kText);
}

TEST(LooksLikeTest, KnowsABodyOfTheSameProgramByLinesFromAllOverIt) {
  const Plan plan = MakePlan(Containers(20, 10), kText);
  EXPECT_TRUE(plan.plan->LooksLike(Containers(20, 10)));
  EXPECT_TRUE(plan.plan->LooksLike(Containers(21, 11)));
}

// Another program that begins alike, as all Go programs do, is not taken for the same.
TEST(LooksLikeTest, ACommonBeginningIsNotEnough) {
  const Plan plan = MakePlan("go_goroutines 1\n" + Containers(20, 10), kText);
  std::string other = "go_goroutines 5\n";
  for (int i = 0; i < 200; ++i) other += "other_metric_" + std::to_string(i) + " 1\n";
  EXPECT_FALSE(plan.plan->LooksLike(other));
  EXPECT_FALSE(plan.plan->LooksLike("}"));
}

}  // namespace
}  // namespace tacho::testing
