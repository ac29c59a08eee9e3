// What FrontDoor reads, and reads again. Whom it believes is tested with real clients in
// tests/e2e/identity_test.py.
#include "adapter/net/front_door.h"

#include <openssl/pem.h>

#include <filesystem>
#include <memory>
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
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class FrontDoorTest : public ::testing::Test {
 protected:
  // Written as a pair that one CA bundle can be, too: it vouches for itself.
  PemPair NewPair() {
    PemPair pair = *MakeSelfSignedPair("127.0.0.1");
    dir_.Write("tls.crt", pair.certificates);
    dir_.Write("tls.key", pair.private_key);
    return pair;
  }
  absl::Status Open() {
    auto door = FrontDoor::Open(options_, &stats_, &log_);
    if (door.ok()) door_ = *std::move(door);
    return door.status();
  }
  void UsePair() {
    NewPair();
    options_.certificate_file = dir_.Path("tls.crt");
    options_.key_file = dir_.Path("tls.key");
  }
  // The certificate that a new connection would show.
  std::string Serving() const {
    const SslPtr session = door_->NewSession();
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), SSL_get_certificate(session.get()));
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return std::string(data, static_cast<size_t>(size));
  }
  uint64_t Reloads(FrontDoorPart part) const { return stats_.reloads[static_cast<size_t>(part)]; }
  uint64_t Failures(FrontDoorPart part) const {
    return stats_.failed_reloads[static_cast<size_t>(part)];
  }
  IdentitySource AskWith(const std::string& token) const {
    const std::string value = "Bearer " + token;
    HttpFields fields;
    fields.Add({"Authorization", value});
    const SslPtr session = door_->NewSession();
    TlsPeer peer;
    peer.tls = session.get();
    return door_->Authenticate(fields, &peer).source;
  }

  TempDir dir_;
  FrontDoorOptions options_;
  FrontDoorStats stats_;
  std::string lines_;
  Logger log_{LogLevel::kInfo, [this](std::string_view line) { lines_ += line; },
              [] { return int64_t{0}; }};
  std::unique_ptr<FrontDoor> door_;
};

TEST_F(FrontDoorTest, APairIsReadAgainWhenItChanges) {
  UsePair();
  ASSERT_THAT(Open(), IsOk());
  door_->Poll();
  EXPECT_EQ(Reloads(FrontDoorPart::kCertificate), 0U);  // nothing has changed
  const PemPair next = NewPair();
  door_->Poll();
  EXPECT_EQ(Serving(), next.certificates);
  EXPECT_EQ(Reloads(FrontDoorPart::kCertificate), 1U);
  EXPECT_EQ(stats_.certificate_expiry, static_cast<uint64_t>(ExpiryOf(next)));
}

// A mount of Kubernetes: tls.crt -> ..data/tls.crt, ..data -> ..1; an update makes ..2 and
// swaps ..data.
TEST_F(FrontDoorTest, ASwappedLinkIsAChange) {
  namespace fs = std::filesystem;
  for (const char* name : {"..1", "..2"}) {
    fs::create_directory(dir_.Path(name));
    const PemPair pair = NewPair();
    fs::rename(dir_.Path("tls.crt"), dir_.Path(std::string(name) + "/tls.crt"));
    fs::rename(dir_.Path("tls.key"), dir_.Path(std::string(name) + "/tls.key"));
  }
  fs::create_directory_symlink("..1", dir_.Path("..data"));
  fs::create_symlink("..data/tls.crt", dir_.Path("tls.crt"));
  fs::create_symlink("..data/tls.key", dir_.Path("tls.key"));
  options_.certificate_file = dir_.Path("tls.crt");
  options_.key_file = dir_.Path("tls.key");
  ASSERT_THAT(Open(), IsOk());
  const std::string before = Serving();
  fs::create_directory_symlink("..2", dir_.Path("..new"));
  fs::rename(dir_.Path("..new"), dir_.Path("..data"));
  door_->Poll();
  EXPECT_NE(Serving(), before);
}

