#include "tacho/metric_names.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "parser/promql.h"
#include "storage/matcher.h"
#include "tacho/labels.h"
#include "tacho/options.h"

namespace tacho {

// For each selector its matchers on __name__; none: any metric.
struct MetricNames::Selectors {
  std::vector<std::vector<storage::LabelMatcher>> names;
};

MetricNames::MetricNames(std::shared_ptr<const Selectors> selectors)
    : selectors_(std::move(selectors)) {}

absl::StatusOr<MetricNames> MetricNames::Of(std::string_view promql) {
  const absl::StatusOr<parser::Ast> ast = parser::ParsePromql(promql);
  if (!ast.ok()) return ast.status();
  auto selectors = std::make_shared<Selectors>();
  for (parser::NodeId id = 0; id < ast->size(); ++id) {
    const parser::Node& node = (*ast)[id];
    if (node.kind != parser::NodeKind::kVectorSelector) continue;
    std::vector<storage::LabelMatcher>& names = selectors->names.emplace_back();
    for (const parser::Matcher& matcher : node.matchers) {
      if (matcher.label != kMetricNameLabel) continue;
      absl::StatusOr<storage::LabelMatcher> compiled = storage::LabelMatcher::Create(
          matcher.label, matcher.op, matcher.value, QueryLimits().max_regex_bytes);
      if (!compiled.ok()) return compiled.status();
      names.push_back(*std::move(compiled));
    }
  }
  return MetricNames(std::move(selectors));
}

bool MetricNames::MaySelect(std::string_view metric) const {
  return std::ranges::any_of(selectors_->names, [metric](const auto& names) {
    return std::ranges::all_of(
        names, [metric](const storage::LabelMatcher& name) { return name.Matches(metric); });
  });
}

}  // namespace tacho
