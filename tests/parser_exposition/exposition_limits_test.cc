// Hostile sizes: what a body may cost must not depend on how it is shaped.
#include <pthread.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "parser/text.h"
#include "tests/parser_exposition/exposition_testing.h"

namespace tacho::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Lt;

constexpr size_t kMillion = 1'000'000;

// Runs `work` on a thread with a stack of 256 KiB.
template <typename Work>
void OnSmallStack(Work work) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 256 << 10), 0);
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    (*static_cast<Work*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &work), 0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

std::string Repeat(std::string_view text, size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

// T5: skipped lines cost no stack.
TEST(ExpositionLimitsTest, MillionsOfSkippedLinesNeedNoStack) {
  for (const std::string& body :
       {std::string(2 * kMillion, '\n') + "a 1\n", Repeat("# x\n", 2 * kMillion) + "a 1\n",
        Repeat(" \n", kMillion) + "a 1\n", Repeat("# HELP a b\n", kMillion) + "a 1\n",
        Repeat("# TYPE a gauge\n", kMillion) + "a 1\n"}) {
    OnSmallStack([&body] {
      const Parsed parsed = ParseAll(body, Exposition::kText);
      EXPECT_TRUE(parsed.status.ok());
      EXPECT_EQ(parsed.samples.size(), 1u);
    });
  }
}

TEST(ExpositionLimitsTest, ReplayOfSkippedLinesNeedsNoStack) {
  const std::string body = "a 1\n" + std::string(2 * kMillion, '\n') + "b 1\n";
  OnSmallStack([&body] {
    const Plan plan = MakePlan("b 1\na 1\n", Exposition::kText);
    const Effect effect = ReplayEffect(plan, body, Exposition::kText, {});
    EXPECT_EQ(effect.samples, 2u);
  });
}

TEST(ExpositionLimitsTest, ALineHasABoundOfLabels) {
  std::string labels;
  for (size_t i = 0; i < parser::kMaxLabelsOfLine; ++i)
    labels += "l" + std::to_string(i) + "=\"\",";
  EXPECT_EQ(ErrorOf("a{" + labels + "} 1\n", Exposition::kText), "");
  EXPECT_THAT(ErrorOf("a{" + labels + "x=\"\"} 1\n", Exposition::kText),
              HasSubstr("more than 4096 labels"));
}

// A message quotes the line twice at most, each time cut.
TEST(ExpositionLimitsTest, AnErrorInAHugeLineIsShort) {
  const std::string huge(4 * kMillion, 'x');
  for (const std::string& body :
       {huge, "a{b=\"" + huge, "a{b=\"" + huge + "\"} y", "a " + huge, "# TYPE a " + huge,
        "# HELP a \xff" + huge, "a{b=\"" + huge + "\xff\"} 1"}) {
    for (const Exposition format : {Exposition::kText, Exposition::kOpenMetrics}) {
      const std::string error = ErrorOf(body, format);
      EXPECT_NE(error, "");
      EXPECT_THAT(error.size(), Lt(4 * parser::kMaxQuotedBytes));
    }
  }
}

TEST(ExpositionLimitsTest, AHugeLabelValueIsReadWhole) {
  const std::string value(kMillion, 'v');
  const Parsed parsed = ParseAll("a{b=\"" + value + "\",c=\"\\n\"} 1\n", Exposition::kText);
  ASSERT_EQ(parsed.samples.size(), 1u);
  EXPECT_EQ(parsed.samples[0].labels[0].second, value);
}

}  // namespace
}  // namespace tacho::testing
