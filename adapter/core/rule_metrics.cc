#include "adapter/core/rule_metrics.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tacho::adapter {
namespace {

// Stands for a series of no name that matters: what a query reads besides it, it reads
// always.
constexpr std::string_view kNobody = "tacho_nobody";

// A query may name a sister of the series that was found: <<.Series>>_count.
constexpr std::array<std::string_view, 5> kSuffixes = {"_bucket", "_sum", "_count", "_total",
                                                       "_created"};

std::optional<MetricNames> NamesOf(std::string_view promql) {
  absl::StatusOr<MetricNames> names = MetricNames::Of(promql);
  if (!names.ok()) return std::nullopt;
  return *std::move(names);
}

// What a query reads for a series of this name; nothing if it cannot be told.
std::optional<MetricNames> QueryNames(const QueryTemplate& query, const ResourceLabels& labels,
                                      std::string_view series) {
  const auto label = [&labels](const char* resource, const char* usual) {
    return labels.LabelOf({"", resource}).value_or(usual);
  };
  TemplateArgs args;
  args.series = series;
  const std::string pod = label("pods", "pod");
  args.label_matchers = {{label("namespaces", "namespace"), MatchOp::kEqual, {"default"}},
                         {pod, MatchOp::kEqual, {"a"}}};
  args.group_by = {pod};
  const absl::StatusOr<std::string> promql = query.Expand(args);
  return promql.ok() ? NamesOf(*promql) : std::nullopt;
}

}  // namespace

void RuleMetricFilter::Add(const Rule& rule) {
  Reader reader{rule, std::nullopt, QueryNames(rule.metrics_query, rule.resources, kNobody)};
  if (!rule.series_query.empty()) {
    reader.found = NamesOf(rule.series_query);
    keeps_all_ |= !reader.found.has_value();
  }
  keeps_all_ |= !reader.always.has_value();
  readers_.push_back(std::move(reader));
}

void RuleMetricFilter::Add(const ResourceRule& rule) {
  for (const QueryTemplate* query : {&rule.container_query, &rule.node_query}) {
    Reader reader{std::nullopt, std::nullopt, QueryNames(*query, rule.resources, kNobody)};
    keeps_all_ |= !reader.always.has_value();
    readers_.push_back(std::move(reader));
  }
}

bool RuleMetricFilter::Finds(const Reader& reader, std::string_view series) {
  return reader.found.has_value() && reader.found->MaySelect(series) &&
         std::ranges::all_of(reader.rule->filters, [series](const SeriesFilter& filter) {
           return filter.Passes(series);
         });
}

bool RuleMetricFilter::Reads(const Reader& reader, std::string_view metric) {
  if (Finds(reader, metric) || reader.always->MaySelect(metric)) return true;
  return std::ranges::any_of(kSuffixes, [&](std::string_view suffix) {
    if (!metric.ends_with(suffix)) return false;
    const std::string_view series = metric.substr(0, metric.size() - suffix.size());
    if (!Finds(reader, series)) return false;
    const std::optional<MetricNames> names =
        QueryNames(reader.rule->metrics_query, reader.rule->resources, series);
    return !names.has_value() || names->MaySelect(metric);
  });
}

bool RuleMetricFilter::Decide(std::string_view metric) const {
  return std::ranges::any_of(readers_,
                             [metric](const Reader& reader) { return Reads(reader, metric); });
}

bool RuleMetricFilter::Keeps(std::string_view metric) const {
  if (keeps_all_) return true;
  {
    const std::lock_guard lock(mutex_);
    const auto it = decided_.find(metric);
    if (it != decided_.end()) return it->second;
  }
  const bool keeps = Decide(metric);
  const std::lock_guard lock(mutex_);
  if (decided_.size() < kMaxRememberedNames) decided_.emplace(metric, keeps);
  return keeps;
}

}  // namespace tacho::adapter
