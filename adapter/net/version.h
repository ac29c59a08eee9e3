// The version that tacho-adapter says it is: in User-Agent, /metrics and --version.
// CMake defines TACHO_VERSION from project().
#ifndef TACHO_ADAPTER_NET_VERSION_H_
#define TACHO_ADAPTER_NET_VERSION_H_

#include <string_view>

namespace tacho::adapter {

inline constexpr std::string_view kVersion = TACHO_VERSION;

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_VERSION_H_
