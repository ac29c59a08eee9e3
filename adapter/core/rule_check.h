// Whether a rule can answer at all, found out when it is loaded: its queries are
// expanded for one object and for several, and shown to the engine.
//
// Threads     Pure functions.
#ifndef TACHO_ADAPTER_CORE_RULE_CHECK_H_
#define TACHO_ADAPTER_CORE_RULE_CHECK_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapter/core/rules.h"

namespace tacho::adapter {

using QueryCheck = std::function<absl::Status(std::string_view promql)>;

// The first failure of expanding or checking.
[[nodiscard]] absl::Status CheckRuleQuery(const Rule& rule, const QueryCheck& check);
[[nodiscard]] absl::Status CheckExternalQuery(const Rule& rule, const QueryCheck& check);
[[nodiscard]] absl::Status CheckContainerQuery(const ResourceRule& rule, const QueryCheck& check);
[[nodiscard]] absl::Status CheckNodeQuery(const ResourceRule& rule, const QueryCheck& check);

// The query that a rule makes for one imagined object: for people to look at.
[[nodiscard]] absl::StatusOr<std::string> ExampleQuery(const Rule& rule);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_RULE_CHECK_H_
