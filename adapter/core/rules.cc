#include "adapter/core/rules.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/rule_check.h"
#include "adapter/core/text.h"
#include "adapter/core/yaml.h"
#include "adapter/core/yaml_fields.h"

namespace tacho::adapter {
namespace {

constexpr std::array<std::string_view, 3> kTopKeys = {"rules", "externalRules", "resourceRules"};
constexpr std::array<std::string_view, 5> kRuleKeys = {"seriesQuery", "seriesFilters", "resources",
                                                       "name", "metricsQuery"};
constexpr std::array<std::string_view, 2> kFilterKeys = {"is", "isNot"};
constexpr std::array<std::string_view, 3> kResourcesKeys = {"overrides", "template", "namespaced"};
constexpr std::array<std::string_view, 2> kGroupResourceKeys = {"group", "resource"};
constexpr std::array<std::string_view, 2> kNameKeys = {"matches", "as"};
constexpr std::array<std::string_view, 3> kResourceRulesKeys = {"cpu", "memory", "window"};
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

// Reads one file; what it finds wrong without refusing goes to `problems`.
class RuleReader {
 public:
  RuleReader(const RuleChecks& checks, std::vector<std::string>* problems)
      : checks_(checks), problems_(problems) {}

  absl::StatusOr<Rule> ReadRule(const YamlValue& value) {
    std::string matches;
    std::string as;
    std::string metrics_query;
    std::string series_query;
    std::vector<SeriesFilter> filters;
    ResourceLabels resources;
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
    if (!fields.status().ok()) return fields.status();

    absl::StatusOr<GoRegexp> regexp = ReadMatches(value, matches, series_query, &as);
    if (!regexp.ok()) return regexp.status();
    absl::StatusOr<QueryTemplate> query = ReadQuery(value, "metricsQuery", metrics_query);
    if (!query.ok()) return query.status();
    return Rule{value.Place(),        std::move(series_query), std::move(filters),
                std::move(resources), *std::move(regexp),      std::move(as),
                *std::move(query)};
  }

  absl::Status CheckRule(const YamlValue& value, const Rule& rule) const {
    if (!rule.series_query.empty()) {
      const absl::Status status = checks_.selector(rule.series_query);
      if (!status.ok()) {
        return At(value, "seriesQuery").Error(absl::StrCat("seriesQuery: ", status.message()));
      }
    }
    const absl::Status status = CheckRuleQuery(rule, checks_.query);
    if (status.ok()) return status;
    return At(value, "metricsQuery").Error(absl::StrCat("metricsQuery: ", status.message()));
  }

  // Says what the rule cannot do, although it may load.
  void Warn(const YamlValue& value, const Rule& rule) const {
    if (rule.series_query.empty()) {
      Report(value, "the rule has no seriesQuery, so it finds no series and answers nothing");
    } else if (rule.resources.overrides.empty() && !rule.resources.label_template.has_value()) {
      Report(value,
             "the rule maps no label to a resource, so it answers nothing; add "
             "resources.overrides or resources.template");
    } else if (NeedsNamespace(rule) && !rule.resources.LabelOf({"", "namespaces"}).has_value()) {
      Report(value,
             "the rule has no label for namespaces, so its metrics of pods and the like cannot "
             "be asked for; add one to resources.overrides");
    }
  }

  absl::Status ReadResourceRules(const YamlValue& value) {
    absl::Duration window;
    YamlFields fields(value, "resourceRules", kResourceRulesKeys);
    const auto read = [this](const YamlValue& rule) { return ReadResourceRule(rule); };
    fields.ReadWith("cpu", read);
    fields.ReadWith("memory", read);
    fields.ReadDuration("window", &window);
    return fields.status();
  }

  void Report(const YamlValue& value, std::string_view message) const {
    problems_->emplace_back(value.Error(message).message());
  }

 private:
  static bool NeedsNamespace(const Rule& rule) {
    const auto& overrides = rule.resources.overrides;
    return std::any_of(overrides.begin(), overrides.end(),
                       [](const auto& entry) { return !IsRootScoped(entry.second); });
  }

  // The key's value, for places; the whole rule where there is none.
  static YamlValue At(const YamlValue& rule, std::string_view key) {
    return rule.Find(key).value_or(rule);
  }

