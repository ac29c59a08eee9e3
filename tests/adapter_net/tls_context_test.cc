#include "adapter/net/tls_context.h"

#include <ctime>
#include <filesystem>
#include <string>

#include "adapter/net/self_signed.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::tacho::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(TlsContextTest, VersionsAreThoseOfKubernetesFlags) {
  EXPECT_EQ(*ParseTlsVersion("VersionTLS12"), TLS1_2_VERSION);
  EXPECT_EQ(*ParseTlsVersion("VersionTLS13"), TLS1_3_VERSION);
  for (const char* text : {"VersionTLS10", "VersionTLS11", "", "1.2", "tls13"}) {
    EXPECT_THAT(ParseTlsVersion(text), StatusIs(kInvalid, HasSubstr("VersionTLS12"))) << text;
  }
}

TEST(TlsContextTest, SuitesAreChosenByIanaName) {
  const auto suites = ParseCipherSuites(
      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_128_CBC_SHA,TLS_AES_128_GCM_SHA256,"
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305");
  ASSERT_THAT(suites, IsOk());
  EXPECT_EQ(suites->suites, "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305");
  EXPECT_THAT(suites->refused, ElementsAre("TLS_RSA_WITH_AES_128_CBC_SHA"));
}

TEST(TlsContextTest, SuitesThatNobodyKnowsAndListsWithNoneAreRefused) {
  EXPECT_THAT(ParseCipherSuites("TLS_NOTHING"), StatusIs(kInvalid, HasSubstr("TLS_NOTHING")));
  EXPECT_THAT(ParseCipherSuites("TLS_RSA_WITH_AES_128_CBC_SHA"),
              StatusIs(kInvalid, HasSubstr("ECDHE")));
  EXPECT_THAT(ParseCipherSuites(""), StatusIs(kInvalid, HasSubstr("ECDHE")));
}

TEST(TlsContextTest, APairMustParseAndMatch) {
  const auto one = MakeSelfSignedPair("127.0.0.1");
  const auto two = MakeSelfSignedPair("127.0.0.1");
  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(two, IsOk());
  EXPECT_THAT(MakeServerContext({}, *one, {}), IsOk());
  EXPECT_THAT(MakeServerContext({}, {one->certificates, two->private_key}, {}),
              StatusIs(kInvalid, HasSubstr("key values mismatch")));
  EXPECT_THAT(MakeServerContext({}, {"", one->private_key}, {}),
              StatusIs(kInvalid, HasSubstr("no certificate in PEM")));
  EXPECT_THAT(MakeServerContext({}, {one->certificates, "x"}, {}),
              StatusIs(kInvalid, HasSubstr("private key")));
  std::string broken = one->certificates;
  broken.insert(broken.size() / 2, "!");
  EXPECT_THAT(MakeServerContext({}, {broken, one->private_key}, {}),
              StatusIs(kInvalid, HasSubstr("a certificate is broken")));
}

TEST(SelfSignedTest, IsGoodForYears) {
  const auto pair = MakeSelfSignedPair("::1");
  ASSERT_THAT(pair, IsOk());
  const int64_t years = 365 * 24 * 3600;
  EXPECT_GT(ExpiryOf(*pair), std::time(nullptr) + 9 * years);
  EXPECT_EQ(ExpiryOf({"nonsense", ""}), 0);
}

TEST(SelfSignedTest, IsKeptInItsFolderForNobodyElseToRead) {
  const TempDir dir;
  const std::string folder = dir.Path("certs");
  const auto made = LoadOrMakeSelfSigned(folder, "127.0.0.1");
  ASSERT_THAT(made, IsOk());
  const auto again = LoadOrMakeSelfSigned(folder, "127.0.0.1");
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->certificates, made->certificates);
  EXPECT_EQ(again->private_key, made->private_key);
  const auto mode = std::filesystem::status(folder + "/apiserver.key").permissions();
  EXPECT_EQ(mode & std::filesystem::perms::mask, std::filesystem::perms{0600});
  EXPECT_NE(LoadOrMakeSelfSigned("", "127.0.0.1")->private_key, made->private_key);
}

TEST(SelfSignedTest, AFolderThatCannotBeWrittenIsNamed) {
  const TempDir dir;
  dir.Write("file", "x");
  EXPECT_THAT(LoadOrMakeSelfSigned(dir.Path("file"), "127.0.0.1"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(dir.Path("file"))));
  EXPECT_THAT(LoadOrMakeSelfSigned(dir.Path("no/such"), "127.0.0.1"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("--cert-dir")));
}

}  // namespace
}  // namespace tacho::adapter
