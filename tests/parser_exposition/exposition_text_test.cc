#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/parser_exposition/exposition_testing.h"

namespace tacho::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Text(std::string_view body) { return Lines(body, Exposition::kText); }
std::string TextError(std::string_view body) { return ErrorOf(body, Exposition::kText); }

TEST(ExpositionTextTest, ReadsNameLabelsValueAndTimestamp) {
  EXPECT_THAT(Text("up 1\n"
                   "http_requests_total{method=\"GET\",code=\"200\"} 1027 1395066363000\n"
                   "a:b 0.5\n"),
              ElementsAre("up{} 1", "http_requests_total{method=GET,code=200} 1027 @1395066363000",
                          "a:b{} 0.5"));
}

TEST(ExpositionTextTest, AnEmptyBodyHasNoSamplesAndIsFine) {
  for (const char* body : {"", "\n", "\n\n \t\n", "# c", "#", "# HELP a b\n# TYPE a counter\n"}) {
    EXPECT_THAT(Text(body), IsEmpty()) << body;
    EXPECT_EQ(TextError(body), "") << body;
  }
}

TEST(ExpositionTextTest, TheLastLineNeedsNoNewline) {
  EXPECT_THAT(Text("a 1\nb 2"), ElementsAre("a{} 1", "b{} 2"));
  EXPECT_THAT(Text("a 1 5"), ElementsAre("a{} 1 @5"));
}

TEST(ExpositionTextTest, BlanksMayStandBetweenAllTokens) {
  EXPECT_THAT(Text("a \t{ b\t= \"c\" , d =\"e\" , }\t 1 \t 5 \t\n"),
              ElementsAre("a{b=c,d=e} 1 @5"));
}

TEST(ExpositionTextTest, ABraceNeedsNoBlankBeforeTheValueAndLabelsNoComma) {
  EXPECT_THAT(Text("a{b=\"c\"}1\na{b=\"c\" d=\"e\"} 2\na{} 3\n"),
              ElementsAre("a{b=c} 1", "a{b=c,d=e} 2", "a{} 3"));
}

// Prometheus takes the name from the line's start, so the blanks become part of it.
TEST(ExpositionTextTest, BlanksBeforeANameBelongToIt) {
  EXPECT_THAT(Text(" \ta 1\n"), ElementsAre(" \ta{} 1"));
  EXPECT_THAT(Text("  {\"a\"} 1\n"), ElementsAre("a{} 1"));
}

TEST(ExpositionTextTest, EscapesInLabelValues) {
  EXPECT_THAT(Text(R"(a{b="x\"y\\z\nq\t\x"} 1)"), ElementsAre("a{b=x\"y\\z\nq\\t\\x} 1"));
  EXPECT_THAT(Text("a{b=\"two\nlines\"} 1"), ElementsAre("a{b=two\nlines} 1"));
}

TEST(ExpositionTextTest, QuotedNamesMayHoldAnything) {
  EXPECT_THAT(Text("{\"a.b\"} 1\n{\"a.b\",\"c d\"=\"e\",f=\"g\"} 2\n{f=\"g\",\"a\\\"\\\\\"} 3\n"),
              ElementsAre("a.b{} 1", "a.b{c d=e,f=g} 2", "a\"\\{f=g} 3"));
}

TEST(ExpositionTextTest, NulsCountOnlyOutsideOfLabelValuesAndMetadata) {
  using namespace std::string_literals;
  EXPECT_THAT(Text("a{b=\"\0x\0\"} 1\n"s), ElementsAre("a{b=\0x\0} 1"s));
  EXPECT_THAT(Text("# HELP a b\0c\na 1\n"s), ElementsAre("a{} 1"));
  EXPECT_THAT(Text("# H\0ELP a b\na 1\n"s), ElementsAre("a{} 1"));
  EXPECT_NE(TextError("a\0 1\n"s), "");
  EXPECT_NE(TextError("a 1\0\n"s), "");
  EXPECT_NE(TextError("{\"a\0\"} 1\n"s), "");
}

// The lexer's token for the end of the body is also what a NUL gives at a line's start.
TEST(ExpositionTextTest, ANulWhereALineCouldBeginEndsTheBody) {
  using namespace std::string_literals;
  for (const std::string& rest : {"\0garbage{"s, "#\0garbage\n}"s, " \0}"s}) {
    EXPECT_THAT(Text("a 1\n" + rest), ElementsAre("a{} 1"));
    EXPECT_EQ(TextError("a 1\n" + rest), "");
  }
}

TEST(ExpositionTextTest, OnlyHelpAndTypeAreMoreThanComments) {
  EXPECT_THAT(Text("# UNIT a b\n# EOF\n#HELP x\n# HELPER\n#TYPE\n# \n# comment {\na 1\n"),
              ElementsAre("a{} 1"));
  EXPECT_THAT(Text("#\t HELP \t a \t\n# TYPE \"a.b\" gauge\n# HELP a\na 1\n"),
              ElementsAre("a{} 1"));
}

