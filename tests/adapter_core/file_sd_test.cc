#include "adapter/core/file_sd.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::tacho::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;

std::string ErrorOf(std::string_view path, std::string_view text) {
  return std::string(ParseTargetFile(path, text).status().message());
}

TEST(FileSdTest, JsonAndYamlMeanTheSame) {
  for (const auto& [path, text] :
       {std::pair<std::string, std::string>(
            "t.json", R"([{"targets": ["h:1", "h:2"], "labels": {"pod": "p"}}, {"targets": []}])"),
        {"t.yaml", "- targets: [h:1, h:2]\n  labels: {pod: p}\n- targets: []\n"},
        {"t.yml", "[{targets: [h:1, h:2], labels: {pod: p}}, {targets: []}]"}}) {
    const auto groups = ParseTargetFile(path, text);
    ASSERT_THAT(groups, IsOk()) << path;
    ASSERT_EQ(groups->size(), 2u);
    EXPECT_THAT((*groups)[0].targets, ElementsAre("h:1", "h:2"));
    EXPECT_THAT((*groups)[0].labels, ElementsAre(Pair("__meta_filepath", path), Pair("pod", "p")));
    EXPECT_THAT((*groups)[1].targets, IsEmpty());
  }
}

TEST(FileSdTest, AnEmptyListIsNoTargets) {
  EXPECT_TRUE(ParseTargetFile("t.json", "[]")->empty());
  EXPECT_TRUE(ParseTargetFile("t.yaml", "")->empty());
  EXPECT_TRUE(ParseTargetFile("t.yaml", "[]")->empty());
}

TEST(FileSdTest, BrokenJsonIsPlacedByLineAndColumn) {
  EXPECT_THAT(ErrorOf("t.json", "[\n  {\"targets\": [}]\n"), StartsWith("t.json:2:16: not JSON: "));
  EXPECT_THAT(ErrorOf("t.json", ""), StartsWith("t.json:1:1: not JSON: "));
  EXPECT_THAT(ErrorOf("t.json", "[] []"), StartsWith("t.json:1:4: not JSON: "));
}

TEST(FileSdTest, WrongContentNamesItsGroup) {
  EXPECT_EQ(ErrorOf("t.json", R"({"targets": []})"), "t.json:1:1: must be a list of groups");
  EXPECT_EQ(ErrorOf("t.json", R"([{}, {"target": []}])"),
            "t.json: group 2: unknown key \"target\"; known are targets and labels");
  EXPECT_EQ(ErrorOf("t.json", R"([{"targets": [1]}])"),
            "t.json: group 1: a target must be a string");
  EXPECT_EQ(ErrorOf("t.json", R"([{"targets": "h:1"}])"),
            "t.json: group 1: targets must be a list");
  EXPECT_EQ(ErrorOf("t.json", R"([{"labels": {"a": 1}}])"),
            "t.json: group 1: the value of label \"a\" must be a string");
  EXPECT_EQ(ErrorOf("t.json", R"([{"labels": {"": "x"}}])"),
            "t.json: group 1: a label's name is empty");
  EXPECT_EQ(ErrorOf("t.json", R"([{"labels": []}])"), "t.json: group 1: labels must be an object");
  EXPECT_EQ(ErrorOf("t.json", "[3]"), "t.json: group 1: a target group must be an object");
  EXPECT_THAT(ErrorOf("t.yaml", "- targets: h:1\n"),
              HasSubstr("t.yaml:1:12: targets must be a list"));
  EXPECT_THAT(ErrorOf("t.yaml", "targets: []\n"), HasSubstr("a target file must be a list"));
}

TEST(FileSdTest, DepthAndSizeAreBounded) {
  EXPECT_THAT(ErrorOf("t.json", std::string(100'000, '[')), HasSubstr("not JSON"));
  const std::string huge(kMaxTargetFileBytes + 1, ' ');
  EXPECT_THAT(ParseTargetFile("t.json", huge),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("more than 4194304 bytes")));
  EXPECT_THAT(ParseTargetFile("t.yaml", huge),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("at most 4194304")));
}

TEST(FileGroupsTest, ABrokenFileKeepsItsTargets) {
  FileGroups groups;
  EXPECT_THAT(groups.Update("b.json", R"([{"targets": ["b:1"]}])"), IsOk());
  EXPECT_THAT(groups.Update("a.yaml", "- targets: [a:1]"), IsOk());
  EXPECT_FALSE(groups.Update("b.json", "[{\"targ").ok());
  const auto all = groups.All();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_THAT(all[0].targets, ElementsAre("a:1"));
  EXPECT_THAT(all[1].targets, ElementsAre("b:1"));
  EXPECT_THAT(groups.Update("b.json", "[]"), IsOk());
  EXPECT_EQ(groups.All().size(), 1u);
}

TEST(FileGroupsTest, FilesThatAreGoneTakeTheirTargetsAlong) {
  FileGroups groups;
  EXPECT_THAT(groups.Update("a.json", R"([{"targets": ["a:1"]}])"), IsOk());
  EXPECT_THAT(groups.Update("b.json", R"([{"targets": ["b:1"]}])"), IsOk());
  groups.Keep({"b.json", "c.json"});
  ASSERT_EQ(groups.All().size(), 1u);
  EXPECT_THAT(groups.All()[0].targets, ElementsAre("b:1"));
}

TEST(FilePatternTest, ExpandsTheLastComponentOnly) {
  const TempDir folder;
  for (const char* name : {"b.json", "a.json", "a.yaml", "x.txt"}) {
    std::ofstream file(folder.Path(name));
  }
  const std::string root = folder.Path("");
  EXPECT_THAT(ExpandFilePattern(root + "*.json"), ElementsAre(root + "a.json", root + "b.json"));
  EXPECT_THAT(ExpandFilePattern(root + "[b-z].json"), ElementsAre(root + "b.json"));
  EXPECT_THAT(ExpandFilePattern(root + "nope.json"), ElementsAre(root + "nope.json"));
  EXPECT_THAT(ExpandFilePattern(root + "nowhere/*.json"), IsEmpty());
}

}  // namespace
}  // namespace tacho::adapter
