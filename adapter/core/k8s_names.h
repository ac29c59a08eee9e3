// What Kubernetes allows as a label's key and value. The messages are Kubernetes'.
#ifndef TACHO_ADAPTER_CORE_K8S_NAMES_H_
#define TACHO_ADAPTER_CORE_K8S_NAMES_H_

#include <string>
#include <string_view>

namespace tacho::adapter {

// What is wrong with a label key, [prefix/]name; empty if nothing is.
[[nodiscard]] std::string LabelKeyFault(std::string_view key);
[[nodiscard]] std::string LabelValueFault(std::string_view value);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_K8S_NAMES_H_
