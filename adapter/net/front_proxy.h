// The headers in which the front proxy, Kubernetes' API server, says for whom it asks.
// Reading them is not believing them: that needs a connection whose certificate the
// proxy's CA vouches for (front_door.h).
//
// Names       Exact, in any case: X_Remote_User is not X-Remote-User. Only those that
//             are configured are read; there is no default for UIDs, which older API
//             servers pass on as clients sent them.
// Threads     Plain values and functions.
#ifndef TACHO_ADAPTER_NET_FRONT_PROXY_H_
#define TACHO_ADAPTER_NET_FRONT_PROXY_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapter/core/identity.h"
#include "adapter/net/http_head.h"

namespace tacho::adapter {

struct FrontProxyOptions {
  std::vector<std::string> allowed_names;  // common names; empty: any under the CA
  std::vector<std::string> username_headers = {"X-Remote-User"};
  std::vector<std::string> uid_headers;
  std::vector<std::string> group_headers = {"X-Remote-Group"};
  std::vector<std::string> extra_prefixes = {"X-Remote-Extra-"};
};

//   kInvalidArgument   no header for the user, or a name that no header can have
[[nodiscard]] absl::Status CheckHeaderNames(const FrontProxyOptions& options);

[[nodiscard]] bool IsAllowedName(const FrontProxyOptions& options, std::string_view common_name);

// True if a header names a user, whether or not anybody believes it.
[[nodiscard]] bool NamesUser(const FrontProxyOptions& options, const HttpFields& fields);

// NamesUser holds.
//   kUnauthenticated   two users or two UIDs: nobody can say which of them is meant
[[nodiscard]] absl::StatusOr<Identity> ReadFrontProxyIdentity(const FrontProxyOptions& options,
                                                              const HttpFields& fields);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_FRONT_PROXY_H_
