// Real bodies, and Prometheus' own tables of what it accepts and refuses.
#include <map>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/parser_exposition/exposition_testing.h"
#include "tests/support/corpus.h"

namespace tacho::testing {
namespace {

constexpr char kIndex[] = "exposition/INDEX.tsv";

Exposition FormatOf(const std::string& parser) {
  return parser == "om" || parser == "om-spec" || parser == "client_python-om"
             ? Exposition::kOpenMetrics
             : Exposition::kText;
}

std::string WithoutPosition(const std::string& error) {
  const size_t colon = error.find(": ");
  return colon == std::string::npos ? error : error.substr(colon + 2);
}

TEST(ExpositionCorpusTest, RefusalsReadAsPrometheusWordsThem) {
  TACHO_REQUIRE_CORPUS();
  int rows = 0;
  for (const auto& row : ReadTsv("bad-exposition.tsv")) {
    if (row[1] != "prom" && row[1] != "om") continue;
    EXPECT_EQ(WithoutPosition(ErrorOf(row[2], FormatOf(row[1]))), row[3]) << row[0];
    ++rows;
  }
  EXPECT_EQ(rows, 50);
}

// Rows that another parser accepts and Prometheus' does not, by the corpus' README and,
// for OpenMetrics (spaces after commas, native histograms), by its lexer.
TEST(ExpositionCorpusTest, AcceptsWhatPrometheusAccepts) {
  TACHO_REQUIRE_CORPUS();
  const std::set<std::string> refused = {"y015", "y027", "y029", "y089", "y095", "y105",
                                         "y121", "y123", "y125", "y127", "y149"};
  for (const auto& row : ReadTsv("ok-exposition.tsv")) {
    const std::string error = ErrorOf(row[2], FormatOf(row[1]));
    EXPECT_EQ(error.empty(), !refused.contains(row[0])) << row[0] << ": " << error;
  }
}

TEST(ExpositionCorpusTest, RealBodiesHaveTheirSamples) {
  TACHO_REQUIRE_CORPUS();
  const std::map<std::string, std::string> refused = {
      {"derived-node-exporter-darwin-crlf.txt", "2:30: invalid metric type \"summary\\r\""},
      {"expfmt-fuzz-parse-3.txt",
       "4:10: expected timestamp or new record, got \"-\" (\"INVALID\") while parsing: "
       "\"decoy -1 -\""},
      {"geth.txt", "4:29: invalid metric type \"summary IMP\""}};
  for (const auto& row : ReadTsv(kIndex)) {
    const std::string body = ReadFile(CorpusDir() / "exposition" / row[0]);
    const Parsed parsed =
        ParseAll(body, row[2] == "text 0.0.4" ? Exposition::kText : Exposition::kOpenMetrics);
    const auto refusal = refused.find(row[0]);
    if (refusal != refused.end()) {
      EXPECT_EQ(std::string(parsed.status.message()), refusal->second) << row[0];
      continue;
    }
    EXPECT_TRUE(parsed.status.ok()) << row[0] << ": " << parsed.status.ToString();
    EXPECT_EQ(std::to_string(parsed.samples.size()), row[5]) << row[0];
  }
}

// I1 on real bodies: replayed over their own plan and over an empty one.
TEST(ExpositionCorpusTest, ReplayOfARealBodyIsTheFullParsersReading) {
  TACHO_REQUIRE_CORPUS();
  for (const auto& row : ReadTsv(kIndex)) {
    if (std::stoul(row[4]) > 300'000) continue;  // the model is slow
    const std::string body = ReadFile(CorpusDir() / "exposition" / row[0]);
    const Exposition format = row[2] == "text 0.0.4" ? Exposition::kText : Exposition::kOpenMetrics;
    const Plan plan = MakePlan(body, format);
    for (const bool keep : {false, true}) {
      const parser::ReplayOptions options{.keep_timestamps = keep};
      parser::ReplayCounts counts;
      EXPECT_EQ(ReplayEffect(plan, body, format, options, &counts),
                FullEffect(plan, body, body, format, options))
          << row[0];
    }
    EXPECT_EQ(ReplayEffect(Plan{}, body, format, {}), FullEffect(Plan{}, body, body, format, {}))
        << row[0];
  }
}

// All but the lines near the end, and those that only the full parser reads.
TEST(ExpositionCorpusTest, NearlyAllOfARealBodyIsReplayed) {
  TACHO_REQUIRE_CORPUS();
  for (const char* name : {"cadvisor-1.35.txt", "kube-state-metrics-1.35.txt",
                           "node-exporter-e2e.txt", "prometheus-alltypes-237mfs.prom.txt"}) {
    const std::string body = ReadFile(CorpusDir() / "exposition" / name);
    const Plan plan = MakePlan(body, Exposition::kText);
    parser::ReplayCounts counts;
    ReplayEffect(plan, body, Exposition::kText, {}, &counts);
    EXPECT_GE(counts.replayed + 2, counts.samples) << name;
    EXPECT_TRUE(plan.plan->LooksLike(body)) << name;
  }
}

}  // namespace
}  // namespace tacho::testing
