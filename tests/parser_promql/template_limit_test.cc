// Bounds of query templates: size, nesting, work and output.
#include <gtest/gtest.h>

#include <string>

#include "parser/template.h"
#include "tacho/query_template.h"
#include "tests/support/status_matchers.h"

namespace tacho {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kExhausted = absl::StatusCode::kResourceExhausted;

std::string Repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

TemplateArgs Args(size_t labels) {
  TemplateArgs args;
  args.series = "x";
  for (size_t i = 0; i < labels; ++i) args.group_by.push_back("label");
  return args;
}

TEST(TemplateLimitTest, SizeIsBounded) {
  EXPECT_THAT(QueryTemplate::Parse(std::string(parser::kMaxTemplateBytes, 'x')), IsOk());
  EXPECT_THAT(QueryTemplate::Parse(std::string(parser::kMaxTemplateBytes + 1, 'x')),
              StatusIs(kInvalid, HasSubstr("65537 bytes")));
  EXPECT_THAT(QueryTemplate::Parse(Repeat("<<1>>", 3000)), StatusIs(kInvalid, HasSubstr("nodes")));
}

TEST(TemplateLimitTest, BlocksNestSoFar) {
  const size_t most = parser::kMaxTemplateNesting;
  EXPECT_THAT(QueryTemplate::Parse(Repeat("<<if 1>>", most) + Repeat("<<end>>", most)), IsOk());
  EXPECT_THAT(QueryTemplate::Parse(Repeat("<<if 1>>", most + 1) + Repeat("<<end>>", most + 1)),
              StatusIs(kInvalid, HasSubstr("more than 32 blocks within each other")));
}

TEST(TemplateLimitTest, ParenthesesAndPipesNestSoFar) {
  const auto nested = [](size_t n) {
    return "<<" + Repeat("(", n) + ".Series" + Repeat(")", n) + ">>";
  };
  EXPECT_THAT(QueryTemplate::Parse(nested(32)), IsOk());
  EXPECT_THAT(QueryTemplate::Parse(nested(33)), StatusIs(kInvalid, HasSubstr("parentheses")));
  EXPECT_THAT(QueryTemplate::Parse(nested(20000)), StatusIs(kInvalid, HasSubstr("parentheses")));
  EXPECT_THAT(QueryTemplate::Parse("<<1" + Repeat("|not", 32) + ">>"), IsOk());
  EXPECT_THAT(QueryTemplate::Parse("<<1" + Repeat("|not", 33) + ">>"),
              StatusIs(kInvalid, HasSubstr("calls within each other")));
}

// 13,108 times five bytes are four more than 64 KiB.
TEST(TemplateLimitTest, OutputIsBounded) {
  const auto all = QueryTemplate::Parse("<<range .GroupBySlice>><<.>><<end>>");
  ASSERT_THAT(all, IsOk());
  EXPECT_THAT(all->Expand(Args(13'107)), IsOk());
  EXPECT_THAT(all->Expand(Args(13'108)), StatusIs(kExhausted, HasSubstr("65536 bytes")));
  const auto doubled =
      QueryTemplate::Parse("<<printf \"%s%s\" .GroupBy (printf \"%s\" .GroupBy)>>");
  ASSERT_THAT(doubled, IsOk());
  EXPECT_THAT(doubled->Expand(Args(20'000)), StatusIs(kExhausted, HasSubstr("65536 bytes")));
}

// Eight ranges of twenty within each other are 20^8 steps that print nothing.
TEST(TemplateLimitTest, WorkIsBounded) {
  const auto nested =
      QueryTemplate::Parse(Repeat("<<range $.GroupBySlice>>", 8) + Repeat("<<end>>", 8));
  ASSERT_THAT(nested, IsOk());
  EXPECT_THAT(nested->Expand(Args(20)), StatusIs(kExhausted, HasSubstr("steps")));
}

// The texts that printf makes live until the end: they are bounded together.
TEST(TemplateLimitTest, ScratchTextsAreBounded) {
  const auto hungry = QueryTemplate::Parse(
      "<<range .GroupBySlice>><<if not (printf \"%s\" $.GroupBy)>>x<<end>><<end>>y");
  ASSERT_THAT(hungry, IsOk());
  EXPECT_THAT(hungry->Expand(Args(10)), IsOk());
  EXPECT_THAT(hungry->Expand(Args(5000)), StatusIs(kExhausted, HasSubstr("bytes")));
}

}  // namespace
}  // namespace tacho
