// Prometheus' own scripts, as far as they are at hand: every evaluation of floats passes.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "tests/support/corpus.h"
#include "tools/promqltest/runner.h"

namespace tacho::promqltest {
namespace {

TEST(CorpusTest, EveryFloatEvaluationPasses) {
  TACHO_REQUIRE_CORPUS();
  std::map<Verdict, int> verdicts;
  for (const auto& file :
       std::filesystem::directory_iterator(testing::CorpusDir() / "promqltest")) {
    if (file.path().extension() != ".test") continue;
    SCOPED_TRACE(file.path().filename().string());
    const ScriptReport report = RunScript(testing::ReadFile(file.path()));
    EXPECT_EQ(report.fault, "");
    for (const Outcome& outcome : report.outcomes) {
      ++verdicts[outcome.verdict];
      EXPECT_NE(outcome.verdict, Verdict::kFailed) << outcome.line << ": " << outcome.expr << "\n"
                                                   << outcome.reason;
    }
  }
  EXPECT_GE(verdicts[Verdict::kPassed], 167);
  EXPECT_LE(verdicts[Verdict::kUnsupported], 2);
}

}  // namespace
}  // namespace tacho::promqltest
