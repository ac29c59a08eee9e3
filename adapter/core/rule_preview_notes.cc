#include "adapter/core/rule_preview_notes.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapter/core/series_query_hints.h"
#include "adapter/core/text.h"
#include "tacho/metric_names.h"

namespace tacho::adapter::internal {
namespace {

using Names = std::vector<std::string>;

// Those that the expression can read, by name alone; empty if it cannot be parsed.
Names Readable(std::string_view promql, const Names& names) {
  Names out;
  const absl::StatusOr<MetricNames> readable = MetricNames::Of(promql);
  if (!readable.ok()) return out;
  std::copy_if(names.begin(), names.end(), std::back_inserter(out),
               [&](const std::string& name) { return readable->MaySelect(name); });
  return out;
}

std::string NearestTo(std::string_view word, const Names& names, const PreviewInput& input) {
  if (!input.nearest) return "";
  for (const std::string& name : names) {  // exported_pod for pod
    if (absl::StrContains(name, Abs(word))) return name;
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view nearest = input.nearest(word, views);
  // Short words are near to many.
  return nearest.empty() || nearest.front() != word.front() ? "" : std::string(nearest);
}

std::string NoSuchName(const SeriesQueryHints& hints, const Names& names,
                       const PreviewInput& input) {
  if (hints.metric.empty()) {
    return absl::StrCat("no name fits its seriesQuery; there are ", SomeOf(names));
  }
  const std::string nearest = NearestTo(hints.metric, names, input);
  if (!nearest.empty()) {
    return absl::StrCat("there is no metric ", hints.metric, "; did you mean ", nearest, "?");
  }
  return absl::StrCat("there is no metric ", hints.metric, "; there are ", SomeOf(names));
}

Names LabelNamesOf(const std::vector<Labels>& series) {
  std::set<std::string> names;
  for (const Labels& labels : series) {
    for (const Label& label : labels) {
      if (label.name != kMetricNameLabel) names.insert(label.name);
    }
  }
  return {names.begin(), names.end()};
}

// The metric is there, and the selector's labels pass over all of its series.
std::string LabelsAtFault(const std::string& metric, const SeriesQueryHints& hints,
                          const PreviewInput& input) {
  const auto series = input.lister->List(
      Labels::FromUnsorted({{std::string(kMetricNameLabel), metric}}).ToBraces());
  if (!series.ok()) return absl::StrCat(metric, ": ", series.status().message());
  const Names present = LabelNamesOf(*series);
  Names lacking;
  for (const std::string& label : hints.labels) {
    if (std::find(present.begin(), present.end(), label) != present.end()) continue;
    const std::string nearest = NearestTo(label, present, input);
    lacking.push_back(nearest.empty() ? label : label + " (did you mean " + nearest + "?)");
  }
  if (!lacking.empty()) {
    return absl::StrCat("series of ", metric, " have no label ", absl::StrJoin(lacking, ", "),
                        "; they have ", present.empty() ? "none" : SomeOf(present));
  }
  if (series->empty()) return absl::StrCat(metric, " has no series now");
  return absl::StrCat("series of ", metric,
                      " do not have the label values that its seriesQuery asks for; one is ",
                      series->front().ToString());
}

}  // namespace

std::string SomeOf(const std::vector<std::string>& names) {
  if (names.empty()) return "none";
  const auto end = names.begin() + std::ptrdiff_t(std::min(names.size(), kMaxPreviewNames));
  std::string out = absl::StrJoin(names.begin(), end, ", ");
  if (end != names.end()) absl::StrAppend(&out, " and ", names.end() - end, " more");
  return out;
}

std::vector<std::string> WhyNoSeries(const Rule& rule, const PreviewInput& input) {
  if (rule.series_query.empty()) return {"it has no seriesQuery, so that it finds no series"};
  const absl::StatusOr<Names> names = input.lister->Names();
  if (!names.ok()) return {std::string(names.status().message())};
  const SeriesQueryHints hints = ReadSeriesQuery(rule.series_query);
  const Names readable = Readable(rule.series_query, *names);
  if (readable.empty()) return {NoSuchName(hints, *names, input)};
  std::vector<std::string> notes;
  for (size_t i = 0; i < std::min(readable.size(), kMaxPreviewNames); ++i) {
    notes.push_back(LabelsAtFault(readable[i], hints, input));
  }
  return notes;
}

std::vector<std::string> WhyNoMetric(const Rule& rule, bool external,
                                     const std::vector<MetricLabels>& found) {
  Names refused;
  Names unplaced;
  for (const MetricLabels& metric : found) {
    if (!rule.ApiName(metric.metric).has_value()) {
      refused.push_back(metric.metric);
    } else if (!external && rule.resources.ResourcesOf(metric.label_names).empty()) {
      unplaced.push_back(absl::StrCat(metric.metric, " (", SomeOf(metric.label_names), ")"));
    }
  }
  std::vector<std::string> notes;
  if (!refused.empty()) {
    notes.push_back("seriesFilters or name.matches refuse " + SomeOf(refused));
  }
  if (!unplaced.empty()) {
    notes.push_back("no label names a Kubernetes object, by resources.overrides or template, of " +
                    SomeOf(unplaced));
  }
  if (refused.size() + unplaced.size() < found.size()) {
    notes.emplace_back("a later rule gives the same metrics, and answers");
  }
  return notes;
}

std::string WhyNoRow(std::string_view promql, const PreviewInput& input) {
  const absl::StatusOr<Names> names = input.lister->Names();
  if (!names.ok()) return std::string(names.status().message());
  const Names readable = Readable(promql, *names);
  if (readable.empty()) {
    return absl::StrCat("none of the metrics is there that are read by ", Abs(promql));
  }
  return absl::StrCat(SomeOf(readable), " is there, and gives no row to ", Abs(promql));
}

}  // namespace tacho::adapter::internal
