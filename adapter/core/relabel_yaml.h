// relabel_configs and metric_relabel_configs out of YAML.
//
// Threads     Pure.
#ifndef TACHO_ADAPTER_CORE_RELABEL_YAML_H_
#define TACHO_ADAPTER_CORE_RELABEL_YAML_H_

#include "absl/status/statusor.h"
#include "adapter/core/relabel.h"
#include "adapter/core/yaml.h"

namespace tacho::adapter {

// One entry of the list. An absent action is replace.
//   kInvalidArgument    "file:line:column: what is wrong", as RelabelRule::Create
[[nodiscard]] absl::StatusOr<RelabelRule> ReadRelabelRule(const YamlValue& value,
                                                          NameScheme scheme);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_RELABEL_YAML_H_
