#include "adapter/core/json_writer.h"

#include <string>

#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

TEST(JsonStringTest, PlainTextStands) {
  EXPECT_EQ(JsonString(""), "\"\"");
  EXPECT_EQ(JsonString("http_requests/s 9"), "\"http_requests/s 9\"");
  EXPECT_EQ(JsonString("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f"),
            "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\"");
}

TEST(JsonStringTest, EscapesAsGoDoes) {
  EXPECT_EQ(JsonString("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(JsonString(std::string_view("\0\x1f", 2)), R"("\u0000\u001f")");
  EXPECT_EQ(JsonString("<a>&"), R"("\u003ca\u003e\u0026")");
  EXPECT_EQ(JsonString("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa"), "\"\\u2028\\u2029\xe2\x80\xaa\"");
}

TEST(JsonStringTest, BytesThatAreNoUtf8AreReplacedOneByOne) {
  EXPECT_EQ(JsonString("a\xff"
                       "b"),
            R"("a\ufffdb")");
  EXPECT_EQ(JsonString("\xc3"), R"("\ufffd")");            // cut off
  EXPECT_EQ(JsonString("\xc0\x80"), R"("\ufffd\ufffd")");  // overlong NUL
  EXPECT_EQ(JsonString("\xe0\x80\x80"), R"("\ufffd\ufffd\ufffd")");
  EXPECT_EQ(JsonString("\xed\xa0\x80"), R"("\ufffd\ufffd\ufffd")");  // a surrogate
  EXPECT_EQ(JsonString("\xf0\x80\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")");
  EXPECT_EQ(JsonString("\xf4\x90\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")");  // > U+10FFFF
  EXPECT_EQ(JsonString("\xf5"), R"("\ufffd")");
  EXPECT_EQ(JsonString("\x80"), R"("\ufffd")");
  EXPECT_EQ(JsonString("\xe2\x82x"), R"("\ufffd\ufffdx")");
}

}  // namespace
}  // namespace tacho::adapter
