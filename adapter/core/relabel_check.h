// What makes a relabelling rule wrong, in Prometheus' words: a field that its action
// needs, one that it would ignore, a name that is none.
//
// Threads     Pure functions.
#ifndef TACHO_ADAPTER_CORE_RELABEL_CHECK_H_
#define TACHO_ADAPTER_CORE_RELABEL_CHECK_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapter/core/relabel.h"

namespace tacho::adapter {

// In any case of letters.
//   kInvalidArgument    empty, or none that Prometheus knows
[[nodiscard]] absl::StatusOr<RelabelAction> ParseRelabelAction(std::string_view text);

// Everything about a rule but its regular expression.
//   kInvalidArgument    "... requires ...", "... is invalid ...", "... no other fields"
[[nodiscard]] absl::Status CheckRelabelConfig(const RelabelConfig& config, RelabelAction action,
                                              NameScheme scheme);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_RELABEL_CHECK_H_
