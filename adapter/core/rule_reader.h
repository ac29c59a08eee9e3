// RuleReader: one rule of the file from YAML, strictly, and then shown to the engine.
// rules.h is the door.
//
// Ownership   Points to the checks and the problems, which outlive it.
// Threads     One at a time.
#ifndef TACHO_ADAPTER_CORE_RULE_READER_H_
#define TACHO_ADAPTER_CORE_RULE_READER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/core/rules.h"
#include "adapter/core/yaml.h"

namespace tacho::adapter::internal {

enum class RuleKind { kCustom, kExternal };

class RuleReader {
 public:
  // What is wrong without making a rule useless goes to `problems`.
  RuleReader(const RuleChecks& checks, std::vector<std::string>* problems)
      : checks_(checks), problems_(problems) {}

  // Reads and checks; errors are kInvalidArgument "place: what is wrong".
  [[nodiscard]] absl::StatusOr<Rule> ReadRule(const YamlValue& value, RuleKind kind) const;
  // Nothing: cpu or memory is missing, which is reported; pods need both.
  [[nodiscard]] absl::StatusOr<std::optional<ResourceRules>> ReadResourceRules(
      const YamlValue& value) const;

 private:
  [[nodiscard]] absl::StatusOr<Rule> ParseRule(const YamlValue& value) const;
  [[nodiscard]] absl::Status CheckRule(const YamlValue& value, const Rule& rule,
                                       RuleKind kind) const;
  // Says what the rule cannot do, although it may load.
  void Warn(const YamlValue& value, const Rule& rule, RuleKind kind) const;
  void WarnName(const YamlValue& value, const Rule& rule) const;
  void WarnCustom(const YamlValue& value, const Rule& rule) const;
  [[nodiscard]] absl::StatusOr<ResourceRule> ReadResourceRule(const YamlValue& value) const;
  [[nodiscard]] absl::Status CheckResourceRule(const YamlValue& value,
                                               const ResourceRule& rule) const;
  [[nodiscard]] absl::Status ReadResources(const YamlValue& value, ResourceLabels* out) const;
  [[nodiscard]] absl::Status ReadOverride(const YamlValue& label, const YamlValue& value,
                                          ResourceLabels* out) const;
  void Report(const YamlValue& value, std::string_view message) const;

  const RuleChecks& checks_;
  std::vector<std::string>* problems_;
};

}  // namespace tacho::adapter::internal

#endif  // TACHO_ADAPTER_CORE_RULE_READER_H_
