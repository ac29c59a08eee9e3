// Labels that come again: the memo itself, and that a sample is the same with and without.
#include "parser/label_memo.h"

#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/parser_exposition/exposition_testing.h"

namespace tacho::parser {
namespace {

TEST(LabelMemoTest, ForetellsTheNextPartAndTheSameAgain) {
  LabelMemo memo;
  EXPECT_EQ(memo.Recall("a=\"1\"} 1\n"), kNoLabelsId);
  const LabelRef a{"a", "1"};
  const LabelRef b{"b", "2"};
  EXPECT_EQ(memo.Remember("a=\"1\"}", {&a, 1}), 0u);
  EXPECT_EQ(memo.Remember("b=\"2\"}", {&b, 1}), 1u);
  EXPECT_EQ(memo.Recall("a=\"1\"} 1\n"), kNoLabelsId);  // comes after b for the first time
  EXPECT_EQ(memo.Remember("a=\"1\"}", {&a, 1}), 0u);    // but is known
  EXPECT_EQ(memo.Recall("b=\"2\"} 1\n"), 1u);
  EXPECT_EQ(memo.Recall("b=\"2\"} 1\n"), 1u);
  EXPECT_EQ(memo.Recall("b=\"2\""), kNoLabelsId);  // cut off
  EXPECT_EQ(memo.labels(1).front().name, "b");
  EXPECT_EQ(memo.text(0), "a=\"1\"}");
}

// The labels id of each line of a body.
std::vector<uint32_t> IdsOf(std::string_view body, Exposition format) {
  std::vector<uint32_t> ids;
  ExpositionParser parser(body, format);
  ParsedSample sample;
  while (parser.Next(&sample)) ids.push_back(sample.labels_id);
  EXPECT_TRUE(parser.status().ok()) << parser.status();
  return ids;
}

TEST(LabelMemoTest, EqualIdsAreEqualLabels) {
  constexpr uint32_t kNone = kNoLabelsId;
  EXPECT_EQ(IdsOf("a{x=\"1\"} 1\na{x=\"2\"} 1\nb{x=\"1\"} 1\nb{x=\"2\"} 1\nb{x=\"3\"} 1\nc 1\n",
                  Exposition::kText),
            (std::vector<uint32_t>{0, 1, 0, 1, 2, kNone}));
  EXPECT_EQ(IdsOf("a_total{x=\"1\"} 1 # {x=\"1\"} 1\nb_total{x=\"1\"} 1\n# EOF\n",
                  Exposition::kOpenMetrics),
            (std::vector<uint32_t>{0, 0}));
}

TEST(LabelMemoTest, WhatDependsOnTheLineHasNoId) {
  constexpr uint32_t kNone = kNoLabelsId;
  // Escapes, names in quotes, and a bound that its type writes otherwise.
  EXPECT_EQ(IdsOf("a{x=\"\\n\"} 1\na{\"x\"=\"1\"} 1\n{\"a\",y=\"1\"} 1\n", Exposition::kText),
            (std::vector<uint32_t>{kNone, kNone, kNone}));
  EXPECT_EQ(
      IdsOf("a{le=\"1\"} 1\n# TYPE b histogram\nb_bucket{le=\"1\"} 1\nb_bucket{le=\"1.0\"} 1\n",
            Exposition::kText),
      (std::vector<uint32_t>{0, kNone, 1}));
}

TEST(LabelMemoTest, ALineIsReadAsIfItStoodAlone) {
  const std::string body =
      "# TYPE a histogram\na_bucket{h=\"/\",le=\"1\"} 1\na_bucket{h=\"/\",le=\"+Inf\"} 2\n"
      "a_sum{h=\"/\"} 3\na_count{h=\"/\"} 2\n# TYPE b gauge\nb{h=\"/\",le=\"1\"} 1\n"
      "b{h=\"/\",le=\"+Inf\"} 1 5\nb{h=\"/\",le=\"1\",}1\nb{h=\"/\" , le=\"1\"} 2\n"
      "b{h=\"/\"x=\"2\"} 1\nb{h=\"/\"x=\"2\"}2\n";
  ExpositionParser parser(body, Exposition::kText);
  ParsedSample sample;
  size_t lines = 0;
  for (; parser.Next(&sample); ++lines) {
    ExpositionParser alone(body, Exposition::kText);
    alone.Seek(static_cast<size_t>(sample.identity.data() - body.data()), sample.type);
    ParsedSample again;
    ASSERT_TRUE(alone.Next(&again));
    EXPECT_EQ(testing::Copy(again), testing::Copy(sample));
    EXPECT_EQ(again.identity, sample.identity);
  }
  EXPECT_TRUE(parser.status().ok()) << parser.status();
  EXPECT_EQ(lines, 10u);
}

TEST(LabelMemoTest, AnErrorAfterKnownLabelsIsWhereItWouldBe) {
  ExpositionParser parser("a{x=\"1\"} 1\nb{x=\"1\"} x\n", Exposition::kText);
  ParsedSample sample;
  ASSERT_TRUE(parser.Next(&sample));
  EXPECT_FALSE(parser.Next(&sample));
  EXPECT_EQ(std::string(parser.status().message()).substr(0, 6), "2:10: ") << parser.status();
}

}  // namespace
}  // namespace tacho::parser
