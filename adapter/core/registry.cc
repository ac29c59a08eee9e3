#include "adapter/core/registry.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/replies.h"
#include "adapter/core/series_query_hints.h"

namespace tacho::adapter {
namespace {

constexpr size_t kMaxConflicts = 100;  // reported; more would only fill the log

// What a rule offers before any of its series is there.
struct SpelledOut {
  std::string series_name;  // empty: only the API's name is known
  std::string api_name;
  std::vector<GroupResource> resources;
};

std::optional<SpelledOut> ReadSpelledOut(const Rule& rule) {
  if (rule.series_query.empty()) return std::nullopt;
  SeriesQueryHints hints = ReadSeriesQuery(rule.series_query);
  std::optional<std::string> name =
      hints.metric.empty() ? LiteralExpansion(rule.name_as) : rule.ApiName(hints.metric);
  if (!name.has_value()) return std::nullopt;
  SpelledOut out;
  out.api_name = *std::move(name);
  out.series_name = std::move(hints.metric);
  for (const auto& [label, resource] : rule.resources.overrides) hints.labels.push_back(label);
  out.resources = rule.resources.ResourcesOf(hints.labels);
  return out;
}

std::string Describe(const MetricSource& source) {
  return absl::StrCat(source.rule->place, " (series ", source.series_name, ")");
}

}  // namespace

MetricRegistry::MetricRegistry(std::shared_ptr<const RuleSet> rules,
                               std::span<const std::vector<MetricLabels>> series)
    : rules_(std::move(rules)) {
  for (const Rule& rule : rules_->rules) {
    const std::optional<SpelledOut> offer = ReadSpelledOut(rule);
    if (!offer.has_value()) continue;
    for (const GroupResource& resource : offer->resources) {
      metrics_[{resource, offer->api_name}] = {&rule, offer->series_name};
    }
  }
  std::map<MetricKey, MetricSource> seen;
  for (size_t i = 0; i < series.size() && i < rules_->rules.size(); ++i) {
    for (const MetricLabels& found : series[i]) AddSeries(rules_->rules[i], found, &seen);
  }
  for (auto& [key, source] : seen) metrics_[key] = std::move(source);
  list_v1beta1_ = MakeList(ApiVersion::kV1beta1);
  list_v1beta2_ = MakeList(ApiVersion::kV1beta2);
}

void MetricRegistry::AddSeries(const Rule& rule, const MetricLabels& found,
                               std::map<MetricKey, MetricSource>* seen) {
  const std::optional<std::string> name = rule.ApiName(found.metric);
  if (!name.has_value()) return;
  for (const GroupResource& resource : rule.resources.ResourcesOf(found.label_names)) {
    const MetricSource source{&rule, found.metric};
    const auto [it, added] = seen->emplace(MetricKey{resource, *name}, source);
    if (added) continue;
    if (conflicts_.size() < kMaxConflicts) {
      conflicts_.push_back(absl::StrCat("metric ", *name, " of ", resource.ToString(),
                                        " comes from ", Describe(it->second), " and from ",
                                        Describe(source), "; the latter answers"));
    }
    it->second = source;
  }
}

std::string MetricRegistry::MakeList(ApiVersion version) const {
  std::vector<ListedMetric> listed;
  for (const auto& [key, source] : metrics_) {
    listed.push_back(
        {absl::StrCat(key.resource.ToString(), "/", key.metric), !IsRootScoped(key.resource)});
  }
  return adapter::ResourceListJson(version, listed);
}

const MetricSource* MetricRegistry::Find(const MetricKey& key) const {
  const auto it = metrics_.find(key);
  return it == metrics_.end() ? nullptr : &it->second;
}

const std::string& MetricRegistry::ResourceListJson(ApiVersion version) const {
  return version == ApiVersion::kV1beta1 ? list_v1beta1_ : list_v1beta2_;
}

void SeenSeries::Add(size_t rule, const std::vector<MetricLabels>& found) {
  if (rules_.size() <= rule) rules_.resize(rule + 1);
  for (const MetricLabels& metric : found) {
    if (rules_[rule].size() >= max_names_ && !rules_[rule].contains(metric.metric)) continue;
    const auto [it, added] = rules_[rule].try_emplace(metric.metric);
    std::set<std::string>& labels = it->second;
    const size_t before = labels.size();
    labels.insert(metric.label_names.begin(), metric.label_names.end());
    changed_ |= added || labels.size() != before;
  }
}

std::vector<std::vector<MetricLabels>> SeenSeries::All() const {
  std::vector<std::vector<MetricLabels>> out(rules_.size());
  for (size_t i = 0; i < rules_.size(); ++i) {
    for (const auto& [metric, labels] : rules_[i]) {
      out[i].push_back({metric, {labels.begin(), labels.end()}});
    }
  }
  return out;
}

LiveRegistry::LiveRegistry(std::shared_ptr<const RuleSet> rules, Database database)
    : rules_(std::move(rules)), database_(std::move(database)) {}

std::shared_ptr<const MetricRegistry> LiveRegistry::Get() {
  const std::lock_guard lock(mutex_);
  // Read before the series are: what comes in between is found by the next call.
  const uint64_t version = database_.series_version();
  if (version_ == version) return snapshot_;
  for (size_t i = 0; i < rules_->rules.size(); ++i) {
    const std::string& selector = rules_->rules[i].series_query;
    if (selector.empty()) continue;
    const absl::StatusOr<std::vector<MetricLabels>> found = database_.Metrics(selector);
    if (found.ok()) seen_.Add(i, *found);
  }
  if (snapshot_ == nullptr || seen_.TakeChanged()) {
    snapshot_ = std::make_shared<const MetricRegistry>(rules_, seen_.All());
  }
  version_ = version;
  return snapshot_;
}

}  // namespace tacho::adapter
