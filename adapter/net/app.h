// App: tacho-adapter from its options to its end.
//
// Threads     RunAdapter takes over SIGTERM, SIGINT, SIGHUP, SIGPIPE and SIGALRM of the process:
//             one at a time. It starts the server's and the scraper's threads, and
//             they have ended when it returns.
#ifndef TACHO_ADAPTER_NET_APP_H_
#define TACHO_ADAPTER_NET_APP_H_

#include <string>

#include "absl/status/status.h"
#include "adapter/net/adapter_options.h"

namespace tacho::adapter {

// Serves until SIGTERM or SIGINT; then ends within 2 s.
//   any error   nothing was served; the message says what to mend
[[nodiscard]] absl::Status RunAdapter(const AdapterOptions& options);

// Reads the configuration as RunAdapter would, and appends what came of it to `report`.
//   kInvalidArgument   something is wrong; the report says what
[[nodiscard]] absl::Status CheckConfiguration(const AdapterOptions& options, std::string* report);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_APP_H_
