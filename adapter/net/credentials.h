// Credentials: the Authorization header of a job's or discovery service's requests.
//
// Files       Read each time, so that a rotated password or token is used with the next
//             request.
// Threads     Immutable; safe from any thread.
// Cost        A small file opened and read per request, where one is configured.
// Limits      kMaxSecretBytes of a file.
#ifndef TACHO_ADAPTER_NET_CREDENTIALS_H_
#define TACHO_ADAPTER_NET_CREDENTIALS_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "adapter/core/http_client_config.h"

namespace tacho::adapter {

inline constexpr size_t kMaxSecretBytes = size_t{64} << 10;

// The text itself, or what its file holds now, without white space around it.
//   kInvalidArgument    the text holds a control character: it cannot be in a header
//   others              as ReadConfigFile; the message names the file and not the text
[[nodiscard]] absl::StatusOr<std::string> ReadSecret(const SecretText& text);

// "Basic ..." or "Bearer ..."; refuses as ReadSecret.
[[nodiscard]] absl::StatusOr<std::string> AuthorizationHeader(const HttpCredentials& credentials);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_CREDENTIALS_H_
