#include "adapter/core/config_file.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::StatusIs;
using ::tacho::testing::TempDir;
using ::testing::_;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConfigFileTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_.Path(name); }
  std::string Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(Path(name), std::ios::binary) << bytes;
    return Path(name);
  }

  const TempDir folder_;
};

TEST_F(ConfigFileTest, ReadsAFileWhole) {
  const std::string bytes = std::string(40'000, 'x') + std::string("\0y", 2);
  EXPECT_EQ(*ReadConfigFile(Write("a", bytes)), bytes);
  EXPECT_THAT(*ReadConfigFile(Write("empty", "")), IsEmpty());
}

TEST_F(ConfigFileTest, FollowsALinkAsConfigMapsNeed) {
  Write("real", "text");
  std::filesystem::create_symlink("real", Path("link"));
  EXPECT_EQ(*ReadConfigFile(Path("link")), "text");
}

TEST_F(ConfigFileTest, TheBoundIsExact) {
  Write("ten", "0123456789");
  EXPECT_EQ(ReadConfigFile(Path("ten"), 10)->size(), 10u);
  EXPECT_THAT(ReadConfigFile(Path("ten"), 9),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("longer than 9 bytes")));
}

// T76: none of these may hang, and none may be read.
TEST_F(ConfigFileTest, OnlyRegularFilesAreRead) {
  EXPECT_THAT(ReadConfigFile(Path("")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a regular file")));
  EXPECT_THAT(ReadConfigFile("/dev/zero"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a regular file")));
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(ReadConfigFile(Path("pipe")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a regular file")));
}

TEST_F(ConfigFileTest, AHugeSparseFileIsRefusedByItsSize) {
  Write("sparse", "");
  std::filesystem::resize_file(Path("sparse"), uintmax_t{10} << 30);
  EXPECT_THAT(ReadConfigFile(Path("sparse")), StatusIs(absl::StatusCode::kResourceExhausted, _));
}

TEST_F(ConfigFileTest, MissingFilesAndLoopsAreErrors) {
  EXPECT_THAT(ReadConfigFile(Path("nope")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("No such file")));
  std::filesystem::create_symlink("loop", Path("loop"));
  EXPECT_THAT(ReadConfigFile(Path("loop")), StatusIs(absl::StatusCode::kUnavailable, _));
}

}  // namespace
}  // namespace tacho::adapter
