#include "adapter/core/relabel_yaml.h"

#include <array>
#include <charconv>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"
#include "adapter/core/yaml_fields.h"

namespace tacho::adapter {
namespace {

constexpr std::array<std::string_view, 7> kKeys = {
    "source_labels", "separator", "regex", "modulus", "replacement", "target_label", "action"};

absl::Status ReadModulus(const YamlValue& value, uint64_t* out) {
  const std::string& text = value.text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  if (error == std::errc() && end == text.data() + text.size()) return absl::OkStatus();
  return value.Error(
      absl::StrCat("modulus must be a whole number below 2^64, not ", value.Describe()));
}

}  // namespace

absl::StatusOr<RelabelRule> ReadRelabelRule(const YamlValue& value, NameScheme scheme) {
  RelabelConfig config;
  config.action = "replace";
  YamlFields fields(value, "a relabelling rule", kKeys);
  fields.Read("source_labels", &config.source_labels);
  fields.Read("separator", &config.separator);
  fields.Read("regex", &config.regex);
  fields.ReadWith("modulus", [&](const YamlValue& v) { return ReadModulus(v, &config.modulus); });
  fields.Read("replacement", &config.replacement);
  fields.Read("target_label", &config.target_label);
  fields.Read("action", &config.action);
  if (!fields.status().ok()) return fields.status();
  absl::StatusOr<RelabelRule> rule = RelabelRule::Create(config, scheme);
  if (!rule.ok()) return value.Error(Std(rule.status().message()));
  return rule;
}

}  // namespace tacho::adapter
