// Label sets: what a scrape refuses beyond the grammar, and float bounds.
#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "parser/number.h"
#include "tests/parser_exposition/exposition_testing.h"

namespace tacho::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Text(std::string_view body) { return Lines(body, Exposition::kText); }
std::string TextError(std::string_view body) { return ErrorOf(body, Exposition::kText); }

TEST(SeriesTest, AMetricHasExactlyOneName) {
  EXPECT_EQ(TextError("{} 1\n"), "1:4: metric name not set while parsing: \"{} 1\"");
  EXPECT_EQ(TextError("{a=\"b\"} 1\n"),
            "1:9: metric name not set while parsing: \"{a=\\\"b\\\"} 1\"");
  EXPECT_EQ(TextError("a{\"b\"} 1\n"),
            "1:6: metric name already set while parsing: \"a{\\\"b\\\"}\"");
  EXPECT_THAT(TextError("{\"a\",\"b\"} 1\n"), HasSubstr("metric name already set"));
  EXPECT_THAT(TextError("{\"\"} 1\n"), HasSubstr("missing metric name (__name__ label)"));
  EXPECT_THAT(TextError("{__name__=\"a\"} 1\n"), HasSubstr("metric name not set"));
}

TEST(SeriesTest, NoLabelIsNamedTwice) {
  EXPECT_EQ(TextError("a{b=\"1\",c=\"2\",b=\"3\"} 1\n"),
            "1:23: label name \"b\" is not unique: invalid sample while parsing: "
            "\"a{b=\\\"1\\\",c=\\\"2\\\",b=\\\"3\\\"} 1\\n\"");
  EXPECT_THAT(TextError("a{b=\"1\",\"b\"=\"1\"} 1\n"), HasSubstr("not unique"));
  EXPECT_THAT(TextError("a{b=\"\",b=\"1\"} 1\n"), HasSubstr("not unique"));
  EXPECT_THAT(TextError("a{__name__=\"b\"} 1\n"), HasSubstr("\"__name__\" is not unique"));
}

// Long label sets are compared by sorting; the last of 40 names repeats the first.
TEST(SeriesTest, DuplicatesAreFoundAmongManyLabels) {
  std::string labels;
  for (int i = 0; i < 40; ++i) labels += "l" + std::to_string(i) + "=\"v\",";
  EXPECT_EQ(TextError("a{" + labels + "} 1\n"), "");
  EXPECT_THAT(TextError("a{" + labels + "l0=\"v\"} 1\n"), HasSubstr("\"l0\" is not unique"));
}

TEST(SeriesTest, NamesInQuotesAreUtf8AndNotEmpty) {
  EXPECT_THAT(Text("{\"h\u00e9\",\"\u20ac\"=\"x\"} 1\n"), ElementsAre("h\u00e9{\u20ac=x} 1"));
  EXPECT_THAT(TextError("{\"\xff\"} 1\n"), HasSubstr("invalid metric name or label names"));
  EXPECT_THAT(TextError("{\"a\",\"\xff\"=\"x\"} 1\n"), HasSubstr("invalid metric name or label"));
  EXPECT_THAT(TextError("{\"a\",\"\"=\"x\"} 1\n"), HasSubstr("invalid metric name or label"));
  EXPECT_EQ(TextError("a{b=\"\xff\"} 1\n"), "1:5: invalid UTF-8 label value: \"\\\"\\xff\\\"\"");
}

TEST(SeriesTest, EmptyValuesAreHandedOn) {
  EXPECT_THAT(Text("a{b=\"\"} 1\n"), ElementsAre("a{b=} 1"));
}

