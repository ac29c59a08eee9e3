// The shared corpus of real and of deliberately wrong PromQL.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "parser/promql.h"
#include "tests/support/corpus.h"

namespace tacho::parser {
namespace {

using ::tacho::testing::ReadTsv;

constexpr ParseLimits kExperimental{.experimental = true};

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
    const std::string& needs = row.at(2);
    if (needs != "-" && needs != "experimental-functions") continue;
    EXPECT_EQ(Problem(row.at(4), needs == "-" ? ParseLimits() : kExperimental), "") << row.at(0);
    ++parsed;
  }
  std::printf("%d valid queries\n", parsed);
  EXPECT_GT(parsed, 900);
}

// What is left for later must be refused by name, not misread.
TEST(CorpusTest, NewerSyntaxIsRefused) {
  TACHO_REQUIRE_CORPUS();
  int refused = 0;
  int accepted = 0;
  for (const auto& row : ReadTsv("good-promql.tsv")) {
    const std::string& needs = row.at(2);
    if (needs == "-" || needs == "experimental-functions") continue;
    const auto ast = ParsePromql(row.at(4), kExperimental);
    ++(ast.ok() ? accepted : refused);
    if (ast.ok()) continue;
    const std::string message(ast.status().message());
    const bool named =
        message.find("duration expressions are not supported") != std::string::npos ||
        message.find("modifier is experimental") != std::string::npos ||
        message.find("modifiers are experimental") != std::string::npos ||
        message.find("unexpected character: 'r', expected ':'") != std::string::npos;
    EXPECT_TRUE(named) << row.at(0) << " " << row.at(4) << ": " << message;
  }
  std::printf("%d queries of newer syntax refused, %d need none\n", refused, accepted);
  EXPECT_GT(refused, 90);
}

TEST(CorpusTest, WrongQueriesAreRefusedInPrometheusWords) {
  TACHO_REQUIRE_CORPUS();
  int exact = 0;
  int all = 0;
  for (const auto& row : ReadTsv("bad-promql.tsv")) {
    const std::string& stage = row.at(1);
    if (stage != "parse" && stage != "lex") continue;
    const bool experimental = row.at(5).find("experimental-functions") != std::string::npos;
    const auto ast = ParsePromql(row.at(2), experimental ? kExperimental : ParseLimits());
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
