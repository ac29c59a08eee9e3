#include "adapter/core/yaml_fields.h"

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
using ::testing::Pair;

constexpr std::array<std::string_view, 3> kKeys = {"a", "b", "c"};

class FieldsTest : public ::testing::Test {
 protected:
  YamlFields Fields(std::string_view text) {
    file_ = YamlFile::Parse("f.yaml", text);
    return {file_->root(), "the file", kKeys};
  }
  absl::StatusOr<YamlFile> file_ = absl::UnknownError("none");
};

TEST_F(FieldsTest, AbsentKeysLeaveTheVariableAlone) {
  YamlFields fields = Fields("a: \nb: given\n");
  std::string a = "default";
  std::string b = "default";
  uint32_t c = 7;
  fields.Read("a", &a);
  fields.Read("b", &b);
  fields.Read("c", &c);
  EXPECT_THAT(fields.status(), IsOk());
  EXPECT_EQ(a, "default");
  EXPECT_EQ(b, "given");
  EXPECT_EQ(c, 7u);
}

TEST_F(FieldsTest, TheFirstErrorStaysAndTheRestIsSkipped) {
  YamlFields fields = Fields("a: maybe\nb: -3\nc: x\n");
  bool a = false;
  uint32_t b = 1;
  std::string c;
  fields.Read("a", &a);
  fields.Read("b", &b);
  fields.Read("c", &c);
  EXPECT_THAT(fields.status(), StatusIs(absl::StatusCode::kInvalidArgument,
                                        "f.yaml:1:4: a must be true or false, not the text "
                                        "\"maybe\""));
  EXPECT_EQ(c, "");
}

TEST_F(FieldsTest, BooleansAreThePlainWordsOfYaml) {
  for (const std::string word : {"true", "True", "TRUE", "yes", "on"}) {
    bool value = false;
    YamlFields fields = Fields("a: " + word);
    fields.Read("a", &value);
    EXPECT_THAT(fields.status(), IsOk()) << word;
    EXPECT_TRUE(value) << word;
  }
  for (const std::string word : {"false", "no", "off"}) {
    bool value = true;
    YamlFields fields = Fields("a: " + word);
    fields.Read("a", &value);
    EXPECT_THAT(fields.status(), IsOk()) << word;
    EXPECT_FALSE(value) << word;
  }
  for (const std::string word : {"'true'", "1", "[true]", "tru"}) {
    bool value = true;
    YamlFields fields = Fields("a: " + word);
    fields.Read("a", &value);
    EXPECT_FALSE(fields.status().ok()) << word;
  }
}

TEST_F(FieldsTest, WholeNumbersOnly) {
  for (const std::string word : {"-1", "1.5", "4294967296", "0x10", "1e3", "''", "[1]"}) {
    uint32_t value = 5;
    YamlFields fields = Fields("a: " + word);
    fields.Read("a", &value);
    EXPECT_FALSE(fields.status().ok()) << word;
    EXPECT_EQ(value, 5u) << word;
  }
  uint32_t value = 0;
  YamlFields fields = Fields("a: 4294967295");
  fields.Read("a", &value);
  EXPECT_EQ(value, 4294967295u);
}

TEST_F(FieldsTest, ListsAndMappingsOfTexts) {
  YamlFields fields = Fields("a: [x, 2]\nb: {k: v, n: 1}\n");
  std::vector<std::string> a;
  std::map<std::string, std::string> b;
  fields.Read("a", &a);
  fields.Read("b", &b);
  EXPECT_THAT(fields.status(), IsOk());
  EXPECT_THAT(a, ElementsAre("x", "2"));
  EXPECT_THAT(b, ElementsAre(Pair("k", "v"), Pair("n", "1")));
}

TEST_F(FieldsTest, NestedValuesWhereTextsBelongAreRefused) {
  std::vector<std::string> list;
  YamlFields in_list = Fields("a: [[x]]\n");
  in_list.Read("a", &list);
  EXPECT_THAT(in_list.status().ToString(), HasSubstr("an entry of a must be a text, not a list"));
  std::map<std::string, std::string> map;
  YamlFields in_map = Fields("a: {k: {}}\n");
  in_map.Read("a", &map);
  EXPECT_THAT(in_map.status().ToString(), HasSubstr("a.k must be a text, not a mapping"));
}

TEST(DurationTest, ReadsWhatPrometheusReads) {
  EXPECT_EQ(*ParsePrometheusDuration("0"), absl::ZeroDuration());
  EXPECT_EQ(*ParsePrometheusDuration("15s"), absl::Seconds(15));
  EXPECT_EQ(*ParsePrometheusDuration("1m30s"), absl::Seconds(90));
  EXPECT_EQ(*ParsePrometheusDuration("100ms"), absl::Milliseconds(100));
  EXPECT_EQ(*ParsePrometheusDuration("1s500ms"), absl::Milliseconds(1500));
  EXPECT_EQ(*ParsePrometheusDuration("1y2w3d"), absl::Hours(24) * (365 + 14 + 3));
  EXPECT_EQ(*ParsePrometheusDuration("0s"), absl::ZeroDuration());
}

TEST(DurationTest, RefusesWhatPrometheusRefuses) {
  for (const std::string text : {"", "15", "s", "1.5s", "-1s", "30s1m", "1s1s", "1 s", "1S", "1sm",
                                 "99999999999999999999s"}) {
    EXPECT_FALSE(ParsePrometheusDuration(text).ok()) << text;
  }
  EXPECT_THAT(ParsePrometheusDuration("15"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "not a valid duration string: \"15\"; write it as in 30s, 1m30s or 2h"));
}

// 2^63 ns is 292.47 years of 365 days.
TEST(DurationTest, LongerThanGoCanHoldIsRefused) {
  EXPECT_THAT(ParsePrometheusDuration("292y"), IsOk());
  EXPECT_THAT(ParsePrometheusDuration("293y"),
              StatusIs(absl::StatusCode::kInvalidArgument, "duration out of range"));
  EXPECT_FALSE(ParsePrometheusDuration("9223372036854775807y").ok());
}

TEST(ByteSizeTest, UnitsArePowersOf1024EitherWay) {
  EXPECT_EQ(*ParseByteSize("0"), 0u);
  EXPECT_EQ(*ParseByteSize("17B"), 17u);
  EXPECT_EQ(*ParseByteSize("1KB"), 1024u);
  EXPECT_EQ(*ParseByteSize("10MB"), 10u << 20);
  EXPECT_EQ(*ParseByteSize("10MiB"), 10u << 20);
  EXPECT_EQ(*ParseByteSize("1.5GB"), (size_t{3} << 30) / 2);
}

TEST(ByteSizeTest, OtherFormsAreRefused) {
  for (const std::string text :
       {"", "10", "MB", "10mb", "-1MB", "1..5MB", "1e3MB", "8EB", "10 MB", "1MBx"}) {
    EXPECT_THAT(ParseByteSize(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a valid size")))
        << text;
  }
}

}  // namespace
}  // namespace tacho::adapter
