#include "adapter/core/rule_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/rule_check.h"
#include "adapter/core/text.h"
#include "adapter/core/yaml_fields.h"

namespace tacho::adapter::internal {
namespace {

constexpr std::array<std::string_view, 6> kRuleKeys = {"seriesQuery", "seriesFilters", "resources",
                                                       "name",        "metricsQuery",  "tacho"};
constexpr std::array<std::string_view, 2> kFilterKeys = {"is", "isNot"};
constexpr std::array<std::string_view, 3> kResourcesKeys = {"overrides", "template", "namespaced"};
constexpr std::array<std::string_view, 2> kGroupResourceKeys = {"group", "resource"};
constexpr std::array<std::string_view, 2> kNameKeys = {"matches", "as"};
constexpr std::array<std::string_view, 4> kResourceRulesKeys = {"cpu", "memory", "window", "tacho"};
constexpr std::array<std::string_view, 4> kResourceRuleKeys = {"containerQuery", "nodeQuery",
                                                               "resources", "containerLabel"};

absl::StatusOr<GoRegexp> CompileAt(const YamlValue& value, std::string_view pattern) {
  absl::StatusOr<GoRegexp> regexp = GoRegexp::Compile(pattern);
  if (!regexp.ok()) return value.Error(Std(regexp.status().message()));
  return regexp;
}

absl::StatusOr<SeriesFilter> ReadFilter(const YamlValue& value) {
  std::string is;
  std::string is_not;
  YamlFields fields(value, "a series filter", kFilterKeys);
  fields.Read("is", &is);
  fields.Read("isNot", &is_not);
  if (!fields.status().ok()) return fields.status();
  if (is.empty() && is_not.empty()) {
    return value.Error("must have either an `is` or `isNot` expression in a filter");
  }
  if (!is.empty() && !is_not.empty()) {
    return value.Error(absl::StrCat("cannot have both an `is` (", Quoted(is), ") and `isNot` (",
                                    Quoted(is_not), ") expression in a single filter"));
  }
  absl::StatusOr<GoRegexp> regexp = CompileAt(value, is.empty() ? is_not : is);
  if (!regexp.ok()) return regexp.status();
  return SeriesFilter{*std::move(regexp), is.empty()};
}

bool NeedsNamespace(const Rule& rule) {
  const auto& overrides = rule.resources.overrides;
  return std::any_of(overrides.begin(), overrides.end(),
                     [](const auto& entry) { return !IsRootScoped(entry.second); });
}

// The key's value, for places; the whole rule where there is none.
YamlValue At(const YamlValue& rule, std::string_view key) { return rule.Find(key).value_or(rule); }

absl::StatusOr<GoRegexp> ReadMatches(const YamlValue& rule, const std::string& matches,
                                     std::string_view series_query, std::string* as) {
  const YamlValue place = At(At(rule, "name"), "matches");
  absl::StatusOr<GoRegexp> regexp = CompileAt(place, matches.empty() ? ".*" : matches);
  if (!regexp.ok() || !as->empty()) return regexp;
  if (regexp->groups() > 1) {
    return place.Error(absl::StrCat("must specify an 'as' value for name matcher ", Quoted(matches),
                                    " associated with series query ", Quoted(series_query)));
  }
  *as = regexp->groups() == 1 ? "$1" : "$0";
  return regexp;
}

absl::StatusOr<QueryTemplate> ReadQuery(const YamlValue& rule, std::string_view key,
                                        const std::string& text) {
  const YamlValue place = At(rule, key);
  if (text.empty()) return place.Error(absl::StrCat("the rule has no ", Abs(key)));
  absl::StatusOr<QueryTemplate> query = QueryTemplate::Parse(text);
  if (query.ok()) return query;
  return place.Error(absl::StrCat("unable to parse metrics query template ", Quoted(text), ": ",
                                  query.status().message()));
}

}  // namespace

absl::StatusOr<Rule> RuleReader::ReadRule(const YamlValue& value, RuleKind kind) const {
  absl::StatusOr<Rule> rule = ParseRule(value);
  if (!rule.ok()) return rule;
  const absl::Status status = CheckRule(value, *rule, kind);
  if (!status.ok()) return status;
  Warn(value, *rule, kind);
  return rule;
}

absl::StatusOr<Rule> RuleReader::ParseRule(const YamlValue& value) const {
  std::string matches;
  std::string as;
  std::string metrics_query;
  std::string series_query;
  std::vector<SeriesFilter> filters;
  ResourceLabels resources;
  RulePolicy policy;
  YamlFields fields(value, "a rule", kRuleKeys);
  fields.Read("seriesQuery", &series_query);
  fields.Read("metricsQuery", &metrics_query);
  fields.ReadEach("seriesFilters", [&](const YamlValue& filter) {
    absl::StatusOr<SeriesFilter> read = ReadFilter(filter);
    if (read.ok()) filters.push_back(*std::move(read));
    return read.status();
  });
  fields.ReadWith("resources", [&](const YamlValue& v) { return ReadResources(v, &resources); });
  fields.ReadWith("name", [&](const YamlValue& name) {
    YamlFields name_fields(name, "name", kNameKeys);
    name_fields.Read("matches", &matches);
    name_fields.Read("as", &as);
    return name_fields.status();
  });
  fields.ReadWith("tacho", [&](const YamlValue& v) { return ReadRulePolicy(v, &policy); });
  if (!fields.status().ok()) return fields.status();

  absl::StatusOr<GoRegexp> regexp = ReadMatches(value, matches, series_query, &as);
  if (!regexp.ok()) return regexp.status();
  absl::StatusOr<QueryTemplate> query = ReadQuery(value, "metricsQuery", metrics_query);
  if (!query.ok()) return query.status();
  return Rule{value.Place(),      std::move(series_query), std::move(filters), std::move(resources),
              *std::move(regexp), std::move(as),           *std::move(query),  policy};
}

absl::Status RuleReader::CheckRule(const YamlValue& value, const Rule& rule, RuleKind kind) const {
  if (!rule.series_query.empty()) {
    const absl::Status status = checks_.selector(rule.series_query);
    if (!status.ok()) {
      return At(value, "seriesQuery").Error(absl::StrCat("seriesQuery: ", status.message()));
    }
  }
  const absl::Status status = kind == RuleKind::kCustom ? CheckRuleQuery(rule, checks_.query)
                                                        : CheckExternalQuery(rule, checks_.query);
  if (status.ok()) return status;
  return At(value, "metricsQuery").Error(absl::StrCat("metricsQuery: ", status.message()));
}

void RuleReader::Warn(const YamlValue& value, const Rule& rule, RuleKind kind) const {
  WarnName(value, rule);
  if (rule.series_query.empty()) {
    Report(value, "the rule has no seriesQuery, so it finds no series and answers nothing");
  } else if (kind == RuleKind::kCustom) {
    WarnCustom(value, rule);
  } else if (rule.resources.namespaced && !rule.resources.LabelOf({"", "namespaces"})) {
    Report(value,
           "the rule has no label for namespaces, so every request for it fails; add one to "
           "resources.overrides, or say resources: {namespaced: false}");
  }
}

void RuleReader::WarnName(const YamlValue& value, const Rule& rule) const {
  const YamlValue place = At(At(value, "name"), "as");
  for (const std::string& group : rule.name_matches.UnknownGroups(rule.name_as)) {
    Report(place, absl::StrCat("name.as refers to the group ", Quoted(group),
                               ", which name.matches does not have, and puts nothing there; "
                               "write ${1}_x for group 1 before _x"));
  }
  if (absl::StrContains(rule.name_as, '/')) {
    Report(place, "name.as has a /, which ends a part of a path: nobody can ask for the metric");
  }
}

void RuleReader::WarnCustom(const YamlValue& value, const Rule& rule) const {
  if (rule.resources.overrides.empty() && !rule.resources.label_template.has_value()) {
    Report(value,
           "the rule maps no label to a resource, so it answers nothing; add "
           "resources.overrides or resources.template");
  } else if (NeedsNamespace(rule) && !rule.resources.LabelOf({"", "namespaces"}).has_value()) {
    Report(value,
           "the rule has no label for namespaces, so its metrics of pods and the like cannot "
           "be asked for; add one to resources.overrides");
  }
}

absl::StatusOr<std::optional<ResourceRules>> RuleReader::ReadResourceRules(
    const YamlValue& value) const {
  std::optional<ResourceRule> cpu;
  std::optional<ResourceRule> memory;
  absl::Duration window;
  RulePolicy policy;
  YamlFields fields(value, "resourceRules", kResourceRulesKeys);
  const auto read = [this](std::optional<ResourceRule>* out) {
    return [this, out](const YamlValue& v) {
      absl::StatusOr<ResourceRule> rule = ReadResourceRule(v);
      if (rule.ok()) *out = *std::move(rule);
      return rule.status();
    };
  };
  fields.ReadWith("cpu", read(&cpu));
  fields.ReadWith("memory", read(&memory));
  fields.ReadDuration("window", &window);
  fields.ReadWith("tacho", [&](const YamlValue& v) { return ReadRulePolicy(v, &policy); });
  if (!fields.status().ok()) return fields.status();
  if (!cpu.has_value() || !memory.has_value()) {
    Report(value, absl::StrCat("resourceRules has no ", cpu.has_value() ? "memory" : "cpu",
                               ", so it answers nothing: pods and nodes need both"));
    return std::optional<ResourceRules>();
  }
  return std::optional<ResourceRules>(
      ResourceRules{*std::move(cpu), *std::move(memory), window, policy});
}

absl::StatusOr<ResourceRule> RuleReader::ReadResourceRule(const YamlValue& value) const {
  std::string container_text;
  std::string node_text;
  std::string container_label;
  ResourceLabels resources;
  YamlFields fields(value, "a resource rule", kResourceRuleKeys);
  fields.Read("containerQuery", &container_text);
  fields.Read("nodeQuery", &node_text);
  fields.Read("containerLabel", &container_label);
  fields.ReadWith("resources", [&](const YamlValue& v) { return ReadResources(v, &resources); });
  if (!fields.status().ok()) return fields.status();
  absl::StatusOr<QueryTemplate> containers = ReadQuery(value, "containerQuery", container_text);
  if (!containers.ok()) return containers.status();
  absl::StatusOr<QueryTemplate> nodes = ReadQuery(value, "nodeQuery", node_text);
  if (!nodes.ok()) return nodes.status();
  ResourceRule rule{value.Place(), *std::move(containers), *std::move(nodes), std::move(resources),
                    std::move(container_label)};
  const absl::Status status = CheckResourceRule(value, rule);
  if (!status.ok()) return status;
  return rule;
}

absl::Status RuleReader::CheckResourceRule(const YamlValue& value, const ResourceRule& rule) const {
  if (rule.container_label.empty()) {
    return value.Error("the rule has no containerLabel, so containers cannot be told apart");
  }
  for (const char* resource : {"namespaces", "pods", "nodes"}) {
    if (rule.resources.LabelOf({"", resource}).has_value()) continue;
    return At(value, "resources")
        .Error(absl::StrCat("the rule has no label for ", resource,
                            "; add one to resources.overrides"));
  }
  absl::Status status = CheckContainerQuery(rule, checks_.query);
  if (!status.ok()) {
    return At(value, "containerQuery").Error(absl::StrCat("containerQuery: ", status.message()));
  }
  status = CheckNodeQuery(rule, checks_.query);
  if (status.ok()) return status;
  return At(value, "nodeQuery").Error(absl::StrCat("nodeQuery: ", status.message()));
}

absl::Status RuleReader::ReadResources(const YamlValue& value, ResourceLabels* out) const {
  std::string label_template;
  YamlFields fields(value, "resources", kResourcesKeys);
  fields.Read("template", &label_template);
  fields.Read("namespaced", &out->namespaced);
  fields.ReadWith("overrides", [&](const YamlValue& overrides) {
    absl::Status status = overrides.ExpectMapping("overrides");
    for (const auto& [label, resource] : overrides.Entries()) {
      if (status.ok()) status = ReadOverride(label, resource, out);
    }
    return status;
  });
  if (!fields.status().ok() || label_template.empty()) return fields.status();
  absl::StatusOr<LabelTemplate> parsed = LabelTemplate::Parse(label_template);
  if (!parsed.ok()) return At(value, "template").Error(Std(parsed.status().message()));
  out->label_template = *std::move(parsed);
  return absl::OkStatus();
}

absl::Status RuleReader::ReadOverride(const YamlValue& label, const YamlValue& value,
                                      ResourceLabels* out) const {
  std::string group;
  std::string resource;
  YamlFields fields(value, "an override", kGroupResourceKeys);
  fields.Read("group", &group);
  fields.Read("resource", &resource);
  if (!fields.status().ok()) return fields.status();
  const ResourceInfo* info = FindResource(resource, group);
  if (info == nullptr) {
    Report(value,
           absl::StrCat("label ", Quoted(label.text()), " is ignored: no resource ",
                        Quoted(resource), group.empty() ? "" : " of group ", group, " is known"));
    return absl::OkStatus();
  }
  const GroupResource known = ToGroupResource(*info);
  for (const auto& [other, other_resource] : out->overrides) {
    if (other_resource != known) continue;
    Report(value, absl::StrCat("labels ", Quoted(other), " and ", Quoted(label.text()),
                               " both stand for ", known.ToString(), "; queries use the first"));
  }
  out->overrides.emplace_back(label.text(), known);
  return absl::OkStatus();
}

void RuleReader::Report(const YamlValue& value, std::string_view message) const {
  problems_->emplace_back(value.Error(message).message());
}

}  // namespace tacho::adapter::internal
