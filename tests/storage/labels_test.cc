#include "tacho/labels.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho {
namespace {

using ::tacho::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::FieldsAre;
using ::testing::HasSubstr;

TEST(LabelsTest, AreSortedByName) {
  const Labels labels({{"b", "2"}, {"a", "1"}, {"B", "3"}});
  EXPECT_THAT(std::vector<Label>(labels.begin(), labels.end()),
              ElementsAre(FieldsAre("B", "3"), FieldsAre("a", "1"), FieldsAre("b", "2")));
}

TEST(LabelsTest, AnEmptyValueIsNoLabel) {
  const Labels labels({{"a", ""}, {"b", "1"}});
  EXPECT_EQ(labels.size(), 1u);
  EXPECT_FALSE(labels.Has("a"));
  EXPECT_EQ(labels.Get("a"), "");
  EXPECT_EQ(labels.Get("b"), "1");
  EXPECT_TRUE(Labels({{"a", ""}}).empty());
}

TEST(LabelsTest, OfANameGivenTwiceTheLaterWins) {
  EXPECT_EQ(Labels({{"a", "1"}, {"a", "2"}}), Labels({{"a", "2"}}));
  EXPECT_TRUE(Labels({{"a", "1"}, {"a", ""}}).empty());
  EXPECT_EQ(Labels({{"a", "1"}, {"b", "x"}, {"a", "2"}, {"a", "3"}}),
            Labels({{"a", "3"}, {"b", "x"}}));
}

TEST(LabelsTest, AreOrderedPairByPairAndAPrefixIsLess) {
  EXPECT_LT(Labels({{"a", "1"}}), Labels({{"a", "2"}}));
  EXPECT_LT(Labels({{"a", "1"}}), Labels({{"a", "1"}, {"b", "1"}}));
  EXPECT_LT(Labels({{"a", "9"}}), Labels({{"b", "1"}}));
  EXPECT_LT(Labels(), Labels({{"a", "1"}}));
  EXPECT_LT(Labels({{"a", "z"}}), Labels({{"a", "\xc3\xa9"}}));  // bytewise, unsigned
}

TEST(LabelsTest, CreateRefusesWhatASeriesMayNotHave) {
  EXPECT_THAT(Labels::Create({{"", "x"}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("empty name")));
  EXPECT_THAT(Labels::Create({{"a", "1"}, {"b", "2"}, {"a", "1"}}),
              StatusIs(absl::StatusCode::kInvalidArgument, "label a is given twice"));
  EXPECT_THAT(Labels::Create({{"a", "\xff"}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"a\" is not UTF-8")));
  EXPECT_THAT(Labels::Create({{"\xc0", "1"}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"\\xc0\" is not UTF-8")));
  EXPECT_EQ(*Labels::Create({{"b", "2"}, {"a", "\xc3\xa9"}, {"c", ""}}),
            Labels({{"a", "\xc3\xa9"}, {"b", "2"}}));
}

TEST(LabelsTest, PrintAsPrometheusPrintsASeries) {
  EXPECT_EQ(Labels().ToString(), "{}");
  EXPECT_EQ(Labels({{"__name__", "up"}}).ToString(), "up");
  EXPECT_EQ(Labels({{"__name__", "up"}, {"job", "j"}, {"pod", "p"}}).ToString(),
            "up{job=\"j\", pod=\"p\"}");
  EXPECT_EQ(Labels({{"job", "j"}}).ToString(), "{job=\"j\"}");
}

TEST(LabelsTest, NamesThatAreNoIdentifiersAreQuoted) {
  EXPECT_EQ(Labels({{"__name__", "http.requests"}, {"a", "1"}}).ToString(),
            "{\"http.requests\", a=\"1\"}");
  EXPECT_EQ(Labels({{"__name__", "up"}, {"a.b", "1"}}).ToString(), "up{\"a.b\"=\"1\"}");
  EXPECT_EQ(Labels({{"__name__", "1up"}}).ToString(), "{\"1up\"}");
  EXPECT_EQ(Labels({{"__name__", "job:up:sum"}}).ToString(), "job:up:sum");
}

TEST(LabelsTest, ValuesAreEscapedAsGoEscapesThem) {
  EXPECT_EQ(Labels({{"a", "it's \"q\" \\ \n\t\r"}}).ToString(),
            "{a=\"it's \\\"q\\\" \\\\ \\n\\t\\r\"}");
  EXPECT_EQ(Labels({{"a", "\x01\x7f\a\b\f\v"}}).ToString(), "{a=\"\\x01\\x7f\\a\\b\\f\\v\"}");
  EXPECT_EQ(Labels({{"a", "caf\xc3\xa9"}}).ToString(), "{a=\"caf\xc3\xa9\"}");
  EXPECT_EQ(Labels({{"a", "\xff"}}).ToString(), "{a=\"\\xff\"}");
}

}  // namespace
}  // namespace tacho
