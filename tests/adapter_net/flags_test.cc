#include "adapter/net/flags.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::testing::HasSubstr;

class FlagsTest : public ::testing::Test {
 protected:
  FlagsTest() {
    flags_.Group("First").Add("config", "the rules", &config_);
    flags_.AddNumber("max-things", "things at a time", &things_);
    flags_.Group("Second").AddBytes("max-body", "bytes of a body", &body_);
    flags_.Add("wait", "how long", &wait_).Add("check", "only look", &check_);
  }

  absl::Status Parse(std::vector<const char*> args) { return flags_.Parse(args); }

  std::string config_;
  uint32_t things_ = 7;
  size_t body_ = size_t{16} << 20;
  absl::Duration wait_ = absl::Seconds(90);
  bool check_ = false;
  FlagSet flags_{"A program.\n"};
};

TEST_F(FlagsTest, ValuesComeWithAnEqualsSignOrAsTheNextArgument) {
  ASSERT_THAT(Parse({"--config=a.yaml", "--max-things", "12", "--max-body=4KiB", "--wait", "2m",
                     "--check"}),
              IsOk());
  EXPECT_EQ(config_, "a.yaml");
  EXPECT_EQ(things_, 12U);
  EXPECT_EQ(body_, 4096U);
  EXPECT_EQ(wait_, absl::Minutes(2));
  EXPECT_TRUE(check_);
}

TEST_F(FlagsTest, ASwitchTakesNoArgumentButAnEqualsSign) {
  ASSERT_THAT(Parse({"--check=false", "--config", "--x"}), IsOk());
  EXPECT_FALSE(check_);
  EXPECT_EQ(config_, "--x");
}

TEST_F(FlagsTest, AnUnknownFlagNamesTheNearest) {
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(Parse({"--max-thing=1"}),
              StatusIs(code, HasSubstr("--max-thing; did you mean --max-things?")));
  EXPECT_THAT(Parse({"--cfg"}), StatusIs(code, HasSubstr("unknown flag --cfg")));
  EXPECT_THAT(Parse({"--zzzzzzzzzzzzzzzzzzzz"}), StatusIs(code, HasSubstr("--help")));
}

TEST_F(FlagsTest, WrongValuesSayWhatIsExpected) {
  const auto code = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(Parse({"--max-things=many"}),
              StatusIs(code, HasSubstr("--max-things: many is not a whole number")));
  EXPECT_THAT(Parse({"--max-things=0"}), StatusIs(code, HasSubstr("from 1 to 4294967295")));
  EXPECT_THAT(Parse({"--max-things=4294967296"}), StatusIs(code, HasSubstr("from 1 to")));
  EXPECT_THAT(Parse({"--max-body=16MB"}), StatusIs(code, HasSubstr("16MiB")));
  EXPECT_THAT(Parse({"--wait=-5s"}), StatusIs(code, HasSubstr("a duration")));
  EXPECT_THAT(Parse({"--wait"}), StatusIs(code, HasSubstr("needs a value")));
  EXPECT_THAT(Parse({"--check=maybe"}), StatusIs(code, HasSubstr("true or false")));
  EXPECT_THAT(Parse({"stray"}), StatusIs(code, HasSubstr("stray")));
  EXPECT_THAT(Parse({"--"}), StatusIs(code, HasSubstr("--")));
}

TEST_F(FlagsTest, HelpShowsGroupsUnitsAndDefaults) {
  EXPECT_EQ(flags_.Help(),
            "A program.\n"
            "\nFirst\n"
            "  --config=FILE\n      the rules\n"
            "  --max-things=N (default 7)\n      things at a time\n"
            "\nSecond\n"
            "  --max-body=BYTES (default 16MiB)\n      bytes of a body\n"
            "  --wait=DURATION (default 1m30s)\n      how long\n"
            "  --check\n      only look\n");
}

TEST_F(FlagsTest, ListsReplaceTheirDefaultAndThenGrow) {
  std::vector<std::string> names = {"a", "b"};
  flags_.AddList("names", "some", &names);
  EXPECT_THAT(flags_.Help(), HasSubstr("--names=NAME,... (default a,b)"));
  ASSERT_THAT(Parse({"--names=c,d", "--names", "e"}), IsOk());
  EXPECT_EQ(names, (std::vector<std::string>{"c", "d", "e"}));
}

TEST_F(FlagsTest, AnEmptyListIsOne) {
  std::vector<std::string> names = {"a"};
  flags_.AddList("names", "some", &names);
  ASSERT_THAT(Parse({"--names="}), IsOk());
  EXPECT_TRUE(names.empty());
}

TEST_F(FlagsTest, FlagsWithoutEffectAreTakenAndNoted) {
  std::vector<std::string> given;
  flags_.AddWithoutEffect("v", false, &given);
  flags_.AddWithoutEffect("log-to", true, &given);
  ASSERT_THAT(Parse({"-v=4", "--v", "5", "-v", "6", "--log_to", "--log-to=false"}), IsOk());
  EXPECT_EQ(given, (std::vector<std::string>{"v", "log-to"}));
  EXPECT_EQ(flags_.Help().find("log-to"), std::string::npos);
  EXPECT_THAT(Parse({"-w"}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--w")));
}

TEST(BytesTest, AreReadAndWrittenBack) {
  const struct {
    const char* text;
    uint64_t bytes;
  } cases[] = {{"1", 1},
               {"1023", 1023},
               {"1KiB", 1024},
               {"16MiB", 16 << 20},
               {"4GiB", uint64_t{4} << 30},
               {"1025", 1025}};
  for (const auto& c : cases) {
    ASSERT_THAT(ParseBytes(c.text), IsOk()) << c.text;
    EXPECT_EQ(*ParseBytes(c.text), c.bytes);
    EXPECT_EQ(FormatBytes(c.bytes), c.text);
  }
}

TEST(BytesTest, RefusesWhatIsNoSizeOrOverflows) {
  for (const char* text :
       {"", "KiB", "1.5MiB", "-1", "1 KiB", "1kb", "9999999999GiB", "99999999999999999999"}) {
    EXPECT_THAT(ParseBytes(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("size")))
        << text;
  }
}

}  // namespace
}  // namespace tacho::adapter
