// Identity: who asks, as far as the connection and the request's head prove it.
//
// Ownership   Owns its text.
// Threads     Plain values.
#ifndef TACHO_ADAPTER_CORE_IDENTITY_H_
#define TACHO_ADAPTER_CORE_IDENTITY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tacho::adapter {

inline constexpr std::string_view kAnonymousUser = "system:anonymous";
inline constexpr std::string_view kAuthenticatedGroup = "system:authenticated";
inline constexpr std::string_view kUnauthenticatedGroup = "system:unauthenticated";
inline constexpr std::string_view kMastersGroup = "system:masters";

// What an identity rests on; a label of a metric, so few and fixed.
enum class IdentitySource : uint8_t {
  kAnonymous,          // no credentials
  kFrontProxy,         // the API server vouches for the user
  kClientCertificate,  // the user's own certificate
  kToken,              // a token of --token-auth-file
  kRefused,            // credentials that prove nothing: a 401, whatever is asked
  kCount_
};
inline constexpr size_t kIdentitySourceCount = static_cast<size_t>(IdentitySource::kCount_);
[[nodiscard]] constexpr std::string_view IdentitySourceName(IdentitySource source) {
  constexpr std::array<std::string_view, kIdentitySourceCount> kNames = {
      "anonymous", "front_proxy", "client_certificate", "token", "refused"};
  return kNames[static_cast<size_t>(source)];
}

struct Identity {
  IdentitySource source = IdentitySource::kAnonymous;
  std::string user = std::string(kAnonymousUser);
  std::string uid;
  std::vector<std::string> groups = {std::string(kUnauthenticatedGroup)};
  // In the order of the request; a key may have several values.
  std::vector<std::pair<std::string, std::string>> extra;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_IDENTITY_H_
