#include "adapter/core/label_escape.h"

#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

TEST(LabelEscapeTest, EscapedNamesAreUnescaped) {
  EXPECT_EQ(UnescapeLabelName("U__a_2e_b__c"), "a.b_c");
  EXPECT_EQ(UnescapeLabelName("U___263a_"), "\xe2\x98\xba");
  EXPECT_EQ(UnescapeLabelName("U___e9_"), "\xc3\xa9");
  EXPECT_EQ(UnescapeLabelName("U___1f600_"), "\xf0\x9f\x98\x80");
  EXPECT_EQ(UnescapeLabelName("U__"), "");
}

TEST(LabelEscapeTest, OthersStayAsTheyAre) {
  for (const char* name : {"job", "__name__", "u__a_2e_b", "U_a", "", "U__a_2e", "U__a_xy_",
                           "U__a_d800_", "U__a_1234567_", "U__a_"}) {
    EXPECT_EQ(UnescapeLabelName(name), name);
  }
}

}  // namespace
}  // namespace tacho::adapter
