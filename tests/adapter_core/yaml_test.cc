#include "adapter/core/yaml.h"

#include <array>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::array<std::string_view, 3> kKeys = {"scrape_interval", "job_name", "params"};

std::string Repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(YamlTest, EveryNodeKnowsItsLineAndColumn) {
  const auto file = YamlFile::Parse("a.yaml", "x: 1\nlist:\n  - one\n  - {k: v}\n");
  ASSERT_THAT(file, IsOk());
  const auto list = file->root().Find("list");
  ASSERT_TRUE(list.has_value());
  ASSERT_EQ(list->Items().size(), 2u);
  EXPECT_EQ(list->Items()[0].Place(), "a.yaml:3:5");
  EXPECT_EQ(list->Items()[1].Entries()[0].second.Place(), "a.yaml:4:9");
  EXPECT_EQ(file->root().Find("x")->Place(), "a.yaml:1:4");
}

TEST(YamlTest, AnEmptyFileIsNull) {
  for (const std::string text : {"", "\n\n", "# only a comment\n", "---\n"}) {
    const auto file = YamlFile::Parse("a.yaml", text);
    ASSERT_THAT(file, IsOk()) << text;
    EXPECT_TRUE(file->root().is_null()) << text;
    EXPECT_THAT(file->root().ExpectKeys("the file", kKeys), IsOk());
    EXPECT_THAT(file->root().ExpectSequence("it"), IsOk());
    EXPECT_EQ(file->root().Describe(), "nothing");
  }
}

TEST(YamlTest, NullAndAbsentValuesAreNotFound) {
  const auto file = YamlFile::Parse("a.yaml", "a:\nb: ~\nc: null\nd: 'null'\n");
  ASSERT_THAT(file, IsOk());
  EXPECT_FALSE(file->root().Find("a").has_value());
  EXPECT_FALSE(file->root().Find("b").has_value());
  EXPECT_FALSE(file->root().Find("c").has_value());
  EXPECT_FALSE(file->root().Find("nope").has_value());
  ASSERT_TRUE(file->root().Find("d").has_value());
  EXPECT_EQ(file->root().Find("d")->text(), "null");
}

TEST(YamlTest, QuotedTextIsToldFromPlain) {
  const auto file = YamlFile::Parse("a.yaml", "[true, 'true', \"true\", !!str true]");
  ASSERT_THAT(file, IsOk());
  std::vector<bool> plain;
  for (const YamlValue& v : file->root().Items()) plain.push_back(v.plain());
  EXPECT_THAT(plain, ElementsAre(true, false, false, false));
}

TEST(YamlTest, UnknownKeyIsRefusedByNameWithTheNearestKnownOne) {
  const auto file = YamlFile::Parse("s.yaml", "job_name: a\nscrape_intervall: 5s\n");
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->root().ExpectKeys("a scrape config", kKeys),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "s.yaml:2:1: unknown key \"scrape_intervall\" in a scrape config; did you "
                       "mean \"scrape_interval\"?"));
}

TEST(YamlTest, WrongCaseCountsAsNearAndAStrangerGetsNoSuggestion) {
  const auto near = YamlFile::Parse("s.yaml", "Params: {}\n");
  EXPECT_THAT(near->root().ExpectKeys("it", kKeys).ToString(), HasSubstr("mean \"params\"?"));
  const auto far = YamlFile::Parse("s.yaml", "relabel_configs: []\n");
  EXPECT_THAT(far->root().ExpectKeys("it", kKeys),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "s.yaml:1:1: unknown key \"relabel_configs\" in it"));
  const auto huge = YamlFile::Parse("s.yaml", std::string(900, 'k') + ": 1\n");
  EXPECT_THAT(huge->root().ExpectKeys("it", kKeys).ToString(), HasSubstr("kkk...\" in it"));
}

TEST(YamlTest, DuplicateKeyIsRefusedWhereItsMappingIsRead) {
  const auto file = YamlFile::Parse("s.yaml", "- {a: 1}\n- b: 1\n  b: 2\n");
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->root().Items()[0].ExpectMapping("it"), IsOk());
  EXPECT_THAT(file->root().Items()[1].ExpectMapping("it"),
              StatusIs(absl::StatusCode::kInvalidArgument, "s.yaml:3:3: key \"b\" is given twice"));
}

TEST(YamlTest, AKeyMustBeAText) {
  const auto file = YamlFile::Parse("s.yaml", "? [a, b]\n: 1\n");
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->root().ExpectMapping("it"), StatusIs(absl::StatusCode::kInvalidArgument,
                                                         HasSubstr("must be a text, not a list")));
}

