#include "parser/text.h"

#include <string>

#include "gtest/gtest.h"

namespace tacho::parser {
namespace {

TEST(Utf8Test, AcceptsWellFormedTextOfEveryLength) {
  EXPECT_TRUE(IsValidUtf8(""));
  EXPECT_TRUE(IsValidUtf8("ascii, longer than a word"));
  EXPECT_TRUE(IsValidUtf8(std::string_view("nul\0nul", 7)));
  EXPECT_TRUE(IsValidUtf8("\u00e9"));
  EXPECT_TRUE(IsValidUtf8("\u20ac"));
  EXPECT_TRUE(IsValidUtf8("\U0001f600"));
  EXPECT_TRUE(IsValidUtf8("\xf4\x8f\xbf\xbf"));          // U+10FFFF
  EXPECT_TRUE(IsValidUtf8("\xed\x9f\xbf\xee\x80\x80"));  // either side of the surrogates
}

TEST(Utf8Test, RefusesWhatCouldBeWrittenOtherwiseOrNotAtAll) {
  for (const char* bad :
       {"\xff", "\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x80\x80", "\xe2\x82", "\xed\xa0\x80",
        "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3("}) {
    EXPECT_FALSE(IsValidUtf8(bad)) << Quote(bad);
    for (size_t before = 0; before < 17; ++before) {
      EXPECT_FALSE(IsValidUtf8(std::string(before, 'a') + bad)) << before;
      EXPECT_FALSE(IsValidUtf8(std::string(before, 'a') + bad + "tail of nine")) << before;
    }
  }
}

TEST(QuoteTest, EscapesAsGosPercentQ) {
  EXPECT_EQ(Quote("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(Quote("\n\t\r\a\b\f\v"), R"("\n\t\r\a\b\f\v")");
  EXPECT_EQ(Quote(std::string_view("\0\x1f\x7f", 3)), R"("\x00\x1f\x7f")");
  EXPECT_EQ(Quote("\xff\xc3"), R"("\xff\xc3")");
  EXPECT_EQ(Quote("h\u00e9 \u20ac"), "\"h\u00e9 \u20ac\"");
  EXPECT_EQ(Quote("\u00a0\u200b\ufeff\u0085"), R"("\u00a0\u200b\ufeff\u0085")");
  EXPECT_EQ(Quote("\U000f0000"), R"("\U000f0000")");
}

TEST(QuoteTest, CutsWhatIsTooLongForAMessage) {
  EXPECT_EQ(Quote(std::string(kMaxQuotedBytes, 'a')).size(), kMaxQuotedBytes + 2);
  EXPECT_EQ(Quote(std::string(kMaxQuotedBytes + 1, 'a')),
            "\"" + std::string(kMaxQuotedBytes, 'a') + "\" (cut)");
}

TEST(LineColumnTest, BothCountFromOne) {
  EXPECT_EQ(LineColumn("", 0), "1:1");
  EXPECT_EQ(LineColumn("ab\ncd", 0), "1:1");
  EXPECT_EQ(LineColumn("ab\ncd", 2), "1:3");
  EXPECT_EQ(LineColumn("ab\ncd", 3), "2:1");
  EXPECT_EQ(LineColumn("ab\ncd", 5), "2:3");
  EXPECT_EQ(LineColumn("ab\ncd", 99), "2:3");
  EXPECT_EQ(LineColumn("\n\n\n", 3), "4:1");
}

}  // namespace
}  // namespace tacho::parser
