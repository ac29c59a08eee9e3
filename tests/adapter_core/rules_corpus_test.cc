// The published configurations of the shared corpus: those that work load, those that
// are broken are refused with a place.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "adapter/core/rules.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tacho/database.h"
#include "tests/support/corpus.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::CorpusDir;
using ::tacho::testing::IsOk;
using ::tacho::testing::ReadFile;

// The engine's verdict, but for what it does not run yet: this is about configurations.
RuleChecks EngineChecks() {
  static const Database database({.retention = absl::Hours(24 * 40)});
  return {[](std::string_view promql) {
            const absl::Status status = database.Prepare(promql).status();
            return absl::IsUnimplemented(status) ? absl::OkStatus() : status;
          },
          [](std::string_view selector) { return database.Metrics(selector).status(); }};
}

std::vector<std::filesystem::path> Files(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(CorpusDir() / folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// One rule's seriesQuery is no selector (a pattern where the metric's name belongs):
// prometheus-adapter loads it and then fails to discover anything.
constexpr std::string_view kBadSelector = "028-remenyi-onlab1.yaml";

TEST(RulesCorpusTest, EveryPublishedConfigurationLoadsWhole) {
  TACHO_REQUIRE_CORPUS();
  const auto files = Files("rules");
  EXPECT_EQ(files.size(), 107u);
  for (const auto& path : files) {
    const auto rules = LoadRules(path.filename().string(), ReadFile(path), EngineChecks());
    ASSERT_THAT(rules, IsOk()) << path;
    const int refused = path.filename() == kBadSelector ? 1 : 0;
    EXPECT_EQ(rules->refused, refused) << path << "\n" << ::testing::PrintToString(rules->problems);
  }
}

TEST(RulesCorpusTest, EveryBrokenConfigurationIsRefusedWithAPlace) {
  TACHO_REQUIRE_CORPUS();
  const auto files = Files("rules-broken");
  EXPECT_EQ(files.size(), 12u);
  for (const auto& path : files) {
    const std::string name = path.filename().string();
    const auto rules = LoadRules(name, ReadFile(path), EngineChecks());
    std::string said(rules.status().message());
    if (rules.ok()) {
      EXPECT_GT(rules->refused, 0) << name;
      EXPECT_TRUE(rules->rules.empty()) << name;
      said = rules->problems.empty() ? "" : rules->problems.front();
    }
    EXPECT_TRUE(absl::StartsWith(said, name + ":")) << name << ": " << said;
    EXPECT_THAT(said, ::testing::ContainsRegex(":[0-9]+:[0-9]+: ")) << name;
  }
}

}  // namespace
}  // namespace tacho::adapter
