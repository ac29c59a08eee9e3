#include "adapter/net/token_file.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSecret[] = "0123456789abcdef";

TEST(TokenFileTest, FindsUsersByTheirTokens) {
  const auto tokens = TokenFile::Parse("t.csv",
                                       "# people\n\n"
                                       "0123456789abcdef,bob,1,\"ops, dev\"\r\n"
                                       "fedcba9876543210,eve,\"2\"\n"
                                       "\"with\"\"quote and,comma\",q,,\n");
  ASSERT_THAT(tokens, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("t.csv:5: ")));
  const auto good = TokenFile::Parse("t.csv",
                                     "# people\n\n"
                                     "0123456789abcdef,bob,1,\"ops, dev\"\r\n"
                                     "fedcba9876543210,eve,\"2\"\n"
                                     "\"with\"\"quote,and,comma\",q,,");
  ASSERT_THAT(good, IsOk());
  EXPECT_EQ((*good)->size(), 3U);
  const TokenFile::User* bob = (*good)->Find(kSecret);
  ASSERT_NE(bob, nullptr);
  EXPECT_EQ(bob->name, "bob");
  EXPECT_EQ(bob->uid, "1");
  EXPECT_THAT(bob->groups, ElementsAre("ops", "dev"));
  ASSERT_NE((*good)->Find("fedcba9876543210"), nullptr);
  EXPECT_EQ((*good)->Find("fedcba9876543210")->uid, "2");
  EXPECT_NE((*good)->Find("with\"quote,and,comma"), nullptr);
}

TEST(TokenFileTest, NothingLikeATokenIsOne) {
  const auto tokens = TokenFile::Parse("t.csv", "0123456789abcdef,bob,1\n");
  ASSERT_THAT(tokens, IsOk());
  for (const char* wrong : {"", "0123456789abcde", "0123456789abcdeF", "0123456789abcdef ",
                            "0123456789abcdef0", "bob", "#"}) {
    EXPECT_EQ((*tokens)->Find(wrong), nullptr) << wrong;
  }
}

// C5: users are never joined with tokens, so no two lines can be taken for one another.
TEST(TokenFileTest, T43TokensAndUsersDoNotRunTogether) {
  const auto tokens = TokenFile::Parse("t.csv",
                                       "0123456789abcdefa,b,1\n"
                                       "0123456789abcdef,ab,1\n");
  ASSERT_THAT(tokens, IsOk());
  EXPECT_EQ((*tokens)->Find("0123456789abcdefa")->name, "b");
  EXPECT_EQ((*tokens)->Find("0123456789abcdef")->name, "ab");
  EXPECT_EQ((*tokens)->Find("0123456789abcdefab"), nullptr);
}

// T49: a message is read by more people than a token.
TEST(TokenFileTest, ErrorsNameTheLineAndNeverTheToken) {
  const std::vector<std::string> bad = {"0123456789abcdef\n",
                                        "0123456789abcdef,bob\n",
                                        "0123456789abcdef,bob,1,g,h\n",
                                        "0123456789abcdef,,1\n",
                                        "0123456789a,bob,1\n",
                                        "\"0123456789abcdef,bob,1\n",
                                        "\"0123456789abcdef\"x,bob,1\n",
                                        "01234567\"89abcdef,bob,1\n",
                                        "0123456789abcdef,a,1\n0123456789abcdef,b,1\n"};
  for (const std::string& text : bad) {
    EXPECT_THAT(TokenFile::Parse("t.csv", text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("t.csv:"), Not(HasSubstr("0123456789a")))))
        << text;
  }
}

TEST(TokenFileTest, AnEmptyFileHasNoUsers) {
  const auto tokens = TokenFile::Parse("t.csv", "");
  ASSERT_THAT(tokens, IsOk());
  EXPECT_EQ((*tokens)->Find(""), nullptr);
}

}  // namespace
}  // namespace tacho::adapter
