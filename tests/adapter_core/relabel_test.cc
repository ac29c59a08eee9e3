#include "adapter/core/relabel.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::testing::HasSubstr;

// The labels after one rule; nothing if it drops.
std::optional<Labels> After(const RelabelConfig& config, const Labels& labels,
                            NameScheme scheme = NameScheme::kUtf8) {
  const absl::StatusOr<RelabelRule> rule = RelabelRule::Create(config, scheme);
  EXPECT_THAT(rule, IsOk());
  if (!rule.ok()) return std::nullopt;
  LabelBuilder builder(labels);
  if (!Relabel({*rule}, &builder)) return std::nullopt;
  return std::move(builder).Take();
}

void Refused(const RelabelConfig& config, std::string_view message,
             NameScheme scheme = NameScheme::kUtf8) {
  EXPECT_THAT(RelabelRule::Create(config, scheme).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
}

const Labels kAb({{"a", "foo"}, {"b", "bar"}});

TEST(RelabelTest, ReplaceJoinsItsSourcesAndExpandsGroups) {
  EXPECT_EQ(After({.source_labels = {"a", "b"},
                   .separator = "-",
                   .regex = "(f.*)-(.*)r",
                   .target_label = "c",
                   .replacement = "${2}:$1",
                   .action = "replace"},
                  kAb),
            Labels({{"a", "foo"}, {"b", "bar"}, {"c", "ba:foo"}}));
}

TEST(RelabelTest, ReplaceMatchesTheWholeText) {
  for (const char* regex : {"fo", "oo", "o|f"}) {
    EXPECT_EQ(After({.source_labels = {"a"},
                     .regex = regex,
                     .target_label = "c",
                     .replacement = "x",
                     .action = "replace"},
                    kAb),
              kAb)
        << regex;
  }
}

TEST(RelabelTest, ReplaceWithNothingTakesTheLabelAway) {
  EXPECT_EQ(After({.target_label = "a", .replacement = "", .action = "replace"}, kAb),
            Labels({{"b", "bar"}}));
  // A group that took no part is empty, too.
  EXPECT_EQ(After({.source_labels = {"b"},
                   .regex = "(x)?bar",
                   .target_label = "a",
                   .replacement = "$1",
                   .action = "replace"},
                  kAb),
            Labels({{"b", "bar"}}));
}

TEST(RelabelTest, ReplaceWithoutSourcesSetsAConstant) {
  EXPECT_EQ(After({.target_label = "c", .replacement = "x", .action = "replace"}, kAb),
            Labels({{"a", "foo"}, {"b", "bar"}, {"c", "x"}}));
}

TEST(RelabelTest, ANameMadeOfAMatchIsLeftOutIfItIsNone) {
  const RelabelConfig config = {.source_labels = {"a"},
                                .regex = "(.)(.*)",
                                .target_label = "$2",
                                .replacement = "$1",
                                .action = "replace"};
  EXPECT_EQ(After(config, Labels({{"a", "f.b"}})), Labels({{"a", "f.b"}, {".b", "f"}}));
  EXPECT_EQ(After(config, Labels({{"a", "f.b"}}), NameScheme::kLegacy), Labels({{"a", "f.b"}}));
  EXPECT_EQ(After(config, Labels({{"a", "f"}})), Labels({{"a", "f"}}));
}

TEST(RelabelTest, NamedGroupsInBothSpellings) {
  for (const char* regex : {"(?<x>f)(?:[(?<y>]|o)+", "(?P<x>f)\\Q\\Eo+", "(?<x>f)[]o]+"}) {
    EXPECT_EQ(After({.source_labels = {"a"},
                     .regex = regex,
                     .target_label = "c",
                     .replacement = "${x}",
                     .action = "replace"},
                    kAb),
              Labels({{"a", "foo"}, {"b", "bar"}, {"c", "f"}}))
        << regex;
  }
}

TEST(RelabelTest, KeepAndDropLookAtTheWholeText) {
  const auto kept = [](const char* action, const char* regex) {
    return After({.source_labels = {"a"}, .regex = regex, .action = action}, kAb).has_value();
  };
  EXPECT_TRUE(kept("keep", "f.*"));
  EXPECT_FALSE(kept("keep", "f"));
  EXPECT_FALSE(kept("drop", "foo|x"));
  EXPECT_TRUE(kept("drop", "o"));
  EXPECT_TRUE(kept("Keep", "foo")) << "in any case";
}

TEST(RelabelTest, ADotMatchesANewline) {
  EXPECT_FALSE(
      After({.source_labels = {"a"}, .regex = "x.y", .action = "drop"}, Labels({{"a", "x\ny"}})));
}

TEST(RelabelTest, KeepEqualAndDropEqualCompareWithTheTargetLabel) {
  const auto kept = [](const char* action, const char* source) {
    return After({.source_labels = {source}, .target_label = "a", .action = action},
                 Labels({{"a", "1"}, {"b", "1"}, {"c", "2"}}))
        .has_value();
  };
  EXPECT_TRUE(kept("keepequal", "b"));
  EXPECT_FALSE(kept("keepequal", "c"));
  EXPECT_FALSE(kept("dropequal", "b"));
  EXPECT_TRUE(kept("dropequal", "c"));
}

// MD5("foo") = acbd18db4cc2f85cedef654fccc4a4d8; 0xedef654fccc4a4d8 mod 1000 = 72.
TEST(RelabelTest, HashModIsTheTailOfMd5) {
  EXPECT_EQ(
      After({.source_labels = {"a"}, .modulus = 1000, .target_label = "h", .action = "hashmod"},
            kAb),
      Labels({{"a", "foo"}, {"b", "bar"}, {"h", std::to_string(0xedef654fccc4a4d8 % 1000)}}));
}

TEST(RelabelTest, LabelMapCopiesWhatWasThere) {
  EXPECT_EQ(After({.regex = "x_(.+)", .replacement = "x_x_${1}", .action = "labelmap"},
                  Labels({{"x_a", "1"}, {"y", "2"}})),
            Labels({{"x_a", "1"}, {"x_x_a", "1"}, {"y", "2"}}));
}

TEST(RelabelTest, LabelDropAndLabelKeepLookAtNames) {
  EXPECT_EQ(After({.regex = "a|x", .action = "labeldrop"}, kAb), Labels({{"b", "bar"}}));
  EXPECT_EQ(After({.regex = "a|x", .action = "labelkeep"}, kAb), Labels({{"a", "foo"}}));
}

TEST(RelabelTest, CaseOfLetters) {
  const Labels before({{"a", "aBc-\xc3\xa4"}});
  EXPECT_EQ(After({.source_labels = {"a"}, .target_label = "a", .action = "lowercase"}, before),
            Labels({{"a", "abc-\xc3\xa4"}}));
  EXPECT_EQ(After({.source_labels = {"a"}, .target_label = "a", .action = "uppercase"}, before),
            Labels({{"a", "ABC-\xc3\xa4"}}));
}

TEST(RelabelTest, RulesRunInOrderUntilOneDrops) {
  const RelabelRules rules = {
      *RelabelRule::Create({.target_label = "c", .replacement = "x", .action = "replace"}),
      *RelabelRule::Create({.source_labels = {"c"}, .regex = "x", .action = "drop"}),
      *RelabelRule::Create({.target_label = "d", .replacement = "x", .action = "replace"})};
  LabelBuilder builder(kAb);
  EXPECT_FALSE(Relabel(rules, &builder));
  EXPECT_EQ(builder.Get("c"), "x");
  EXPECT_EQ(builder.Get("d"), "");
}

TEST(RelabelTest, WhatIsMissing) {
  Refused({}, "relabel action cannot be empty");
  Refused({.action = "shout"}, "unknown relabel action \"shout\"");
  for (const char* action :
       {"replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"}) {
    Refused({.modulus = 1, .action = action}, std::string("relabel configuration for ") + action +
                                                  " action requires 'target_label' value");
  }
  Refused({.target_label = "a", .action = "hashmod"}, "requires non-zero modulus");
}

TEST(RelabelTest, WhatMustNotBeThere) {
  Refused({.target_label = "a", .replacement = "x", .action = "lowercase"},
          "'replacement' can not be set for lowercase action");
  Refused({.regex = "x", .target_label = "a", .action = "keepequal"},
          "keepequal action requires only 'source_labels' and 'target_label'");
  Refused({.source_labels = {"a"}, .action = "labeldrop"},
          "labeldrop action requires only 'regex', and no other fields");
  Refused({.separator = ",", .action = "labelkeep"}, "labelkeep action requires only 'regex'");
}

TEST(RelabelTest, NamesThatAreNone) {
  Refused({.target_label = "\xff", .action = "replace"}, "is invalid 'target_label' for replace");
  Refused({.target_label = "a.b", .action = "replace"}, "\"a.b\" is invalid 'target_label'",
          NameScheme::kLegacy);
  Refused({.target_label = "a.${1}", .action = "replace"}, "\"a.${1}\" is invalid 'target_label'",
          NameScheme::kLegacy);
  Refused({.replacement = "", .action = "labelmap"}, "is invalid 'replacement' for labelmap");
  Refused({.source_labels = {""}, .action = "keep"}, "\"\" is not a valid label name");
  EXPECT_EQ(After({.target_label = "a.b", .replacement = "x", .action = "replace"}, Labels()),
            Labels({{"a.b", "x"}}));
}

TEST(RelabelTest, TemplatesOfLegacyNames) {
  for (const char* name : {"a", "_", "a1", "$1", "${1}", "${x}y", "a$1_2", "a${1}b", "$a$b"}) {
    EXPECT_TRUE(IsValidLabelTemplate(name, NameScheme::kLegacy)) << name;
  }
  for (const char* name : {"", "1", "1$1", "$", "${", "${}", "${1", "a$", "a-$1", "$1.b"}) {
    EXPECT_FALSE(IsValidLabelTemplate(name, NameScheme::kLegacy)) << name;
  }
}

TEST(RelabelTest, RegularExpressionsAreBounded) {
  std::string names = "a";
  for (int i = 0; i < 1000; ++i) names += "|name_" + std::to_string(i);
  EXPECT_FALSE(
      After({.source_labels = {"a"}, .regex = names, .action = "drop"}, Labels({{"a", "name_7"}})));
  EXPECT_THAT(RelabelRule::Create({.regex = std::string(17 << 10, 'x'), .action = "keep"}).status(),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("at most 16384")));
  EXPECT_THAT(RelabelRule::Create({.regex = "((a{100}){100}){100}", .action = "keep"}).status(),
              ::testing::Not(IsOk()));
  Refused({.regex = "(", .action = "keep"}, "regular expression \"(\"");
}

TEST(RelabelTest, WhichValuesARuleDependsOn) {
  const auto touches = [](const RelabelConfig& config, std::initializer_list<const char*> yes) {
    const absl::StatusOr<RelabelRule> rule = RelabelRule::Create(config);
    std::string touched;
    for (const char* label : {"a", "b", "c"}) touched += rule->MayTouch(label) ? label : "";
    std::string expected;
    for (const char* label : yes) expected += label;
    EXPECT_EQ(touched, expected) << config.action;
  };
  touches({.source_labels = {"a"}, .target_label = "b", .action = "replace"}, {"a", "b"});
  touches({.source_labels = {"a"}, .target_label = "$1", .action = "replace"}, {"a", "b", "c"});
  touches({.source_labels = {"c"}, .action = "drop"}, {"c"});
  touches({.source_labels = {"a"}, .target_label = "c", .action = "dropequal"}, {"a", "c"});
  touches({.action = "labelmap"}, {"a", "b", "c"});
  touches({.regex = "a", .action = "labeldrop"}, {});
}

}  // namespace
}  // namespace tacho::adapter
