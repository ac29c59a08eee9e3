#include "engine/metadata.h"

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "parser/metadata.h"

namespace tacho::engine {
namespace {

using parser::MetadataKind;

void Note(MetadataKind kind, std::string_view text, MetricMetadata* of) {
  switch (kind) {
    case MetadataKind::kHelp:
      of->help = text;
      return;
    case MetadataKind::kType:
      of->type = text == "untyped" ? "unknown" : text;
      return;
    case MetadataKind::kUnit:
      of->unit = text;
      return;
  }
}

}  // namespace

std::vector<MetricMetadata> CollectMetadata(PlanCache& plans) {
  std::set<MetricMetadata> all;
  for (const auto& plan : plans.Living()) {
    std::map<std::string, MetricMetadata, std::less<>> of_plan;
    parser::ForEachMetadata(*plan,
                            [&](MetadataKind kind, std::string_view metric, std::string_view text) {
                              auto place = of_plan.find(metric);
                              if (place == of_plan.end()) {
                                MetricMetadata fresh;
                                fresh.metric = metric;
                                place = of_plan.emplace(fresh.metric, fresh).first;
                              }
                              Note(kind, text, &place->second);
                            });
    for (auto& [metric, metadata] : of_plan) all.insert(std::move(metadata));
  }
  return {all.begin(), all.end()};
}

}  // namespace tacho::engine
