#ifdef TACHO_WITH_ADAPTER
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/json_text.h"
#include "tools/preview.h"

namespace tacho::tools {
namespace {

using adapter::PreviewedMetric;
using adapter::PreviewedRule;

std::string NameOf(const PreviewedMetric& metric, const PreviewedRule& rule) {
  if (rule.section == "resourceRules") return "cpu and memory of " + metric.resource;
  return metric.resource.empty() ? metric.metric : metric.resource + "/" + metric.metric;
}

void PrintMetric(const PreviewedMetric& metric, const PreviewedRule& rule) {
  if (!metric.path.empty()) {
    std::cout << "  " << NameOf(metric, rule);
    if (!metric.series.empty()) std::cout << ", from " << metric.series;
    if (metric.objects > 0) std::cout << ", objects: " << metric.objects;
    std::cout << "\n    path    " << metric.path << "\n";
  }
  for (const std::string& query : metric.queries) std::cout << "    query   " << query << "\n";
  if (metric.status != 0) std::cout << "    answer  " << metric.status << ": ";
  if (metric.status == 0 && !metric.answer.empty()) std::cout << "    fault   ";
  if (!metric.answer.empty()) std::cout << metric.answer << "\n";
}

void PrintRule(const PreviewedRule& rule) {
  std::cout << rule.place << ": " << rule.section;
  if (!rule.series_query.empty()) std::cout << ": " << rule.series_query;
  std::cout << "\n";
  if (rule.series > 0) {
    const auto name = [](std::string* out, const MetricLabels& m) { *out += m.metric; };
    std::cout << "  selects " << rule.series << " series: " << absl::StrJoin(rule.found, ", ", name)
              << "\n";
  }
  for (const PreviewedMetric& metric : rule.metrics) PrintMetric(metric, rule);
  for (const std::string& note : rule.notes) std::cout << "  note    " << note << "\n";
}

template <typename Items, typename ToJson>
std::string List(const Items& items, ToJson to_json) {
  return absl::StrCat(
      "[", absl::StrJoin(items, ",", [&](std::string* out, const auto& i) { *out += to_json(i); }),
      "]");
}

std::string Field(std::string_view name, const std::string& json) {
  return JsonText(name) + ":" + json;
}

std::string MetricJson(const PreviewedMetric& metric) {
  const std::string fields[] = {
      Field("resource", JsonText(metric.resource)),
      Field("metric", JsonText(metric.metric)),
      Field("series", JsonText(metric.series)),
      Field("path", JsonText(metric.path)),
      Field("objects", std::to_string(metric.objects)),
      Field("queries", List(metric.queries, &JsonText)),
      Field("status", std::to_string(metric.status)),
      Field("answer", JsonText(metric.answer)),
  };
  return "{" + absl::StrJoin(fields, ",") + "}";
}

std::string FoundJson(const MetricLabels& found) {
  return "{" + Field("metric", JsonText(found.metric)) + "," +
         Field("labels", List(found.label_names, &JsonText)) + "}";
}

std::string RuleJson(const PreviewedRule& rule) {
  const std::string fields[] = {
      Field("section", JsonText(rule.section)),
      Field("place", JsonText(rule.place)),
      Field("seriesQuery", JsonText(rule.series_query)),
      Field("seriesSelected", std::to_string(rule.series)),
      Field("found", List(rule.found, &FoundJson)),
      Field("metrics", List(rule.metrics, &MetricJson)),
      Field("notes", List(rule.notes, &JsonText)),
  };
  return "{" + absl::StrJoin(fields, ",") + "}";
}

}  // namespace

void PrintPreview(const adapter::RulePreview& preview) {
  for (const PreviewedRule& rule : preview.rules) PrintRule(rule);
  for (const std::string& conflict : preview.conflicts) {
    std::cout << "overlap: " << conflict << "\n";
  }
}

std::string PreviewJson(const std::string& file, const adapter::RuleSet& rules,
                        const adapter::RulePreview& preview) {
  const std::string fields[] = {
      Field("file", JsonText(file)),
      Field("refused", std::to_string(rules.refused)),
      Field("problems", List(rules.problems, &JsonText)),
      Field("rules", List(preview.rules, &RuleJson)),
      Field("overlaps", List(preview.conflicts, &JsonText)),
  };
  return "{" + absl::StrJoin(fields, ",") + "}";
}

}  // namespace tacho::tools
#endif
