// The flags of upstream mode: prometheus-adapter's names and meanings, where it has them;
// what it has not begins with prometheus- as well.
//
// Files       A kubeconfig is read once; what it names, each time that it is needed.
// Threads     One.
#ifndef TACHO_ADAPTER_NET_UPSTREAM_FLAGS_H_
#define TACHO_ADAPTER_NET_UPSTREAM_FLAGS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "adapter/net/adapter_options.h"
#include "adapter/net/flags.h"

namespace tacho::adapter {

void AddUpstreamFlags(AdapterOptions* options, FlagSet* flags);

// Reads the file of --prometheus-auth-config and puts together what the flags say.
//   kInvalidArgument    flags that do not go together, or a file that is wrong
[[nodiscard]] absl::Status FinishUpstream(AdapterOptions* options);

// Credentials, CA and client certificate of a kubeconfig's current context.
//   kInvalidArgument    "file:line:column: what is wrong"
[[nodiscard]] absl::Status ReadKubeconfig(const std::string& file, std::string_view text,
                                          HttpClientConfig* out);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_UPSTREAM_FLAGS_H_
