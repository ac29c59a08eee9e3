// Generated expressions: parsed to the tree they were made from; printed and parsed
// again to the same tree. And damaged ones: whatever is accepted must round trip too.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "parser/promql.h"
#include "tests/parser_promql/generator.h"
#include "tests/parser_promql/shape.h"

namespace tacho::parser {
namespace {

using ::tacho::testing::Generated;
using ::tacho::testing::Generator;
using ::tacho::testing::ShapeOf;

constexpr ParseLimits kWide{
    .max_bytes = 1 << 20,
    .features = {
        .experimental_functions = true, .extended_range_selectors = true, .fill_modifiers = true}};

uint32_t Seed() {
  const char* seed = std::getenv("TACHO_SEED");
  return seed == nullptr ? 20240914 : static_cast<uint32_t>(std::strtoul(seed, nullptr, 10));
}

std::string RoundTripProblem(const Ast& ast) {
  const std::string printed = PrintPromql(ast);
  const auto again = ParsePromql(printed, kWide);
  if (!again.ok()) return "printed as " + printed + ": " + std::string(again.status().message());
  if (!SameExpression(ast, *again)) return "another tree after printing: " + printed;
  const std::string twice = PrintPromql(*again);
  return twice == printed ? "" : "printed as " + printed + " and then as " + twice;
}

TEST(RoundTripTest, GeneratedTreesComeBack) {
  constexpr int kCases = 50'000;
  const uint32_t seed = Seed();
  Generator generator(seed);
  size_t bytes = 0;
  for (int i = 0; i < kCases; ++i) {
    const Generated made = generator.Query();
    const auto ast = ParsePromql(made.text, kWide);
    ASSERT_TRUE(ast.ok()) << made.text << "\n" << ast.status() << "\nseed " << seed;
    ASSERT_EQ(ShapeOf(*ast, ast->root()), made.shape) << made.text << "\nseed " << seed;
    ASSERT_EQ(RoundTripProblem(*ast), "") << made.text << "\nseed " << seed;
    bytes += made.text.size();
  }
  std::printf("%d expressions, %zu bytes, seed %u\n", kCases, bytes, seed);
}

// One byte removed, doubled or replaced.
std::string Damaged(std::string text, std::mt19937* random) {
  constexpr std::string_view kBytes = "(){}[],:=!~<>+-*/%^@\"'`# \n059ex_";
  const size_t at = (*random)() % text.size();
  switch ((*random)() % 3) {
    case 0:
      return text.erase(at, 1);
    case 1:
      return text.insert(at, 1, text[at]);
    default:
      text[at] = kBytes[(*random)() % kBytes.size()];
      return text;
  }
}

TEST(RoundTripTest, DamagedTextIsRefusedOrComesBack) {
  constexpr int kCases = 50'000;
  const uint32_t seed = Seed() + 1;
  Generator generator(seed);
  std::mt19937 random(seed);
  int accepted = 0;
  for (int i = 0; i < kCases; ++i) {
    std::string text = generator.Query().text;
    for (auto n = 1 + random() % 3; n > 0 && !text.empty(); --n) text = Damaged(text, &random);
    const auto ast = ParsePromql(text, kWide);
    if (!ast.ok()) {
      ASSERT_NE(ast.status().message().find(": parse error: "), std::string::npos)
          << text << "\nseed " << seed;
      continue;
    }
    ++accepted;
    ASSERT_EQ(RoundTripProblem(*ast), "") << text << "\nseed " << seed;
  }
  std::printf("%d damaged texts, %d of them still valid, seed %u\n", kCases, accepted, seed);
  EXPECT_GT(accepted, kCases / 100);
  EXPECT_LT(accepted, kCases);
}

}  // namespace
}  // namespace tacho::parser
