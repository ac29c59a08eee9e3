#include "adapter/core/rules.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/rule_reader.h"
#include "adapter/core/yaml.h"

namespace tacho::adapter {
namespace {

using internal::RuleKind;
using internal::RuleReader;

constexpr std::array<std::string_view, 3> kTopKeys = {"rules", "externalRules", "resourceRules"};

void Refuse(const absl::Status& status, RuleSet* out) {
  out->problems.push_back(absl::StrCat(status.message(), " (this rule is left out)"));
  ++out->refused;
}

// Reads one list; refusals are reported, and do not end it.
void ReadRules(const YamlValue& list, RuleKind kind, const RuleReader& reader, RuleSet* out) {
  std::vector<Rule>& rules = kind == RuleKind::kCustom ? out->rules : out->external_rules;
  for (const YamlValue& value : list.Items()) {
    absl::StatusOr<Rule> rule = reader.ReadRule(value, kind);
    if (rule.ok()) {
      rules.push_back(*std::move(rule));
    } else {
      Refuse(rule.status(), out);
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
  const RuleReader reader(checks, &out.problems);
  if (const auto list = root.Find("rules")) {
    out.serves_custom = !list->Items().empty();
    ReadRules(*list, RuleKind::kCustom, reader, &out);
  }
  if (const auto list = root.Find("externalRules")) {
    out.serves_external = !list->Items().empty();
    ReadRules(*list, RuleKind::kExternal, reader, &out);
  }
  if (const auto value = root.Find("resourceRules")) {
    out.serves_resource = true;
    absl::StatusOr<std::optional<ResourceRules>> rules = reader.ReadResourceRules(*value);
    if (rules.ok()) {
      out.resource_rules = *std::move(rules);
    } else {
      Refuse(rules.status(), &out);
    }
  }
  if (!root.Find("rules") && !root.Find("externalRules") && !root.Find("resourceRules")) {
    out.problems.emplace_back(root.Error("the file has no rules, so no API is served").message());
  }
  return out;
}

}  // namespace tacho::adapter