TEST(SeriesTest, BoundsOfAHistogramAreWrittenAsFloats) {
  EXPECT_THAT(Text("# TYPE a histogram\n"
                   "a_bucket{le=\"1\"} 1\na_bucket{le=\"0.50\"} 1\na_bucket{le=\"1e6\"} 1\n"
                   "a_bucket{le=\"inf\"} 1\na_bucket{le=\"x\"} 1\na_bucket{le=\"\"} 1\n"
                   "a_bucket{quantile=\"1\"} 1\n"),
              ElementsAre("a_bucket{le=1.0} 1", "a_bucket{le=0.5} 1", "a_bucket{le=1e+06} 1",
                          "a_bucket{le=+Inf} 1", "a_bucket{le=x} 1", "a_bucket{le=} 1",
                          "a_bucket{quantile=1} 1"));
}

// Bounds are normalised by their text where that is enough; the plain way is to parse
// and to format.
TEST(SeriesTest, BoundsOfEveryFormAgreeWithTheirPlainTwin) {
  const uint32_t seed = std::random_device{}();
  std::mt19937 random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  const auto digits = [&](size_t below) {
    std::string out;
    for (size_t n = random() % below; n > 0; --n) out += "0005123456789"[random() % 13];
    return out;
  };
  for (int i = 0; i < 100'000; ++i) {
    std::string bound = digits(9);
    if (random() % 3 != 0) bound += "." + digits(12);
    if (random() % 8 == 0) bound += "e" + digits(2);
    if (random() % 16 == 0) bound.insert(0, 1, "+-"[random() % 2]);
    double v;
    const bool number = parser::ParseSampleValue(bound, &v) == parser::NumberError::kNone;
    const std::string expected = number ? parser::FormatOpenMetricsFloat(v) : bound;
    const std::string body = "# TYPE a histogram\na{le=\"" + bound + "\"} 1\n";
    ASSERT_THAT(Text(body), ElementsAre("a{le=" + expected + "} 1")) << bound;
  }
}

TEST(SeriesTest, QuantilesOfASummaryAreWrittenAsFloats) {
  EXPECT_THAT(Text("# TYPE a summary\na{quantile=\"1\",le=\"1\"} 1\na{\"quantile\"=\"0\"} 1\n"),
              ElementsAre("a{quantile=1.0,le=1} 1", "a{quantile=0.0} 1"));
}

// The type is the last one read, whatever family it named: so it is in Prometheus.
TEST(SeriesTest, ATypeHoldsUntilTheNextOne) {
  EXPECT_THAT(Text("a{le=\"1\"} 1\n# TYPE b histogram\na{le=\"1\"} 1\n# HELP c x\na{le=\"1\"} 1\n"
                   "# TYPE c gauge\na{le=\"1\"} 1\n"),
              ElementsAre("a{le=1} 1", "a{le=1.0} 1", "a{le=1.0} 1", "a{le=1} 1"));
  EXPECT_THAT(Lines("# TYPE a gaugehistogram\na_bucket{le=\"1\"} 1\n# TYPE a histogram\n"
                    "a_bucket{le=\"1\"} 1\n# EOF\n",
                    Exposition::kOpenMetrics),
              ElementsAre("a_bucket{le=1} 1", "a_bucket{le=1.0} 1"));
}

TEST(SeriesTest, EscapesAndBoundsMayMeetInOneLine) {
  EXPECT_THAT(Text("# TYPE a histogram\na_bucket{x=\"\\n\",le=\"1\",y=\"\\\\\"} 1\n"),
              ElementsAre("a_bucket{x=\n,le=1.0,y=\\} 1"));
}

TEST(SeriesTest, SamplesCarryTheTypeInForce) {
  ExpositionParser parser("a 1\n# TYPE b summary\nb 1\n", Exposition::kText);
  ParsedSample sample;
  ASSERT_TRUE(parser.Next(&sample));
  EXPECT_EQ(sample.type, MetricType::kUnknown);
  EXPECT_FALSE(parser.type_was_set());
  ASSERT_TRUE(parser.Next(&sample));
  EXPECT_EQ(sample.type, MetricType::kSummary);
  EXPECT_TRUE(parser.type_was_set());
}

}  // namespace
}  // namespace tacho::testing
