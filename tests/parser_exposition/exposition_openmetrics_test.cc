#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/parser_exposition/exposition_testing.h"

namespace tacho::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Om(std::string_view body) { return Lines(body, Exposition::kOpenMetrics); }
std::string OmError(std::string_view body) { return ErrorOf(body, Exposition::kOpenMetrics); }

TEST(OpenMetricsTest, ReadsAWholeExposition) {
  EXPECT_THAT(Om("# TYPE foo_seconds counter\n"
                 "# UNIT foo_seconds seconds\n"
                 "# HELP foo_seconds Help.\n"
                 "foo_seconds_total{a=\"b\"} 17.0 1520879607.789\n"
                 "foo_seconds_created{a=\"b\"} 1520872607.123\n"
                 "{\"x.y\",z=\"\"} 2\n"
                 "# EOF\n"),
              ElementsAre("foo_seconds_total{a=b} 17 @1520879607789",
                          "foo_seconds_created{a=b} 1520872607.123", "x.y{z=} 2"));
}

TEST(OpenMetricsTest, EndsWithEofAndNothingAfterIt) {
  EXPECT_EQ(OmError("# EOF"), "");
  EXPECT_EQ(OmError("# EOF\n"), "");
  EXPECT_EQ(OmError("a 1\n"), "2:1: data does not end with # EOF");
  EXPECT_EQ(OmError(""), "1:1: data does not end with # EOF");
  EXPECT_EQ(OmError("a 1"), "1:4: data does not end with # EOF");
  EXPECT_EQ(OmError("# EOF\na 1\n"), "2:1: unexpected data after # EOF");
  EXPECT_EQ(OmError("# EOF\n\n"), "2:1: unexpected data after # EOF");
  EXPECT_EQ(OmError("# EOF "), "1:6: unexpected data after # EOF");
}

TEST(OpenMetricsTest, TakesOneSpaceWhereOneBelongsAndNoneElsewhere) {
  for (const char* line :
       {"", " a 1", "a  1", "a\t1", "a 1 ", "a 1  5", "a{ b=\"c\"} 1", "a{b=\"c\", d=\"e\"} 1",
        "a{b =\"c\"} 1", "a{b= \"c\"} 1", "a {b=\"c\"} 1", "a{b=\"c\"}1", "#  TYPE a counter",
        "#TYPE a counter", "# TYPE  a counter", "# TYPE a counter ", "# comment", "#"}) {
    EXPECT_NE(OmError(std::string(line) + "\n# EOF\n"), "") << "'" << line << "'";
  }
}

TEST(OpenMetricsTest, LabelsWantCommas) {
  EXPECT_EQ(OmError("a{b=\"c\"d=\"e\"} 1\n# EOF\n"),
            "1:8: expected comma or brace close, got \"d=\" (\"LNAME\") while parsing: "
            "\"a{b=\\\"c\\\"d=\"");
  EXPECT_THAT(Om("a{b=\"c\",} 1\n# EOF\n"), ElementsAre("a{b=c} 1"));
}

TEST(OpenMetricsTest, ALabelValueIsOnOneLine) {
  EXPECT_NE(OmError("a{b=\"c\nd\"} 1\n# EOF\n"), "");
  EXPECT_THAT(Om("a{b=\"c\\nd\"} 1\n# EOF\n"), ElementsAre("a{b=c\nd} 1"));
}

TEST(OpenMetricsTest, TimestampsAreSecondsCutToMilliseconds) {
  EXPECT_THAT(Om("a 1 1.5\na 1 -1.0005\na 1 0.0009999\na 1 1.5e3\na 1 000\n# EOF\n"),
              ElementsAre("a{} 1 @1500", "a{} 1 @-1000", "a{} 1 @0", "a{} 1 @1500000", "a{} 1 @0"));
  EXPECT_EQ(OmError("a 1 NaN\n# EOF\n"), "1:4: invalid timestamp NaN");
  EXPECT_EQ(OmError("a 1 +Inf\n# EOF\n"), "1:4: invalid timestamp +Inf");
  EXPECT_EQ(OmError("a 1 -Inf\n# EOF\n"), "1:4: invalid timestamp -Inf");
}

// 1e300 s is no int64 of milliseconds. Go's conversion gives the smallest one.
TEST(OpenMetricsTest, ATimestampThatDoesNotFitIsTheSmallestTime) {
  const Parsed parsed = ParseAll("a 1 1e300\na 1 -1e300\n# EOF\n", Exposition::kOpenMetrics);
  ASSERT_EQ(parsed.samples.size(), 2u);
  for (const Sample& s : parsed.samples) {
    EXPECT_EQ(s.timestamp_ms, std::numeric_limits<int64_t>::min());
  }
}

