#include "adapter/net/rule_watcher.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapter/net/configuration.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::TempDir;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Rules(const std::string& series) {
  return "rules:\n- seriesQuery: '" + series +
         "'\n  resources: {template: <<.Resource>>}\n  metricsQuery: <<.Series>>\n";
}

class RuleWatcherTest : public ::testing::Test {
 protected:
  // The file as Kubernetes mounts it: rules.yaml -> ..data/rules.yaml, ..data -> a folder.
  void SetUp() override {
    Write("v1", Rules("a{pod!=\"\"}"));
    std::filesystem::create_directory_symlink("v1", dir_.Path("..data"));
    std::filesystem::create_symlink("..data/rules.yaml", file_);
    watcher_ = std::make_unique<RuleWatcher>(
        file_, [this] { return LoadRuleFile(file_, database_); }, &store_, &log_);
  }
  void Write(const std::string& folder, const std::string& text) {
    std::filesystem::create_directory(dir_.Path(folder));
    dir_.Write(folder + "/rules.yaml", text);
  }
  void Swap(const std::string& folder) {
    std::filesystem::create_directory_symlink(folder, dir_.Path("..next"));
    std::filesystem::rename(dir_.Path("..next"), dir_.Path("..data"));
  }

  TempDir dir_;
  const std::string file_ = dir_.Path("rules.yaml");
  Database database_;
  DatabaseSeries series_{database_};
  RuleStore store_{std::make_shared<const RuleSet>(), &series_};
  std::vector<std::string> lines_;
  Logger log_{LogLevel::kInfo, [this](std::string_view l) { lines_.emplace_back(l); },
              [] { return int64_t{0}; }};
  std::unique_ptr<RuleWatcher> watcher_;
};

TEST_F(RuleWatcherTest, AFileThatIsTheSameIsNotReadAgain) {
  watcher_->Poll();
  EXPECT_EQ(store_.state().loads, 1u);
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(RuleWatcherTest, TheSwappedLinkOfAConfigMapIsAnotherFile) {
  Write("v2", Rules("b{pod!=\"\"}"));
  Swap("v2");
  watcher_->Poll();
  EXPECT_EQ(store_.state().loads, 2u);
  EXPECT_NE(store_.Get()->registry.Get()->Find({{"", "pods"}, "b"}), nullptr);
  EXPECT_THAT(lines_, Contains(HasSubstr("rules loaded")));
}

TEST_F(RuleWatcherTest, ABadFileIsSaidOnceAndTheNextGoodOneIsTaken) {
  Write("v2", "rules:\n- seriesQuery: x\n");
  Swap("v2");
  watcher_->Poll();
  watcher_->Poll();
  EXPECT_EQ(store_.state().failures, 1u);
  EXPECT_THAT(lines_, Contains(HasSubstr("rules.yaml:2:3: the rule has no metricsQuery")));
  Write("v3", Rules("c{pod!=\"\"}"));
  Swap("v3");
  watcher_->Poll();
  EXPECT_EQ(store_.state().error, "");
  EXPECT_EQ(store_.state().rules, 1u);
}

TEST_F(RuleWatcherTest, AHangupReadsTheFileInAnyCase) {
  watcher_->Reload();
  EXPECT_EQ(store_.state().loads, 2u);
}

// The database is there already, and keeps what it keeps.
TEST_F(RuleWatcherTest, ARuleThatReachesPastRetentionIsNotTaken) {
  std::string text = Rules("a{pod!=\"\"}");
  text.replace(text.find("<<.Series>>"), 11, "'max_over_time(<<.Series>>[2h])'");
  Write("v2", text);
  Swap("v2");
  watcher_->Poll();
  EXPECT_EQ(store_.state().failures, 1u);
  EXPECT_THAT(store_.state().error, HasSubstr("rules.yaml:4:17: metricsQuery: "));
}

}  // namespace
}  // namespace tacho::adapter
