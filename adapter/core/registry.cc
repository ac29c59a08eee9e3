#include "adapter/core/registry.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/series_query_hints.h"
#include "adapter/core/text.h"

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

const std::string& NameOf(const MetricKey& key) { return key.metric; }
const std::string& NameOf(const std::string& key) { return key; }

std::string Describe(const MetricSource& source) {
  return absl::StrCat(source.rule->place, " (series ",
                      source.series_name.empty() ? "not seen yet" : source.series_name, ")");
}

}  // namespace

MetricRegistry::MetricRegistry(std::shared_ptr<const RuleSet> rules, const FoundSeries& custom,
                               const FoundSeries& external)
    : rules_(std::move(rules)) {
  for (size_t i = 0; i < custom.size() && i < rules_->rules.size(); ++i) {
    for (const MetricLabels& found : custom[i]) AddCustom(rules_->rules[i], found, &metrics_);
  }
  for (size_t i = 0; i < external.size() && i < rules_->external_rules.size(); ++i) {
    const Rule& rule = rules_->external_rules[i];
    for (const MetricLabels& found : external[i]) {
      const std::optional<std::string> name = rule.ApiName(found.metric);
      if (name.has_value()) Add(*name, {&rule, found.metric}, "external metrics", &external_);
    }
  }
  AddSpelledOut();
  documents_.emplace(Contents());
}

// What rules offer before any of their series is there; what has been seen goes before.
void MetricRegistry::AddSpelledOut() {
  std::map<MetricKey, MetricSource> custom;
  for (const Rule& rule : rules_->rules) {
    const std::optional<SpelledOut> offer = ReadSpelledOut(rule);
    if (!offer.has_value()) continue;
    for (const GroupResource& resource : offer->resources) {
      const MetricKey key{resource, offer->api_name};
      if (metrics_.contains(key)) continue;
      Add(key, {&rule, offer->series_name}, resource.ToString(), &custom);
    }
  }
  metrics_.merge(custom);
  std::map<std::string, MetricSource, std::less<>> external;
  for (const Rule& rule : rules_->external_rules) {
    const std::optional<SpelledOut> offer = ReadSpelledOut(rule);
    if (!offer.has_value() || external_.contains(offer->api_name)) continue;
    Add(offer->api_name, {&rule, offer->series_name}, "external metrics", &external);
  }
  external_.merge(external);
}

template <typename Map>
void MetricRegistry::Add(const typename Map::key_type& key, const MetricSource& source,
                         std::string_view of, Map* to) {
  const auto [it, added] = to->emplace(key, source);
  if (added) return;
  if (conflicts_.size() < kMaxConflicts) {
    conflicts_.push_back(absl::StrCat("metric ", NameOf(key), " of ", Abs(of), " comes from ",
                                      Describe(it->second), " and from ", Describe(source),
                                      "; the latter answers"));
  }
  it->second = source;
}

void MetricRegistry::AddCustom(const Rule& rule, const MetricLabels& found,
                               std::map<MetricKey, MetricSource>* to) {
  const std::optional<std::string> name = rule.ApiName(found.metric);
  if (!name.has_value()) return;
  for (const GroupResource& resource : rule.resources.ResourcesOf(found.label_names)) {
    Add({resource, *name}, {&rule, found.metric}, resource.ToString(), to);
  }
}

ApiContents MetricRegistry::Contents() const {
  ApiContents out;
  if (rules_->serves_custom) out.groups.push_back(ApiGroup::kCustom);
  if (rules_->serves_external) out.groups.push_back(ApiGroup::kExternal);
  if (rules_->serves_resource) out.groups.push_back(ApiGroup::kResource);
  for (const auto& [key, source] : metrics_) {
    out.custom.push_back(
        {absl::StrCat(key.resource.ToString(), "/", key.metric), !IsRootScoped(key.resource)});
  }
  for (const auto& [name, source] : external_) out.external.push_back(name);
  return out;
}

const MetricSource* MetricRegistry::Find(const MetricKey& key) const {
  const auto it = metrics_.find(key);
  return it == metrics_.end() ? nullptr : &it->second;
}

const MetricSource* MetricRegistry::FindExternal(std::string_view metric) const {
  const auto it = external_.find(metric);
  return it == external_.end() ? nullptr : &it->second;
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

FoundSeries SeenSeries::All() const {
  FoundSeries out(rules_.size());
  for (size_t i = 0; i < rules_.size(); ++i) {
    for (const auto& [metric, labels] : rules_[i]) {
      out[i].push_back({metric, {labels.begin(), labels.end()}});
    }
  }
  return out;
}

LiveRegistry::LiveRegistry(std::shared_ptr<const RuleSet> rules, SeriesFinder* series)
    : rules_(std::move(rules)), series_(series) {}

// A selector that fails concerns its own rule only.
void LiveRegistry::Look(const std::vector<Rule>& rules, SeenSeries* seen) {
  for (size_t i = 0; i < rules.size(); ++i) {
    const std::string& selector = rules[i].series_query;
    if (selector.empty()) continue;
    const absl::StatusOr<std::vector<MetricLabels>> found = series_->Find(selector);
    if (found.ok()) seen->Add(i, *found);
  }
}

std::shared_ptr<const MetricRegistry> LiveRegistry::Get() {
  const std::lock_guard lock(mutex_);
  // Read before the series are: what comes in between is found by the next call.
  const uint64_t version = series_->version();
  if (version_ == version) return snapshot_;
  Look(rules_->rules, &custom_);
  Look(rules_->external_rules, &external_);
  const bool custom_changed = custom_.TakeChanged();
  const bool external_changed = external_.TakeChanged();
  if (snapshot_ == nullptr || custom_changed || external_changed) {
    snapshot_ = std::make_shared<const MetricRegistry>(rules_, custom_.All(), external_.All());
  }
  version_ = version;
  return snapshot_;
}

std::vector<std::string> LiveRegistry::TakeNewConflicts() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  if (snapshot_ == nullptr) return out;
  for (const std::string& conflict : snapshot_->conflicts()) {
    // A bounded set: names come from targets.
    if (told_conflicts_.size() >= kMaxConflicts) break;
    if (told_conflicts_.insert(conflict).second) out.push_back(conflict);
  }
  return out;
}

}  // namespace tacho::adapter
