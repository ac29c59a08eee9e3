// ReadConfigFile: the bytes of a configuration file, or a reason. A path in a
// configuration may name anything: a device that never ends, a pipe that never
// speaks, a sparse file of terabytes. Only a regular file is read, and never more
// than the bound. Symbolic links are followed: Kubernetes mounts ConfigMaps as links.
//
// Threads     No shared state.
// Cost        Never waits: the file is opened without blocking.
#ifndef TACHO_ADAPTER_CORE_CONFIG_FILE_H_
#define TACHO_ADAPTER_CORE_CONFIG_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace tacho::adapter {

inline constexpr size_t kMaxConfigBytes = size_t{1} << 20;

//   kNotFound           no such file
//   kInvalidArgument    not a regular file
//   kResourceExhausted  longer than max_bytes
//   kUnavailable        the operating system's reason; try again later
[[nodiscard]] absl::StatusOr<std::string> ReadConfigFile(const std::string& path,
                                                         size_t max_bytes = kMaxConfigBytes);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_CONFIG_FILE_H_
