// The script helper itself: what it reads, and that it does fail.
#include "tests/conformance/script.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tacho/sample.h"
#include "tests/support/status_matchers.h"

namespace tacho::testing {
namespace {

std::string SamplesOf(const std::string& items) {
  const auto script = Script::Parse("load 10s\n m " + items);
  if (!script.ok()) return std::string(script.status().message());
  std::string out;
  for (const ScriptSample& sample : script->series[0].samples) {
    out += std::to_string(sample.time.unix_millis() / 1000) + ":";
    out += IsStaleMarker(sample.value) ? "stale" : std::to_string(std::lround(sample.value));
    out += " ";
  }
  return out;
}

TEST(ScriptTest, ReadsSamples) {
  EXPECT_EQ(SamplesOf("1 -2 3"), "0:1 10:-2 20:3 ");
  EXPECT_EQ(SamplesOf("0+10x2 7"), "0:0 10:10 20:20 30:7 ");
  EXPECT_EQ(SamplesOf("9-4x2"), "0:9 10:5 20:1 ");
  EXPECT_EQ(SamplesOf("-9+4x1 5x1"), "0:-9 10:-5 20:5 30:5 ");
  EXPECT_EQ(SamplesOf("1 _ 2 _x2 stale"), "0:1 20:2 50:stale ");
  EXPECT_EQ(SamplesOf("1e3 5e-1x1"), "0:1000 10:1 20:1 ");
}

TEST(ScriptTest, SaysWhatItCannotRead) {
  EXPECT_EQ(SamplesOf("1 two"), "script line 2: not a sample: two");
  EXPECT_EQ(SamplesOf("1x0"), "script line 2: not a repetition: 1x0");
  EXPECT_THAT(Script::Parse("load soon"),
              StatusIs(absl::StatusCode::kInvalidArgument, "script line 1: not a duration: soon"));
  EXPECT_THAT(
      Script::Parse("load 1s\nm{a=1} 1"),
      StatusIs(absl::StatusCode::kInvalidArgument, "script line 2: not name=\"value\": a=1"));
}

TEST(ScriptTest, TellsValuesApart) {
  EXPECT_TRUE(SameValue(0.1 + 0.2, 0.3));  // one unit in the last place
  EXPECT_TRUE(SameValue(NormalNan(), std::nan("")));
  EXPECT_FALSE(SameValue(0.3, 0.30000000000001));
  EXPECT_FALSE(SameValue(0.0, -0.0));
  EXPECT_FALSE(SameValue(NormalNan(), 1));
}

// Each layout and both ways to ask would fail; the first one ends the test's patience.
void Fails(const std::string& expected) {
  ::testing::TestPartResultArray failures;
  {
    const ::testing::ScopedFakeTestPartResultReporter reporter(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
    RunScript("load 10s\n m{i=\"1\"} 1\n m{i=\"2\"} 2\neval instant at 0s " + expected);
  }
  EXPECT_GT(failures.size(), 0) << expected;
}

TEST(ScriptTest, FailsOnWhatIsNotSo) {
  Fails("m\n m{i=\"1\"} 1");                 // one too few
  Fails("m\n m{i=\"1\"} 1\n m{i=\"2\"} 3");  // another value
  Fails("m\n m{i=\"1\"} 1\n m{i=\"3\"} 2");  // other labels
  Fails("sum(m)\n 3");                       // a vector, no scalar
  Fails("1\n {} 1");                         // and the other way round
  Fails("nosuch\n nosuch 1");                // nothing
  Fails("m\n error INVALID_ARGUMENT: no");   // no error
  Fails("topk(1, m)");                       // an error
}

}  // namespace
}  // namespace tacho::testing
