// The three API groups that the adapter may serve, and their versions: metrics of any
// object, metrics of none, cpu and memory.
//
// Threads     Constants and pure functions.
#ifndef TACHO_ADAPTER_CORE_API_GROUP_H_
#define TACHO_ADAPTER_CORE_API_GROUP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tacho::adapter {

enum class ApiGroup : uint8_t { kCustom, kExternal, kResource };
inline constexpr std::array<ApiGroup, 3> kApiGroups = {ApiGroup::kCustom, ApiGroup::kExternal,
                                                       ApiGroup::kResource};
inline constexpr std::string_view kCustomMetricsGroup = "custom.metrics.k8s.io";

[[nodiscard]] constexpr std::string_view ToString(ApiGroup group) {
  constexpr std::array<std::string_view, 3> kNames = {kCustomMetricsGroup,
                                                      "external.metrics.k8s.io", "metrics.k8s.io"};
  return kNames[static_cast<size_t>(group)];
}
[[nodiscard]] constexpr std::optional<ApiGroup> ParseApiGroup(std::string_view name) {
  for (const ApiGroup group : kApiGroups) {
    if (ToString(group) == name) return group;
  }
  return std::nullopt;
}

// The custom metrics API has both, the others v1beta1.
enum class ApiVersion : uint8_t { kV1beta1, kV1beta2 };
[[nodiscard]] constexpr std::string_view ToString(ApiVersion version) {
  return version == ApiVersion::kV1beta1 ? "v1beta1" : "v1beta2";
}
[[nodiscard]] constexpr std::optional<ApiVersion> ParseApiVersion(ApiGroup group,
                                                                  std::string_view name) {
  if (name == "v1beta1") return ApiVersion::kV1beta1;
  if (name == "v1beta2" && group == ApiGroup::kCustom) return ApiVersion::kV1beta2;
  return std::nullopt;
}

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_API_GROUP_H_