  static absl::StatusOr<GoRegexp> ReadMatches(const YamlValue& rule, const std::string& matches,
                                              std::string_view series_query, std::string* as) {
    const YamlValue place = At(At(rule, "name"), "matches");
    absl::StatusOr<GoRegexp> regexp = CompileAt(place, matches.empty() ? ".*" : matches);
    if (!regexp.ok() || !as->empty()) return regexp;
    if (regexp->groups() > 1) {
      return place.Error(absl::StrCat("must specify an 'as' value for name matcher ",
                                      Quoted(matches), " associated with series query ",
                                      Quoted(series_query)));
    }
    *as = regexp->groups() == 1 ? "$1" : "$0";
    return regexp;
  }

  static absl::StatusOr<QueryTemplate> ReadQuery(const YamlValue& rule, std::string_view key,
                                                 const std::string& text) {
    const YamlValue place = At(rule, key);
    if (text.empty()) return place.Error(absl::StrCat("the rule has no ", Abs(key)));
    absl::StatusOr<QueryTemplate> query = QueryTemplate::Parse(text);
    if (query.ok()) return query;
    return place.Error(absl::StrCat("unable to parse metrics query template ", Quoted(text), ": ",
                                    query.status().message()));
  }

  absl::Status ReadResources(const YamlValue& value, ResourceLabels* out) {
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

  absl::Status ReadOverride(const YamlValue& label, const YamlValue& value, ResourceLabels* out) {
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

  absl::Status ReadResourceRule(const YamlValue& value) {
    std::string container_query;
    std::string node_query;
    std::string container_label;
    ResourceLabels resources;
    YamlFields fields(value, "a resource rule", kResourceRuleKeys);
    fields.Read("containerQuery", &container_query);
    fields.Read("nodeQuery", &node_query);
    fields.Read("containerLabel", &container_label);
    fields.ReadWith("resources", [&](const YamlValue& v) { return ReadResources(v, &resources); });
    if (!fields.status().ok()) return fields.status();
    const absl::Status status = ReadQuery(value, "containerQuery", container_query).status();
    if (!status.ok()) return status;
    return ReadQuery(value, "nodeQuery", node_query).status();
  }

  const RuleChecks& checks_;
  std::vector<std::string>* problems_;
};

// Reads one list; refusals are reported, and do not end it.
void ReadRules(const YamlValue& list, RuleReader* reader, bool served, RuleSet* out) {
  for (const YamlValue& value : list.Items()) {
    absl::StatusOr<Rule> rule = reader->ReadRule(value);
    absl::Status status = rule.status();
    if (status.ok() && served) status = reader->CheckRule(value, *rule);
    if (!status.ok()) {
      out->problems.push_back(absl::StrCat(status.message(), " (this rule is left out)"));
      ++out->refused;
    } else if (served) {
      reader->Warn(value, *rule);
      out->rules.push_back(*std::move(rule));
    }
  }
}

}  // namespace

std::optional<std::string> Rule::ApiName(std::string_view series_name) const {
  for (const SeriesFilter& filter : filters) {
    if (!filter.Passes(series_name)) return std::nullopt;
  }
  return name_matches.Expand(series_name, name_as);
}

absl::StatusOr<RuleSet> LoadRules(std::string_view file_name, std::string_view bytes,
                                  const RuleChecks& checks) {
  const absl::StatusOr<YamlFile> file = YamlFile::Parse(file_name, bytes);
  if (!file.ok()) return file.status();
  const YamlValue root = file->root();
  absl::Status status = root.ExpectKeys("the rules file", kTopKeys);
  for (const std::string_view key : {"rules", "externalRules"}) {
    const std::optional<YamlValue> list = root.Find(key);
    if (status.ok() && list.has_value()) status = list->ExpectSequence(key);
  }
  if (!status.ok()) return status;

  RuleSet out;
  RuleReader reader(checks, &out.problems);
  if (const auto list = root.Find("rules")) ReadRules(*list, &reader, /*served=*/true, &out);
  if (const auto list = root.Find("externalRules"); list.has_value() && !list->Items().empty()) {
    reader.Report(*list, "externalRules are read but not served yet");
    ReadRules(*list, &reader, /*served=*/false, &out);
  }
  if (const auto rules = root.Find("resourceRules")) {
    reader.Report(*rules, "resourceRules are read but not served yet");
    const absl::Status read = reader.ReadResourceRules(*rules);
    if (!read.ok()) out.problems.emplace_back(read.message());
  }
  return out;
}

}  // namespace tacho::adapter
