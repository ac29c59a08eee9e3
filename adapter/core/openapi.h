// OpenAPI documents of the served API versions: small, but with every path, so that
// kubectl and the aggregator can merge them. What follows /openapi/ is the key:
// "v2", "v3", "v3/apis/custom.metrics.k8s.io/v1beta1".
//
// Threads     A pure function.
#ifndef TACHO_ADAPTER_CORE_OPENAPI_H_
#define TACHO_ADAPTER_CORE_OPENAPI_H_

#include <functional>
#include <map>
#include <span>
#include <string>

namespace tacho::adapter {

// `group_versions` as in "custom.metrics.k8s.io/v1beta1".
[[nodiscard]] std::map<std::string, std::string, std::less<>> OpenApiDocuments(
    std::span<const std::string> group_versions);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_OPENAPI_H_
