// Why a rule of a preview exposes nothing: which part of it refuses what is there.
//
// Threads     As rule_preview.h.
// Cost        One list per metric that comes close, kMaxPreviewNames at most.
#ifndef TACHO_ADAPTER_CORE_RULE_PREVIEW_NOTES_H_
#define TACHO_ADAPTER_CORE_RULE_PREVIEW_NOTES_H_

#include <string>
#include <string_view>
#include <vector>

#include "adapter/core/rule_preview.h"

namespace tacho::adapter::internal {

// "a, b, c and 2 more".
[[nodiscard]] std::string SomeOf(const std::vector<std::string>& names);

// The rule's seriesQuery selects nothing.
[[nodiscard]] std::vector<std::string> WhyNoSeries(const Rule& rule, const PreviewInput& input);

// It selects `found`, and none of it has become a metric of the rule.
[[nodiscard]] std::vector<std::string> WhyNoMetric(const Rule& rule, bool external,
                                                   const std::vector<MetricLabels>& found);

// A query of resource rules gives no row.
[[nodiscard]] std::string WhyNoRow(std::string_view promql, const PreviewInput& input);

}  // namespace tacho::adapter::internal

#endif  // TACHO_ADAPTER_CORE_RULE_PREVIEW_NOTES_H_
