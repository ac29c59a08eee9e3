// Target files in JSON; see file_sd.h.
#ifndef TACHO_ADAPTER_CORE_FILE_SD_JSON_H_
#define TACHO_ADAPTER_CORE_FILE_SD_JSON_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapter/core/sd_config.h"

namespace tacho::adapter {

// Errors as of ParseTargetFile; those about content name the group by number, since
// the reader keeps no places.
[[nodiscard]] absl::StatusOr<std::vector<TargetGroup>> ParseJsonTargets(std::string_view path,
                                                                        std::string_view bytes);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_FILE_SD_JSON_H_
