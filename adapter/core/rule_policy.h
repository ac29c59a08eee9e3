// RulePolicy: a rule's tacho: block, which says what to answer where prometheus-adapter
// would guess. Every key is optional:
//
//   tacho:
//     onNaN: omit | zero | error       what a NaN becomes
//     onMissing: omit | zero | error   what an object without any series becomes
//     maxAge: 30s                      how old the newest sample may be
//     minCoverage: 0.9                 share of targets that must be fresh in a sum
//     minSpan: 30s                     what the samples of a rate must span
//     holdLast: 2m                     how long the last known value stands in
//     clampMax: 1000000                what +Inf and larger values become
//
// Ownership   A plain value.
#ifndef TACHO_ADAPTER_CORE_RULE_POLICY_H_
#define TACHO_ADAPTER_CORE_RULE_POLICY_H_

#include <optional>

#include "absl/status/status.h"
#include "adapter/core/value_decision.h"
#include "adapter/core/yaml.h"

namespace tacho::adapter {

struct RulePolicy {
  std::optional<OnUnknown> on_nan;
  std::optional<OnUnknown> on_missing;
  std::optional<Duration> max_age;
  std::optional<Duration> min_span;
  std::optional<Duration> hold_last;
  std::optional<double> min_coverage;
  std::optional<double> clamp_max;

  // The adapter's policy with what this rule says instead.
  [[nodiscard]] ValuePolicy Over(const ValuePolicy& defaults) const;
};

//   kInvalidArgument    "place: what is wrong"
[[nodiscard]] absl::Status ReadRulePolicy(const YamlValue& value, RulePolicy* out);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_RULE_POLICY_H_
