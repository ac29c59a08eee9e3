// The flags of TLS, identity and authorization: prometheus-adapter's names and meanings,
// so that its manifests work as they are.
//
// Ownership   The flags point into the options that they set.
// Threads     One.
#ifndef TACHO_ADAPTER_NET_SECURITY_FLAGS_H_
#define TACHO_ADAPTER_NET_SECURITY_FLAGS_H_

#include "absl/status/status.h"
#include "adapter/net/adapter_options.h"
#include "adapter/net/flags.h"

namespace tacho::adapter {

void AddSecurityFlags(AdapterOptions* options, FlagSet* flags);

// Those that prometheus-adapter has and that mean nothing here. They are taken, so that
// its command line works as it is, and named once in the log.
void AddFlagsWithoutEffect(AdapterOptions* options, FlagSet* flags);

//   kInvalidArgument   options that do not go together; says what to do
[[nodiscard]] absl::Status CheckSecurity(const AdapterOptions& options);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_SECURITY_FLAGS_H_
