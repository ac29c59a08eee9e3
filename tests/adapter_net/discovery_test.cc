#include "adapter/net/discovery.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapter/net/file_watcher.h"
#include "adapter/net/http_sd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::TempDir;
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
    for (const DiscoveredTarget& target : discovery_->Targets())
      urls.push_back(target.url.ToString());
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

ScrapeReply Json(const std::string& body, const std::string& type = "application/json") {
  ScrapeReply reply;
  reply.body = body;
  reply.content_type = type;
  return reply;
}

TEST_F(DiscoveryTest, AServiceThatFailsKeepsItsTargets) {
  config_.jobs.emplace_back().job_name = "j";
  discovery_.emplace(config_, &log_, &stats_);
  const auto take = [&](const ScrapeReply& reply) {
    return discovery_->TakeReply(0, "http://sd/", ReadHttpSdReply("http://sd/", reply));
  };
  EXPECT_TRUE(take(Json(Entry("h:1"))));
  EXPECT_FALSE(take(Json(Entry("h:1")))) << "nothing new";
  ScrapeReply failed;
  failed.failure = ScrapeFailure::kStatus;
  failed.error = "server returned HTTP status 500";
  EXPECT_FALSE(take(failed));
  EXPECT_FALSE(take(failed));
  EXPECT_FALSE(take(Json("[{", "application/json; charset=utf-8")));
  EXPECT_FALSE(take(Json(Entry("h:2"), "text/html")));
  EXPECT_THAT(Urls(), ElementsAre("http://h:1/metrics"));
  EXPECT_EQ(stats_.discovery_problems, 3U) << "a lasting error is one";
  EXPECT_TRUE(take(Json("[]")));
  EXPECT_THAT(Urls(), IsEmpty());
}

TEST(HttpSdTest, GroupsSayWhereTheyAreFrom) {
  const auto groups = ReadHttpSdReply("http://sd/x", Json(Entry("h:1")));
  ASSERT_TRUE(groups.ok()) << groups.status().ToString();
  ASSERT_EQ(groups->size(), 1U);
  EXPECT_EQ(groups->front().labels.at("__meta_url"), "http://sd/x");
}

// Runs the io_context until `changes` has grown, for 10 s at most.
bool RunUntilChanged(asio::io_context* io, const int& changes) {
  const int before = changes;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (changes == before && std::chrono::steady_clock::now() < end) {
    io->restart();
    io->run_one_for(std::chrono::milliseconds(100));
  }
  return changes > before;
}

TEST(FileWatcherTest, TellsOfWritesRenamesRemovalsAndSwappedLinks) {
  const TempDir dir;
  std::filesystem::create_directory(dir.Path("v1"));
  std::filesystem::create_directory(dir.Path("v2"));
  std::filesystem::create_directory_symlink("v1", dir.Path("..data"));
  asio::io_context io;
  int changes = 0;
  FileWatcher watcher(io, [&changes] { ++changes; });
  ASSERT_TRUE(watcher.Watch(FoldersOf({dir.Path("*.json"), dir.Path("none/x.json")})).ok());
  dir.Write("a.json", "[]");
  EXPECT_TRUE(RunUntilChanged(&io, changes));
  std::ofstream(dir.Path("a.json")) << "[ ]";
  EXPECT_TRUE(RunUntilChanged(&io, changes));
  std::filesystem::create_directory_symlink("v2", dir.Path("..data_tmp"));
  std::filesystem::rename(dir.Path("..data_tmp"), dir.Path("..data"));
  EXPECT_TRUE(RunUntilChanged(&io, changes));
  std::filesystem::remove(dir.Path("a.json"));
  EXPECT_TRUE(RunUntilChanged(&io, changes));
  watcher.Stop();
  io.restart();
  io.run();  // nothing is left to wait for
}

TEST(FileWatcherTest, TheFoldersOfPatterns) {
  EXPECT_THAT(FoldersOf({"/a/b.json", "/a/*.yml", "c.json", "/d.json"}),
              ElementsAre(".", "/", "/a/"));
}

}  // namespace
}  // namespace tacho::adapter