TEST(YamlTest, KindsAreCheckedByName) {
  const auto file = YamlFile::Parse("s.yaml", "a: [1]\nb: {c: 1}\nd: text\n");
  ASSERT_THAT(file, IsOk());
  const YamlValue root = file->root();
  EXPECT_THAT(
      root.Find("a")->ExpectMapping("a"),
      StatusIs(absl::StatusCode::kInvalidArgument, "s.yaml:1:4: a must be a mapping, not a list"));
  EXPECT_THAT(
      root.Find("b")->ExpectScalar("b"),
      StatusIs(absl::StatusCode::kInvalidArgument, "s.yaml:2:4: b must be a text, not a mapping"));
  EXPECT_THAT(root.Find("d")->ExpectSequence("d"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "s.yaml:3:4: d must be a list, not the text \"text\""));
  EXPECT_THAT(root.Find("d")->ExpectScalar("d"), IsOk());
  EXPECT_TRUE(root.Find("d")->Items().empty());
  EXPECT_TRUE(root.Find("d")->Entries().empty());
}

TEST(YamlTest, SyntaxErrorsCarryTheirPlace) {
  EXPECT_THAT(YamlFile::Parse("s.yaml", "a: 1\nb: c: d\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("s.yaml:2:5: not YAML: ")));
  EXPECT_THAT(YamlFile::Parse("s.yaml", "a: *nowhere\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("s.yaml:1:4: not YAML: ")));
}

TEST(YamlTest, ASecondDocumentIsRefused) {
  EXPECT_THAT(YamlFile::Parse("s.yaml", "a: 1\n---\nb: 2\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a second document")));
}

TEST(YamlTest, AliasesStandForWhatTheyName) {
  const auto file = YamlFile::Parse("s.yaml", "a: &x {k: [1, 2]}\nb: *x\n");
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->root().Find("b")->Find("k")->Items()[1].text(), "2");
}

TEST(YamlTest, AnAliasInsideWhatItNamesIsRefused) {
  EXPECT_THAT(
      YamlFile::Parse("s.yaml", "a: &x [1, *x]\n"),
      StatusIs(absl::StatusCode::kInvalidArgument, "s.yaml:1:11: an alias of what it is part of"));
}

// Ten lists of ten aliases each: 10^10 values in 500 bytes.
TEST(YamlTest, BillionLaughsAreCountedNotExpanded) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before +
            Repeat(", " + before, 9) + "]\n";
  }
  EXPECT_THAT(YamlFile::Parse("s.yaml", text),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("more than 200000 values")));
}

// 1 + 4 + 4 x 3: the list, each of its lists, each one's three texts.
TEST(YamlTest, TheLimitOfValuesIsExact) {
  const std::string text = "[&a [x, y, z], *a, *a, *a]";
  YamlLimits limits;
  limits.max_nodes = 17;
  EXPECT_THAT(YamlFile::Parse("s.yaml", text, limits), IsOk());
  limits.max_nodes = 16;
  EXPECT_THAT(YamlFile::Parse("s.yaml", text, limits),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("more than 16 values")));
}

TEST(YamlTest, TheLimitOfDepthIsExact) {
  EXPECT_THAT(YamlFile::Parse("s.yaml", Repeat("[", 32) + Repeat("]", 32)), IsOk());
  EXPECT_THAT(YamlFile::Parse("s.yaml", Repeat("[", 33) + Repeat("]", 33)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("deeper than 32 levels")));
  EXPECT_THAT(YamlFile::Parse("s.yaml", Repeat("- ", 33) + "x"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("deeper than 32 levels")));
}

TEST(YamlTest, AMegabyteOfOpenBracketsIsRefusedBeforeParsing) {
  for (const std::string_view unit : {"[", "{", "[\n", "[{"}) {
    EXPECT_THAT(YamlFile::Parse("s.yaml", Repeat(unit, 500'000)),
                StatusIs(absl::StatusCode::kResourceExhausted,
                         HasSubstr("more than 1000 brackets are left open")))
        << unit;
  }
}

TEST(YamlTest, BalancedBracketsMayBeMany) {
  EXPECT_THAT(YamlFile::Parse("s.yaml", "[" + Repeat("[], ", 5'000) + "[]]"), IsOk());
}

TEST(YamlTest, TheLimitOfBytesIsExact) {
  YamlLimits limits;
  limits.max_bytes = 10;
  EXPECT_THAT(YamlFile::Parse("s.yaml", "a: 1234567", limits), IsOk());
  EXPECT_THAT(
      YamlFile::Parse("s.yaml", "a: 12345678", limits),
      StatusIs(absl::StatusCode::kResourceExhausted, "s.yaml: 11 bytes; at most 10 are read"));
}

TEST(YamlTest, NoBytesMakeItThrow) {
  for (const std::string& text :
       {std::string("\0", 1), std::string("a: \0b", 5), std::string("\xff\xfe"),
        std::string("\xef\xbb\xbf"
                    "a: 1"),
        std::string("%YAML 9.9\n---\n"), std::string("!<x"), std::string("- !"), std::string("&"),
        std::string("*"), std::string("\t"), std::string("a: |99\n"), std::string("? ? ? ?"),
        std::string("\"\\u12\"")}) {
    const auto file = YamlFile::Parse("s.yaml", text);
    if (file.ok()) {
      EXPECT_FALSE(file->root().Describe().empty());
    } else {
      EXPECT_THAT(file.status().ToString(), HasSubstr("s.yaml"));
    }
  }
}

}  // namespace
}  // namespace tacho::adapter
