#include "adapter/net/configuration.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::tacho::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string Rule(const std::string& window) {
  return absl::StrCat(
      "  - seriesQuery: 'a_total'\n    resources: {template: \"<<.Resource>>\"}\n"
      "    metricsQuery: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[",
      window, "])) by (<<.GroupBy>>)'\n");
}

class ConfigurationTest : public ::testing::Test {
 protected:
  absl::StatusOr<Configuration> Load(const std::string& rules) {
    options_.rules_file = dir_.Write("rules.yaml", "rules:\n" + rules);
    options_.scrape_file = dir_.Write("scrape.yaml", scrape_);
    return LoadConfiguration(options_);
  }

  TempDir dir_;
  AdapterOptions options_;
  std::string scrape_ =
      "global: {scrape_interval: 30s, scrape_timeout: 5s}\n"
      "scrape_configs: [{job_name: a, file_sd_configs: [{files: [t.json, /abs/u.json]}]}]\n";
};

TEST_F(ConfigurationTest, RetentionIsTheOptionWhereWindowsAreShort) {
  const auto configuration = Load(Rule("2m"));
  ASSERT_THAT(configuration, IsOk());
  EXPECT_THAT(configuration->rules->rules, SizeIs(1));
  EXPECT_EQ(configuration->database.retention, absl::Minutes(10));
}

// 20 m of window, and two intervals of 30 s, so that the window is full.
TEST_F(ConfigurationTest, RetentionGrowsWithTheLongestWindow) {
  const auto configuration = Load(Rule("2m") + Rule("20m"));
  ASSERT_THAT(configuration, IsOk());
  EXPECT_EQ(configuration->database.retention, absl::Minutes(21));
}

TEST_F(ConfigurationTest, ARuleBeyondTheLongestRetentionIsLeftOut) {
  options_.max_retention = absl::Minutes(15);
  const auto configuration = Load(Rule("2m") + Rule("20m"));
  ASSERT_THAT(configuration, IsOk());
  EXPECT_THAT(configuration->rules->rules, SizeIs(1));
  EXPECT_THAT(configuration->rules->problems, ElementsAre(HasSubstr("rules.yaml:7:")));
  EXPECT_EQ(configuration->database.retention, absl::Minutes(10));
}

// 2 x interval + timeout is 65 s; a minute is the most.
TEST_F(ConfigurationTest, ValuesMayBeAsOldAsTheSlowestJobMakesThem) {
  const auto configuration = Load(Rule("2m"));
  ASSERT_THAT(configuration, IsOk());
  EXPECT_EQ(configuration->policy.max_age, absl::Seconds(60));
}

TEST_F(ConfigurationTest, TargetFilesAreRelativeToTheConfiguration) {
  const auto configuration = Load(Rule("2m"));
  ASSERT_THAT(configuration, IsOk());
  EXPECT_THAT(configuration->scrape.jobs.at(0).file_sd_configs.at(0).files,
              ElementsAre(dir_.Path("t.json"), "/abs/u.json"));
}

TEST_F(ConfigurationTest, AFileThatIsMissingOrWrongIsNamed) {
  scrape_ = "scrape_configs: [{job_name: a, nonsense: 1}]\n";
  EXPECT_THAT(Load(Rule("2m")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("scrape.yaml:1:")));
  options_.rules_file = dir_.Path("absent.yaml");
  scrape_ = "scrape_configs: []\n";
  options_.scrape_file = dir_.Write("scrape.yaml", scrape_);
  EXPECT_THAT(LoadConfiguration(options_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("absent.yaml")));
}

}  // namespace
}  // namespace tacho::adapter
