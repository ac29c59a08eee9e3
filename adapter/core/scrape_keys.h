// The keys of a scrape configuration, and those of Prometheus that tacho refuses, with
// the reason.
//
// Threads     Pure functions.
#ifndef TACHO_ADAPTER_CORE_SCRAPE_KEYS_H_
#define TACHO_ADAPTER_CORE_SCRAPE_KEYS_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "adapter/core/yaml.h"

namespace tacho::adapter {

[[nodiscard]] const std::vector<std::string_view>& GlobalKeys();
[[nodiscard]] const std::vector<std::string_view>& JobKeys();

// Refuses the keys that Prometheus has and tacho has not, saying why; and those which
// tacho reads but does nothing for, where they ask for something.
//   kInvalidArgument    "file:line:column: key: why, and what to do"
[[nodiscard]] absl::Status RefuseUnsupported(const YamlValue& mapping);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_SCRAPE_KEYS_H_
