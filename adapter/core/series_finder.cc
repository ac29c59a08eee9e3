#include "adapter/core/series_finder.h"

#include <map>
#include <set>
#include <string>

#include "tacho/labels.h"

namespace tacho::adapter {

std::vector<MetricLabels> MetricsOf(const std::vector<Labels>& series) {
  std::map<std::string, std::set<std::string>> by_metric;
  for (const Labels& labels : series) {
    std::set<std::string>& names = by_metric[std::string(labels.Get(kMetricNameLabel))];
    for (const Label& label : labels) {
      if (label.name != kMetricNameLabel) names.insert(label.name);
    }
  }
  by_metric.erase("");
  std::vector<MetricLabels> out;
  for (const auto& [metric, names] : by_metric) {
    out.push_back({metric, {names.begin(), names.end()}});
  }
  return out;
}

}  // namespace tacho::adapter
