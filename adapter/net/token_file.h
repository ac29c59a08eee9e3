// TokenFile: bearer tokens for people, as kube-apiserver's --token-auth-file has them:
//
//   token,user,uid,"group1,group2"
//
// one a line; the groups may be missing. Blank lines and lines that begin with # are skipped.
//
// Secrets     Only digests are kept, and messages never hold a token. A token is compared
//             with all of them, digest by digest, in the same time whichever it is.
// Threads     Immutable.
// Limits      ReadConfigFile's; a token of at least 16 characters.
#ifndef TACHO_ADAPTER_NET_TOKEN_FILE_H_
#define TACHO_ADAPTER_NET_TOKEN_FILE_H_

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tacho::adapter {

inline constexpr size_t kMinTokenBytes = 16;

class TokenFile {
 public:
  struct User {
    std::string name;
    std::string uid;
    std::vector<std::string> groups;
  };

  // `path` is used in messages only.
  //   kInvalidArgument   "path:line: what is wrong"
  static absl::StatusOr<std::shared_ptr<const TokenFile>> Parse(std::string_view path,
                                                                std::string_view text);

  // Null if nobody has that token.
  [[nodiscard]] const User* Find(std::string_view token) const;
  [[nodiscard]] size_t size() const { return entries_.size(); }

 private:
  using Digest = std::array<unsigned char, 32>;  // SHA-256
  struct Entry {
    Digest digest;
    User user;
  };
  static Digest DigestOf(std::string_view token);
  absl::Status AddLine(std::string_view line);

  std::vector<Entry> entries_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_TOKEN_FILE_H_
