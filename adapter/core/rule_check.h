// CheckRuleQuery: whether a rule can answer at all, found out when it is loaded: its
// query is expanded for one object and for several, and shown to the engine.
#ifndef TACHO_ADAPTER_CORE_RULE_CHECK_H_
#define TACHO_ADAPTER_CORE_RULE_CHECK_H_

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "adapter/core/rules.h"

namespace tacho::adapter {

// The first failure of expanding or checking.
[[nodiscard]] absl::Status CheckRuleQuery(
    const Rule& rule, const std::function<absl::Status(std::string_view promql)>& check);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_RULE_CHECK_H_
