// A line of a script: labels and samples.
#include "tools/promqltest/series_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "parser/number.h"
#include "tacho/sample.h"
#include "tests/support/status_matchers.h"

namespace tacho::promqltest {
namespace {

using ::tacho::testing::StatusIs;
using ::testing::HasSubstr;

// "LABELS: VALUES", or the error.
std::string Read(std::string_view line) {
  const auto series = ParseSeriesLine(line);
  if (!series.ok()) return std::string(series.status().message());
  std::string out = series->labels.ToString() + (series->start_times ? "@st:" : ":");
  for (const auto& value : series->values) {
    out += " ";
    if (!value.has_value()) {
      out += "_";
    } else {
      out += IsStaleMarker(*value) ? "stale" : parser::FormatFloat(*value);
    }
  }
  return out;
}

TEST(SeriesLineTest, ReadsLabels) {
  EXPECT_EQ(Read("m 1"), "m: 1");
  EXPECT_EQ(Read("{} 1"), "{}: 1");
  EXPECT_EQ(Read("m{} 1"), "m: 1");
  EXPECT_EQ(Read("a:b{x=\"1\", y = 'two' , z=`a b`,} 1"), "a:b{x=\"1\", y=\"two\", z=\"a b\"}: 1");
  EXPECT_EQ(Read("{\"m.n\", \"l.b\"=\"1\"} 1"), "{\"m.n\", \"l.b\"=\"1\"}: 1");
  EXPECT_EQ(Read("{__name__=\"m\"}\t1"), "m: 1");
  EXPECT_EQ(Read("m{a=\"}\\\"\"} 1"), "m{a=\"}\\\"\"}: 1");
  EXPECT_EQ(Read("m{a=\"\"} 1"), "m: 1");  // an empty label is none
}

TEST(SeriesLineTest, ReadsSamples) {
  EXPECT_EQ(Read("m"), "m:");
  EXPECT_EQ(Read("m 1 -2  +3\t.5 5. 1e3 1e-1"), "m: 1 -2 3 0.5 5 1000 0.1");
  EXPECT_EQ(Read("m Inf -Inf +inf NaN nan"), "m: +Inf -Inf +Inf NaN NaN");
  EXPECT_EQ(Read("m 5m -1h30m 1m10ms"), "m: 300 -5400 60.01");
  EXPECT_EQ(Read("m stale _ stalex1"), "m: stale _ stale stale");
}

TEST(SeriesLineTest, RepeatsSamples) {
  EXPECT_EQ(Read("m 0+10x3"), "m: 0 10 20 30");
  EXPECT_EQ(Read("m 9-4x2 -1-1x1 -1+1x1"), "m: 9 5 1 -1 -2 -1 0");
  EXPECT_EQ(Read("m 5x2 5x0"), "m: 5 5 5 5");
  EXPECT_EQ(Read("m _x3 1 _x0"), "m: _ _ _ 1");
  EXPECT_EQ(Read("m Infx1 0+30sx2"), "m: +Inf +Inf 0 30 60");
  // Each value is the one before it plus the change, as a sum in doubles.
  const auto series = ParseSeriesLine("m 0+0.1x3");
  ASSERT_TRUE(series.ok());
  EXPECT_EQ(*series->values[3], 0.1 + 0.1 + 0.1);
}

TEST(SeriesLineTest, ReadsStartTimes) {
  EXPECT_EQ(Read("m{a=\"1\"}@st -10s _ -10s-10sx2 _x2"), "m{a=\"1\"}@st: -10 _ -10 -20 -30 _ _");
  EXPECT_EQ(Read("m@st * -10s _ * *x1"), "m@st: 0 -10 _ -10 -10 -10");
  EXPECT_EQ(Read("@st -10s"), "{}@st: -10");
  EXPECT_EQ(Read("m *"), "no sample at \"*\"");
}

TEST(SeriesLineTest, NotesHistograms) {
  const auto series = ParseSeriesLine("m {{schema:0 sum:1}} {{count:1}}+{{count:1 }}x3 {{}}x1 _");
  ASSERT_TRUE(series.ok()) << series.status();
  EXPECT_TRUE(series->histograms);
  EXPECT_EQ(series->values.size(), 1 + 4 + 2 + 1);
  EXPECT_FALSE(ParseSeriesLine("m 1")->histograms);
}

TEST(SeriesLineTest, SaysWhatItCannotRead) {
  EXPECT_EQ(Read(""), "no series, such as m{a=\"b\"}, at the end of the line");
  EXPECT_EQ(Read("5"), "no series, such as m{a=\"b\"}, at \"5\"");
  EXPECT_EQ(Read("m two"), "no sample at \"two\"");
  EXPECT_EQ(Read("m 0x3f"), "no count at \"x3f\"");
  EXPECT_EQ(Read("m 1x-1"), "no count at \"x-1\"");
  EXPECT_EQ(Read("m 1+x3"), "no number to add at \"+x3\"");
  EXPECT_EQ(Read("m 1+1"), "no xN behind a+b at the end of the line");
  EXPECT_EQ(Read("m 1,2"), "no blank between two parts at \",2\"");
  EXPECT_EQ(Read("m{a=1} 1"), "no quoted value of a label at \"1} 1\"");
  EXPECT_EQ(Read("m{a} 1"), "no = behind a label's name at \"} 1\"");
  EXPECT_EQ(Read("m{a=\"1\" b=\"2\"} 1"), "neither , nor } at \"b=\"2\"} 1\"");
  EXPECT_EQ(Read("m{a=\"\\q\"} 1"), "no quoted value of a label at \"\"\\q\"} 1\"");
  EXPECT_EQ(Read("m{a=\"1"), "no quoted value of a label at \"\"1\"");
  EXPECT_EQ(Read("m{"), "no label name at the end of the line");
  EXPECT_EQ(Read("m {{count:1"), "{{ without }} at \"{{count:1\"");
  EXPECT_THAT(Read("m{a=\"1\",a=\"2\"} 1"), HasSubstr("a"));
}

TEST(SeriesLineTest, IsBounded) {
  EXPECT_THAT(ParseSeriesLine("m 1x999999"), ::tacho::testing::IsOk());
  EXPECT_THAT(ParseSeriesLine("m 1x1000000"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("1000000 samples")));
  EXPECT_THAT(ParseSeriesLine("m _x18446744073709551615"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("samples")));
  EXPECT_EQ(Read("m 1x18446744073709551616"), "no count at \"x18446744073709551616\"");
}

}  // namespace
}  // namespace tacho::promqltest
