// Bounds: length, depth, nodes; and that nothing near them needs a large stack.
#include <gtest/gtest.h>
#include <pthread.h>

#include <functional>
#include <string>

#include "parser/promql.h"
#include "tests/support/status_matchers.h"

namespace tacho::parser {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kExhausted = absl::StatusCode::kResourceExhausted;

// Limits wide enough that only the construct under test can be refused.
constexpr ParseLimits kWide{.max_bytes = 1 << 20, .max_depth = 100, .max_nodes = 1 << 20};

std::string Repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

// Runs on a thread with 256 KiB of stack.
void OnSmallStack(std::function<void()> body) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 256 * 1024), 0);
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &body), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

void ExpectRoundTrip(const std::string& query, const ParseLimits& limits) {
  auto ast = ParsePromql(query, limits);
  ASSERT_THAT(ast, IsOk());
  const std::string printed = PrintPromql(*ast);
  ParseLimits roomy = limits;
  roomy.max_bytes *= 4;
  const auto again = ParsePromql(printed, roomy);
  ASSERT_THAT(again, IsOk());
  EXPECT_TRUE(SameExpression(*ast, *again));
  const Ast copy = *ast;
  EXPECT_EQ(copy.size(), ast->size());
}

TEST(LimitTest, LengthIsBoundedByDefault) {
  EXPECT_THAT(ParsePromql(std::string(8192, ' ') + "x"),
              StatusIs(kExhausted, HasSubstr("max_bytes")));
  EXPECT_THAT(ParsePromql(std::string(8191, ' ') + "x"), IsOk());
  EXPECT_THAT(ParsePromql(Repeat("(", 30000)), StatusIs(kExhausted, HasSubstr("max_bytes")));
  EXPECT_THAT(ParsePromql("x" + Repeat("+x", 30000)), StatusIs(kExhausted, HasSubstr("max_bytes")));
}

TEST(LimitTest, DepthIsBoundedWhateverTheBracket) {
  const std::string at_limit = Repeat("(", 100) + "1" + Repeat(")", 100);
  EXPECT_THAT(ParsePromql(at_limit), IsOk());
  EXPECT_THAT(
      ParsePromql("(" + at_limit + ")"),
      StatusIs(kExhausted, "1:101: parse error: ( [ { nested more than 100 deep (max_depth)"));
  EXPECT_THAT(ParsePromql(Repeat("floor(", 101) + "x" + Repeat(")", 101)),
              StatusIs(kExhausted, HasSubstr("max_depth")));
  EXPECT_THAT(ParsePromql(Repeat("(", 100) + "x{a='b'}" + Repeat(")", 100)),
              StatusIs(kExhausted, HasSubstr("max_depth")));
}

TEST(LimitTest, DepthCountsWhatIsOpenAtOnceOnly) {
  EXPECT_THAT(ParsePromql("(1)" + Repeat("+(1)", 500)), IsOk());
}

TEST(LimitTest, SignsAndPowersInARowAreBounded) {
  EXPECT_THAT(ParsePromql(Repeat("-", 90) + "x"), IsOk());
  EXPECT_THAT(ParsePromql(Repeat("-", 200) + "x"), StatusIs(kExhausted, HasSubstr("signs and ^")));
  EXPECT_THAT(ParsePromql("x" + Repeat("^x", 90)), IsOk());
  EXPECT_THAT(ParsePromql("x" + Repeat("^x", 200)), StatusIs(kExhausted, HasSubstr("signs and ^")));
}

TEST(LimitTest, NodesAreBounded) {
  const ParseLimits few{.max_nodes = 5};
  EXPECT_THAT(ParsePromql("1+2+3", few), IsOk());  // three numbers, two additions
  EXPECT_THAT(ParsePromql("1+2+3+4", few), StatusIs(kExhausted, HasSubstr("max_nodes")));
}

TEST(LimitTest, LongFlatChainsNeedNoStack) {
  OnSmallStack([] {
    ExpectRoundTrip("x" + Repeat("+x", 30000), kWide);
    ExpectRoundTrip("x" + Repeat(" and x", 30000), kWide);
    ExpectRoundTrip("x" + Repeat("[1m:]", 1), kWide);
    EXPECT_FALSE(ParsePromql("x" + Repeat("[1m:]", 30000), kWide).ok());
    EXPECT_FALSE(ParsePromql("x" + Repeat(" @ 1", 30000), kWide).ok());
  });
}

TEST(LimitTest, DeepestNestingFitsASmallStack) {
  OnSmallStack([] {
    ExpectRoundTrip(Repeat("(", 100) + "x" + Repeat(")", 100), kWide);
    ExpectRoundTrip(Repeat("abs(1+", 100) + "x" + Repeat(")", 100), kWide);
    ExpectRoundTrip(Repeat("sum by (a) (-", 50) + "x" + Repeat(")", 50), kWide);
    EXPECT_THAT(ParsePromql(Repeat("(", 30000) + "x" + Repeat(")", 30000), kWide),
                StatusIs(kExhausted, HasSubstr("max_depth")));
  });
}

// An error in it must not print the expression again for each level.
TEST(LimitTest, ManySubqueriesOfAChainFailAtOnce) {
  const std::string query = "(" + Repeat("-{}-1", 10000) + ")" + Repeat("[1m:]", 1000);
  EXPECT_THAT(ParsePromql(query), StatusIs(kExhausted, HasSubstr("max_bytes")));
  EXPECT_THAT(ParsePromql(query, kWide),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "1:3: parse error: vector selector must contain at least one non-empty "
                       "matcher"));
}

}  // namespace
}  // namespace tacho::parser
