// The shared corpus of real and of deliberately wrong PromQL.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "parser/promql.h"
#include "tests/support/corpus.h"

namespace tacho::parser {
namespace {

using ::tacho::testing::ReadTsv;

// The parts of the language that a column `needs` names, on top of `given`.
ParseLimits With(std::string_view needs, const PromqlFeatures& given) {
  const auto names = [needs](std::string_view part) {
    return needs.find(part) != std::string_view::npos;
  };
  PromqlFeatures features = given;
  features.experimental_functions |= names("experimental-functions");
  features.duration_expressions |= names("duration-expr");
  features.extended_range_selectors |= names("extended-range-selectors");
  features.fill_modifiers |= names("binop-fill-modifiers");
  return {.features = features};
}

constexpr PromqlFeatures kNone{.duration_expressions = false};
// What Prometheus' own tests of errors have on.
constexpr PromqlFeatures kErrorFeatures{.experimental_functions = true,
                                        .extended_range_selectors = true};

std::string Problem(const std::string& query, const ParseLimits& limits = {}) {
  const auto ast = ParsePromql(query, limits);
  if (!ast.ok()) return std::string(ast.status().message());
  const auto again = ParsePromql(PrintPromql(*ast), limits);
  if (!again.ok()) return "printed as " + PrintPromql(*ast) + ": " + again.status().ToString();
  return SameExpression(*ast, *again) ? "" : "another tree after printing";
}

TEST(CorpusTest, ValidQueriesParseAndRoundTrip) {
  TACHO_REQUIRE_CORPUS();
  int parsed = 0;
  for (const auto& row : ReadTsv("good-promql.tsv")) {
    EXPECT_EQ(Problem(row.at(4), With(row.at(2), kNone)), "") << row.at(0) << " " << row.at(4);
    ++parsed;
  }
  std::printf("%d valid queries\n", parsed);
  EXPECT_GT(parsed, 1100);
}

// Three rows use a keyword as a name, and a question mark says that none may be needed.
TEST(CorpusTest, EachPartOfTheLanguageNeedsItsOption) {
  TACHO_REQUIRE_CORPUS();
  int refused = 0;
  int sure = 0;
  for (const auto& row : ReadTsv("good-promql.tsv")) {
    const std::string& needs = row.at(2);
    if (needs == "-" || needs.find('?') != std::string::npos) continue;
    ++sure;
    const auto ast = ParsePromql(row.at(4), {.features = kNone});
    if (ast.ok()) {
      std::printf("%s needs none: %s\n", row.at(0).c_str(), row.at(4).c_str());
      continue;
    }
    ++refused;
    const std::string message(ast.status().message());
    const bool named = message.find("enabled") != std::string::npos;
    EXPECT_TRUE(named) << row.at(0) << " " << row.at(4) << ": " << message;
  }
  std::printf("%d of %d refused without an option\n", refused, sure);
  EXPECT_GE(refused, sure - 3);
}

TEST(CorpusTest, WrongQueriesAreRefusedInPrometheusWords) {
  TACHO_REQUIRE_CORPUS();
  int exact = 0;
  int all = 0;
  for (const auto& row : ReadTsv("bad-promql.tsv")) {
    const std::string& stage = row.at(1);
    if (stage != "parse" && stage != "lex") continue;
    const auto ast = ParsePromql(row.at(2), With(row.at(5), kErrorFeatures));
    ASSERT_FALSE(ast.ok()) << row.at(0) << " " << row.at(2);
    if (stage == "lex") continue;
    ++all;
    if (ast.status().message() == row.at(3)) {
      ++exact;
    } else {
      std::printf("%s %s\n  Prometheus: %s\n  tacho:      %s\n", row.at(0).c_str(),
                  row.at(2).c_str(), row.at(3).c_str(),
                  std::string(ast.status().message()).c_str());
    }
  }
  std::printf("%d of %d errors are Prometheus' own\n", exact, all);
  EXPECT_GE(exact * 100, all * 90);
}

TEST(CorpusTest, AdapterQueriesParse) {
  TACHO_REQUIRE_CORPUS();
  int parsed = 0;
  for (const auto& row : ReadTsv("metricsqueries-expanded.tsv")) {
    EXPECT_EQ(Problem(row.at(2)), "") << row.at(0);
    ++parsed;
  }
  std::printf("%d adapter queries\n", parsed);
  EXPECT_GT(parsed, 150);
}

// {{...}}, a placeholder that was never filled in, becomes x.
std::string WithoutPlaceholders(std::string query) {
  for (size_t open = query.find("{{"); open != std::string::npos; open = query.find("{{")) {
    const size_t close = query.find("}}", open);
    if (close == std::string::npos) break;
    query.replace(open, close + 2 - open, "x");
  }
  return query;
}

TEST(CorpusTest, KedaQueriesParse) {
  TACHO_REQUIRE_CORPUS();
  int parsed = 0;
  for (const auto& row : ReadTsv("keda.tsv")) {
    EXPECT_EQ(Problem(WithoutPlaceholders(row.at(1))), "") << row.at(1);
    ++parsed;
  }
  std::printf("%d KEDA queries\n", parsed);
  EXPECT_GT(parsed, 30);
}

}  // namespace
}  // namespace tacho::parser