TEST_F(FrontDoorTest, ABadPairKeepsTheOldOneAndSaysSoOnce) {
  UsePair();
  ASSERT_THAT(Open(), IsOk());
  const std::string before = Serving();
  const PemPair other = *MakeSelfSignedPair("127.0.0.1");
  dir_.Write("tls.crt", other.certificates);  // caught between the two files
  door_->Poll();
  door_->Poll();
  EXPECT_EQ(Serving(), before);
  EXPECT_EQ(Failures(FrontDoorPart::kCertificate), 1U);
  EXPECT_THAT(lines_, AllOf(HasSubstr("not reloaded"), HasSubstr("what=certificate"),
                            HasSubstr("key values mismatch")));
  dir_.Write("tls.key", other.private_key);
  door_->Poll();
  EXPECT_EQ(Serving(), other.certificates);
  EXPECT_EQ(Reloads(FrontDoorPart::kCertificate), 1U);
}

TEST_F(FrontDoorTest, AFileThatIsGoneChangesNothing) {
  UsePair();
  ASSERT_THAT(Open(), IsOk());
  const std::string before = Serving();
  std::filesystem::remove(dir_.Path("tls.key"));
  door_->Poll();
  EXPECT_EQ(Serving(), before);
  EXPECT_THAT(lines_, HasSubstr("tls.key"));
}

TEST_F(FrontDoorTest, TokensAreReadAgain) {
  options_.token_file = dir_.Write("tokens", "0123456789abcdef,bob,1\n");
  ASSERT_THAT(Open(), IsOk());
  EXPECT_EQ(AskWith("0123456789abcdef"), IdentitySource::kToken);
  EXPECT_EQ(AskWith("fedcba9876543210"), IdentitySource::kRefused);
  dir_.Write("tokens", "broken\n");
  door_->Poll();
  EXPECT_EQ(AskWith("0123456789abcdef"), IdentitySource::kToken);
  EXPECT_EQ(Failures(FrontDoorPart::kTokens), 1U);
  dir_.Write("tokens", "fedcba9876543210,eve,1\n");
  door_->Poll();
  EXPECT_EQ(AskWith("0123456789abcdef"), IdentitySource::kRefused);
  EXPECT_EQ(AskWith("fedcba9876543210"), IdentitySource::kToken);
  EXPECT_THAT(lines_, Not(HasSubstr("0123456789")));
}

TEST_F(FrontDoorTest, WithoutATokenFileATokenProvesNothing) {
  ASSERT_THAT(Open(), IsOk());
  EXPECT_EQ(AskWith("0123456789abcdef"), IdentitySource::kRefused);
  EXPECT_THAT(lines_, HasSubstr("nobody can prove who they are"));
}

TEST_F(FrontDoorTest, FilesThatCannotBeReadAreNamedAtTheStart) {
  options_.certificate_file = dir_.Path("missing.crt");
  EXPECT_THAT(Open(), StatusIs(kInvalid, HasSubstr("--tls-private-key-file")));
  options_.key_file = dir_.Path("missing.key");
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("missing.crt")));
  options_ = {};
  options_.client_ca_file = dir_.Write("ca", "no PEM");
  EXPECT_THAT(Open(), StatusIs(kInvalid, HasSubstr(options_.client_ca_file)));
  options_.client_ca_file = "/dev/zero";
  EXPECT_THAT(Open(), StatusIs(kInvalid, HasSubstr("not a regular file")));
}

// T40
TEST_F(FrontDoorTest, T40OneCaForUsersAndFrontProxyNeedsAllowedNames) {
  options_.client_ca_file = dir_.Write("ca", NewPair().certificates);
  options_.requestheader_ca_file = options_.client_ca_file;
  EXPECT_THAT(Open(), StatusIs(kInvalid, HasSubstr("--requestheader-allowed-names")));
  options_.front_proxy.allowed_names = {"front-proxy-client"};
  EXPECT_THAT(Open(), IsOk());
}

// T40: what is refused at the start is refused later, too.
TEST_F(FrontDoorTest, T40ABundleThatComesToOverlapIsNotTaken) {
  const std::string users = NewPair().certificates;
  options_.client_ca_file = dir_.Write("users", users);
  options_.requestheader_ca_file = dir_.Write("proxy", NewPair().certificates);
  ASSERT_THAT(Open(), IsOk());
  EXPECT_THAT(lines_, HasSubstr("any certificate under the requestheader CA"));
  dir_.Write("proxy", users);
  door_->Poll();
  EXPECT_EQ(Failures(FrontDoorPart::kRequestheaderCa), 1U);
}

TEST_F(FrontDoorTest, T40NoHeaderForTheUserIsRefused) {
  options_.front_proxy.username_headers = {};
  EXPECT_THAT(Open(), StatusIs(kInvalid, HasSubstr("username-headers")));
}

}  // namespace
}  // namespace tacho::adapter
