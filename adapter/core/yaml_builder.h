// ParseYamlTree: text to node array, through yaml-cpp's events. The only function of
// the adapter that sees yaml-cpp.
//
// Errors      Returned, never thrown; places as in YamlFile::Parse.
#ifndef TACHO_ADAPTER_CORE_YAML_BUILDER_H_
#define TACHO_ADAPTER_CORE_YAML_BUILDER_H_

#include <string_view>

#include "absl/status/status.h"
#include "adapter/core/yaml.h"

namespace tacho::adapter::internal {

// `tree` has its name set and no nodes. After an error its content is of no use.
[[nodiscard]] absl::Status ParseYamlTree(std::string_view bytes, const YamlLimits& limits,
                                         YamlTree* tree);

}  // namespace tacho::adapter::internal

#endif  // TACHO_ADAPTER_CORE_YAML_BUILDER_H_
