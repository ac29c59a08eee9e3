#include "adapter/net/credentials.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/config_file.h"

namespace tacho::adapter {
namespace {

bool IsControl(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

}  // namespace

absl::StatusOr<std::string> ReadSecret(const SecretText& text) {
  std::string secret = text.inline_text;
  if (!text.file.empty()) {
    absl::StatusOr<std::string> bytes = ReadConfigFile(text.file, kMaxSecretBytes);
    if (!bytes.ok()) return bytes.status();
    secret = *std::move(bytes);
  }
  absl::StripAsciiWhitespace(&secret);
  if (std::ranges::none_of(secret, IsControl)) return secret;
  return absl::InvalidArgumentError(
      absl::StrCat(text.file.empty() ? "a password or token of the configuration" : text.file,
                   ": holds a control character, which no header may"));
}

absl::StatusOr<std::string> AuthorizationHeader(const HttpCredentials& credentials) {
  const absl::StatusOr<std::string> secret = ReadSecret(credentials.secret);
  if (!secret.ok()) return secret.status();
  if (!credentials.basic) return absl::StrCat(credentials.scheme, " ", *secret);
  const absl::StatusOr<std::string> user = ReadSecret(credentials.user);
  if (!user.ok()) return user.status();
  return absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(*user, ":", *secret)));
}

}  // namespace tacho::adapter
