// Health: the replies of /healthz, /livez and /readyz, as Kubernetes' API servers give
// them: "ok", or with ?verbose (and always when something fails) one line per check.
// ?exclude=NAME leaves a check out; /readyz/NAME asks for one alone.
//
// Threads     A pure function.
#ifndef TACHO_ADAPTER_CORE_HEALTH_H_
#define TACHO_ADAPTER_CORE_HEALTH_H_

#include <string>
#include <string_view>
#include <vector>

#include "adapter/core/api_paths.h"
#include "adapter/core/http_reply.h"

namespace tacho::adapter {

struct HealthCheck {
  std::string_view name;
  bool ok = true;
  std::string note;  // why it fails; of one that is ok, a warning
};

// A check that is asked for alone and does not exist is a 404.
[[nodiscard]] HttpReply HealthReply(const Route& route, const std::vector<HealthCheck>& checks);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_HEALTH_H_
