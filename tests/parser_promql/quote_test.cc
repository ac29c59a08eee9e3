// Quoting as Go does it.
#include "parser/promql_quote.h"

#include <gtest/gtest.h>

#include <random>

#include "parser/promql_lexer.h"
#include "parser/promql_literal.h"
#include "parser/text.h"

namespace tacho::parser {
namespace {

TEST(QuoteTest, EscapesWhatIsNotPrinted) {
  EXPECT_EQ(QuoteText("plain"), "\"plain\"");
  EXPECT_EQ(QuoteText("a\"b\\c'd"), R"("a\"b\\c'd")");
  EXPECT_EQ(QuoteText("\a\b\f\n\r\t\v"), R"("\a\b\f\n\r\t\v")");
  EXPECT_EQ(QuoteText(std::string_view("\0\x1F\x7F", 3)), R"("\x00\x1f\x7f")");
}

TEST(QuoteTest, KeepsPrintableUnicodeOnly) {
  EXPECT_EQ(QuoteText("\xC3\xA4\xE5\x8F\xB0"), "\"\xC3\xA4\xE5\x8F\xB0\"");
  EXPECT_EQ(QuoteText("\xC2\xA0"), R"("\u00a0")");      // a space, but not U+0020
  EXPECT_EQ(QuoteText("\xE2\x80\xA8"), R"("\u2028")");  // line separator
  EXPECT_EQ(QuoteText("\xEF\xBB\xBF"), R"("\ufeff")");  // byte order mark
  EXPECT_EQ(QuoteText("\xF3\xA0\x80\x81"), R"("\U000e0001")");
  EXPECT_EQ(QuoteText("\xF0\x9F\x98\x80"), "\"\xF0\x9F\x98\x80\"");
}

TEST(QuoteTest, BytesThatAreNoUtf8AreEscapedOneByOne) {
  EXPECT_EQ(QuoteText("\xFF"
                      "a\xC3"),
            R"("\xffa\xc3")");
  EXPECT_EQ(QuoteText("\xED\xA0\x80"), R"("\xed\xa0\x80")");  // a surrogate
  EXPECT_EQ(QuoteText("\xC0\x80"), R"("\xc0\x80")");          // zero, too long
  EXPECT_EQ(QuoteText("\xF4\x90\x80\x80"), R"("\xf4\x90\x80\x80")");
}

TEST(QuoteTest, RunesAsGoPrintsThem) {
  EXPECT_EQ(QuoteRune('x'), "'x'");
  EXPECT_EQ(QuoteRune('\''), R"('\'')");
  EXPECT_EQ(QuoteRune('"'), "'\"'");
  EXPECT_EQ(QuoteRune(0x7F), R"('\x7f')");
  EXPECT_EQ(QuoteRune(0x53F0), "'\xE5\x8F\xB0'");
  EXPECT_EQ(NameRune('c'), "U+0063 'c'");
  EXPECT_EQ(NameRune('\n'), "U+000A");
  EXPECT_EQ(NameRune(0x1F600), "U+1F600 '\xF0\x9F\x98\x80'");
}

TEST(DecodeRuneTest, ReadsTheShortestFormOfEveryCodePoint) {
  for (uint32_t code = 0; code <= 0x10FFFF; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    std::string text;
    AppendRune(code, &text);
    const Rune rune = DecodeRune(text);
    ASSERT_EQ(rune.code, code);
    ASSERT_EQ(rune.width, text.size());
    ASSERT_TRUE(IsValidUtf8(text));
    if (text.size() > 1) {
      ASSERT_FALSE(IsValidUtf8(std::string_view(text).substr(0, text.size() - 1)));
    }
  }
}

TEST(DecodeRuneTest, NoCodePointIsWrittenAsTheReplacement) {
  for (const uint32_t code : {0xD800U, 0xDFFFU, 0x110000U, 0xFFFFFFFFU}) {
    std::string text;
    AppendRune(code, &text);
    EXPECT_EQ(text, "\xEF\xBF\xBD");
  }
}

// Any bytes, quoted, are one string token worth the same bytes.
TEST(QuoteTest, QuotedBytesReadBackAsTheyWere) {
  constexpr uint32_t kSeed = 20240607;
  std::mt19937 random(kSeed);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes(random() % 12, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % (round % 2 == 0 ? 256 : 128));
    const std::string quoted = QuoteText(bytes);
    Lexer lexer(quoted, 1);
    lexer.Run();
    ASSERT_EQ(lexer.tokens().size(), 2U) << quoted << ", seed " << kSeed;
    ASSERT_EQ(lexer.tokens()[0].kind, TokenKind::kString) << quoted << ", seed " << kSeed;
    ASSERT_EQ(UnquoteLiteral(quoted), bytes) << quoted << ", seed " << kSeed;
  }
}

}  // namespace
}  // namespace tacho::parser