TEST(OpenMetricsTest, ExemplarsAreCheckedAndLeft) {
  EXPECT_THAT(Om("a_total 1 # {} 0.5\n"
                 "a_total 2 # {trace_id=\"x # }\",b=\"c\"} 0.5 123.5\n"
                 "a_total 3 99 # {\"q.r\"=\"c\",} 0.5\n# EOF\n"),
              ElementsAre("a_total{} 1", "a_total{} 2", "a_total{} 3 @99000"));
  for (const char* exemplar :
       {"# {b=\"c\"}", "# {b=\"c\"} x", "# {b=\"c\"} 1 x", "# {b=\"c\"} 1 2 3", "# {\"b\"} 1",
        "# {b} 1", "# {b=c} 1", "# b 1", "#{} 1", "# {b=\"\xff\"} 1", "# {} 1 NaN"}) {
    EXPECT_NE(OmError(std::string("a 1 ") + exemplar + "\n# EOF\n"), "") << exemplar;
  }
  EXPECT_EQ(OmError("a 1 # {} 1 +Inf\n# EOF\n"), "1:11: invalid exemplar timestamp +Inf");
}

// Prometheus gives the sample and fails on what follows, read as an entry.
TEST(OpenMetricsTest, GarbageAfterTheValueIsAnEntryThatCannotBegin) {
  EXPECT_EQ(OmError("a 1 # x\n# EOF\n"),
            "1:7: expected a valid start token, got \"x\" (\"INVALID\") while parsing: \"x\"");
  EXPECT_THAT(OmError("a 1 \n# EOF\n"), HasSubstr("expected a valid start token, got \"\\n#\""));
  EXPECT_EQ(OmError("a 1 #"),
            "1:4: strconv.ParseFloat: parsing \"#\": invalid syntax while "
            "parsing: \"a 1 #\"");
  EXPECT_EQ(OmError("a 1 # "), "1:7: data does not end with # EOF");
}

TEST(OpenMetricsTest, AUnitIsTheNamesSuffix) {
  EXPECT_EQ(OmError("# UNIT a_seconds seconds\n# EOF\n"), "");
  EXPECT_EQ(OmError("# UNIT a \n# EOF\n"), "");
  for (const char* unit : {"# UNIT a_seconds econds", "# UNIT seconds seconds",
                           "# UNIT a_seconds bytes", "# UNIT _seconds x_seconds"}) {
    EXPECT_THAT(OmError(std::string(unit) + "\n# EOF\n"), HasSubstr("not a suffix of metric"))
        << unit;
  }
  EXPECT_EQ(OmError("# UNIT _seconds seconds\n# EOF\n"), "");
}

TEST(OpenMetricsTest, TypesOfTheTextFormatAreUnknownHere) {
  for (const char* type : {"counter", "gauge", "histogram", "gaugehistogram", "summary", "info",
                           "stateset", "unknown"}) {
    EXPECT_EQ(OmError(std::string("# TYPE a ") + type + "\n# EOF\n"), "") << type;
  }
  EXPECT_EQ(OmError("# TYPE a untyped\n# EOF\n"), "1:9: invalid metric type \"untyped\"");
}

TEST(OpenMetricsTest, MetadataNeedsItsText) {
  EXPECT_EQ(OmError("# HELP a\n# EOF\n"), "1:9: expected text in HELP");
  EXPECT_EQ(OmError("# TYPE a\n# EOF\n"), "1:9: expected text in TYPE");
  EXPECT_EQ(OmError("# HELP a b"), "1:9: expected text in HELP");
  EXPECT_THAT(Om("# HELP a \n# HELP \"x y\" \\\" \na 1\n# EOF\n"), ElementsAre("a{} 1"));
}

TEST(OpenMetricsTest, NulsAfterMetadataAreSteppedOver) {
  using namespace std::string_literals;
  EXPECT_THAT(Om("# HELP a b\n\0\0a 1\n# EOF\n"s), ElementsAre("a{} 1"));
  EXPECT_THAT(Om("# EOF\n\0"s), IsEmpty());
  EXPECT_EQ(OmError("# EOF\n\0"s), "");
  EXPECT_NE(OmError("a 1\n\0# EOF\n"s), "");
}

}  // namespace
}  // namespace tacho::testing
