#include "adapter/net/discovery.h"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_net/temp_dir.h"

namespace tacho::adapter {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::string Entry(const std::string& address) {
  return absl::StrCat(R"([{"targets": [")", address, R"("], "labels": {"pod": "p"}}])");
}

class DiscoveryTest : public ::testing::Test {
 protected:
  void Watch(std::vector<std::string> patterns) {
    ScrapeJob job;
    job.job_name = "j";
    for (std::string& pattern : patterns) pattern = dir_.Path(pattern);
    job.file_sd_configs.push_back({.files = std::move(patterns)});
    config_.jobs.push_back(std::move(job));
    discovery_.emplace(config_, &log_, &stats_);
  }

  std::vector<std::string> Urls() {
    std::vector<std::string> urls;
    for (const DiscoveredTarget& target : discovery_->Targets()) urls.push_back(target.Url());
    return urls;
  }

  TempDir dir_;
  std::vector<std::string> lines_;
  Logger log_{LogLevel::kInfo, [this](std::string_view l) { lines_.emplace_back(l); },
              [] { return int64_t{0}; }};
  ScrapeStats stats_;
  ScrapeConfig config_;
  std::optional<Discovery> discovery_;
};

TEST_F(DiscoveryTest, TheFirstLookIsAlwaysNews) {
  Watch({"a.json"});
  EXPECT_TRUE(discovery_->Poll());
  EXPECT_FALSE(discovery_->Poll());
  EXPECT_THAT(Urls(), IsEmpty());
}

TEST_F(DiscoveryTest, ANewFileAChangedFileAndADeletedFileAreSeen) {
  Watch({"*.json"});
  discovery_->Poll();
  dir_.Write("a.json", Entry("h:1"));
  EXPECT_TRUE(discovery_->Poll());
  EXPECT_THAT(Urls(), ElementsAre("http://h:1/metrics"));
  EXPECT_FALSE(discovery_->Poll());
  dir_.Write("a.json", Entry("h:2"));
  EXPECT_TRUE(discovery_->Poll());
  EXPECT_THAT(Urls(), ElementsAre("http://h:2/metrics"));
  dir_.Write("b.json", Entry("h:3"));
  EXPECT_TRUE(discovery_->Poll());
  EXPECT_THAT(Urls(), UnorderedElementsAre("http://h:2/metrics", "http://h:3/metrics"));
  std::filesystem::remove(dir_.Path("a.json"));
  EXPECT_TRUE(discovery_->Poll());
  EXPECT_THAT(Urls(), ElementsAre("http://h:3/metrics"));
}

TEST_F(DiscoveryTest, AFileNamedOutrightThatGoesTakesItsTargetsAlong) {
  Watch({"a.json"});
  dir_.Write("a.json", Entry("h:1"));
  EXPECT_TRUE(discovery_->Poll());
  std::filesystem::remove(dir_.Path("a.json"));
  EXPECT_TRUE(discovery_->Poll());
  EXPECT_THAT(Urls(), IsEmpty());
  EXPECT_FALSE(discovery_->Poll());
}

TEST_F(DiscoveryTest, ASwappedSymlinkIsSeen) {
  dir_.Write("v1", Entry("h:1"));
  dir_.Write("v2", Entry("h:2"));
  std::filesystem::create_symlink("v1", dir_.Path("a.json"));
  Watch({"a.json"});
  discovery_->Poll();
  EXPECT_THAT(Urls(), ElementsAre("http://h:1/metrics"));
  std::filesystem::create_symlink("v2", dir_.Path("next"));
  std::filesystem::rename(dir_.Path("next"), dir_.Path("a.json"));
  EXPECT_TRUE(discovery_->Poll());
  EXPECT_THAT(Urls(), ElementsAre("http://h:2/metrics"));
}

TEST_F(DiscoveryTest, ABrokenFileKeepsItsTargetsAndIsLoggedAndCountedOnce) {
  Watch({"a.json"});
  dir_.Write("a.json", Entry("h:1"));
  discovery_->Poll();
  dir_.Write("a.json", "[{\"targets\": ");
  EXPECT_FALSE(discovery_->Poll());
  EXPECT_FALSE(discovery_->Poll());
  EXPECT_THAT(Urls(), ElementsAre("http://h:1/metrics"));
  EXPECT_EQ(lines_.size(), 1U);
  EXPECT_EQ(stats_.discovery_problems, 1U);
  dir_.Write("a.json", Entry("h:2"));
  EXPECT_TRUE(discovery_->Poll());
  EXPECT_THAT(Urls(), ElementsAre("http://h:2/metrics"));
}

TEST_F(DiscoveryTest, APathThatIsNoFileIsRefusedAtOnce) {
  std::filesystem::create_directory(dir_.Path("a.json"));
  std::filesystem::create_symlink("/dev/zero", dir_.Path("b.json"));
  Watch({"*.json"});
  EXPECT_TRUE(discovery_->Poll());
  EXPECT_THAT(Urls(), IsEmpty());
}

TEST_F(DiscoveryTest, OfTwoJobsWithTheSameLabelsTheFirstStays) {
  ScrapeJob job;
  job.job_name = "j";
  job.static_configs.push_back({.targets = {"h:1"}, .labels = {}});
  config_.jobs = {job, job};
  config_.jobs[1].metrics_path = "/other";
  discovery_.emplace(config_, &log_, &stats_);
  EXPECT_THAT(Urls(), ElementsAre("http://h:1/metrics"));
  EXPECT_EQ(stats_.discovery_problems, 1U);
}

}  // namespace
}  // namespace tacho::adapter