TEST(ExpositionTextTest, ErrorsNameLineColumnAndTheTextRead) {
  EXPECT_EQ(TextError("ok 1\n\n  bad{\n"),
            "3:7: expected label name, got \"\\n\" (\"INVALID\") while parsing: \"  bad{\\n\"");
  EXPECT_EQ(TextError("a 1\nb x\n"),
            "2:3: strconv.ParseFloat: parsing \"x\": invalid syntax while parsing: \"b x\"");
  EXPECT_EQ(TextError("a 1e999\n"),
            "1:3: strconv.ParseFloat: parsing \"1e999\": value out of range while parsing: "
            "\"a 1e999\"");
  EXPECT_EQ(TextError("# TYPE a b\n"), "1:9: invalid metric type \"b\"");
  EXPECT_EQ(TextError("# HELP a \xff\n"), "1:9: help text \"\\xff\" is not a valid utf8 string");
  EXPECT_EQ(TextError("# HELP 1\n"),
            "1:8: expected metric name after HELP, got \"1\" (\"INVALID\") while parsing: "
            "\"# HELP 1\"");
  EXPECT_EQ(TextError("}\n"),
            "1:1: expected a valid start token, got \"}\" (\"INVALID\") while parsing: \"}\"");
}

// The body ends after the value: the newline quoted is the one that is always added.
TEST(ExpositionTextTest, TheAddedNewlineIsPartOfTheTextRead) {
  EXPECT_EQ(TextError("a"),
            "1:2: expected value after metric, got \"\\n\" (\"INVALID\") while parsing: \"a\\n\"");
  EXPECT_EQ(TextError("a{b=\"c"),
            "1:5: expected label value, got \"\\\"c\\n\" (\"INVALID\") while parsing: "
            "\"a{b=\\\"c\\n\"");
}

TEST(ExpositionTextTest, TimestampsAreWholeMilliseconds) {
  EXPECT_THAT(Text("a 1 9223372036854775807\n"), ElementsAre("a{} 1 @9223372036854775807"));
  EXPECT_EQ(TextError("a 1 9223372036854775808\n"),
            "1:5: strconv.ParseInt: parsing \"9223372036854775808\": value out of range while "
            "parsing: \"a 1 9223372036854775808\"");
  EXPECT_EQ(TextError("a 1 -5\n"),
            "1:5: expected timestamp or new record, got \"-\" (\"INVALID\") while parsing: "
            "\"a 1 -\"");
  EXPECT_NE(TextError("a 1 5.5\n"), "");
  EXPECT_NE(TextError("a 1 5 6\n"), "");
}

TEST(ExpositionTextTest, ACarriageReturnIsNoLineEnd) {
  EXPECT_EQ(TextError("# TYPE a counter\r\n"), "1:9: invalid metric type \"counter\\r\"");
  EXPECT_NE(TextError("a 1\r\n"), "");
}

TEST(ExpositionTextTest, TypesOfOpenMetricsAreUnknownHere) {
  for (const char* type : {"counter", "gauge", "histogram", "summary", "untyped"}) {
    EXPECT_EQ(TextError(std::string("# TYPE a ") + type), "") << type;
  }
  for (const char* type : {"unknown", "info", "stateset", "gaugehistogram", "Counter", ""}) {
    EXPECT_NE(TextError(std::string("# TYPE a ") + type), "") << type;
  }
}

TEST(ExpositionTextTest, NothingIsReadAfterAnError) {
  ExpositionParser parser("a 1\nb\nc 3\n", Exposition::kText);
  ParsedSample sample;
  ASSERT_TRUE(parser.Next(&sample));
  EXPECT_FALSE(parser.Next(&sample));
  const std::string first(parser.status().message());
  EXPECT_FALSE(parser.Next(&sample));
  EXPECT_EQ(parser.status().message(), first.c_str());
  EXPECT_EQ(parser.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ExpositionTextTest, IdentityIsTheLineUpToItsValue) {
  const std::string body = "# c\na{b=\"c\"}  1 5\n\n{\"x\"}2\ny\t+3";
  ExpositionParser parser(body, Exposition::kText);
  ParsedSample sample;
  ASSERT_TRUE(parser.Next(&sample));
  EXPECT_EQ(sample.identity, "a{b=\"c\"}  ");
  EXPECT_EQ(sample.identity.data(), body.data() + 4);
  ASSERT_TRUE(parser.Next(&sample));
  EXPECT_EQ(sample.identity, "{\"x\"}");
  ASSERT_TRUE(parser.Next(&sample));
  EXPECT_EQ(sample.identity, "y\t");
}

}  // namespace
}  // namespace tacho::testing
