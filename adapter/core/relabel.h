// Relabelling: relabel_configs and metric_relabel_configs of Prometheus, rules that
// change a set of labels one after the other, or drop what carries it.
//
//   replace              regex over the joined source labels; replacement to target_label
//   keep drop            by regex over the joined source labels
//   keepequal dropequal  by comparing them with target_label
//   hashmod              MD5 of them, modulo modulus, to target_label
//   lowercase uppercase  them to target_label
//   labelmap             copies labels whose names match to other names
//   labeldrop labelkeep  by regex over names
//
// Differs     lowercase and uppercase change ASCII letters only; a regular expression
//             is bounded (kRelabelRegexLimits).
// Threads     Immutable after Create.
// Cost        A regex match or so per rule.
#ifndef TACHO_ADAPTER_CORE_RELABEL_H_
#define TACHO_ADAPTER_CORE_RELABEL_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapter/core/go_regexp.h"
#include "adapter/core/label_builder.h"
#include "tacho/labels.h"

namespace tacho::adapter {

// metric_name_validation_scheme: which label names a rule may write.
enum class NameScheme : uint8_t {
  kUtf8,    // any that is UTF-8 and not empty
  kLegacy,  // [a-zA-Z_][a-zA-Z0-9_]*
};

// One rule as written, with Prometheus' defaults.
struct RelabelConfig {
  std::vector<std::string> source_labels;
  std::string separator = ";";
  std::string regex = "(.*)";
  uint64_t modulus = 0;
  std::string target_label;
  std::string replacement = "$1";
  std::string action;  // the file's reader puts replace where nothing is said
};

// Lists of a thousand metric names joined by | are common.
inline constexpr RegexpLimits kRelabelRegexLimits = {.max_pattern_bytes = size_t{16} << 10,
                                                     .max_compiled_bytes = int64_t{4} << 20};

enum class RelabelAction : uint8_t {
  kReplace,
  kKeep,
  kDrop,
  kKeepEqual,
  kDropEqual,
  kHashMod,
  kLabelMap,
  kLabelDrop,
  kLabelKeep,
  kLowercase,
  kUppercase,
};

class RelabelRule {
 public:
  //   kInvalidArgument    in Prometheus' words: a field is missing, must not be there, or
  //                       is no regular expression or label name
  //   kResourceExhausted  the regular expression is too large
  [[nodiscard]] static absl::StatusOr<RelabelRule> Create(const RelabelConfig& config,
                                                          NameScheme scheme = NameScheme::kUtf8);

  // False: what carries the labels is dropped.
  [[nodiscard]] bool Apply(LabelBuilder* labels) const;

  // Whether the outcome may depend on the value of this label, or the rule may change it.
  [[nodiscard]] bool MayTouch(std::string_view label) const;

 private:
  RelabelRule(const RelabelConfig& config, RelabelAction action, NameScheme scheme, GoRegexp regex);

  [[nodiscard]] std::string Joined(const LabelBuilder& labels) const;
  void Replace(const std::string& value, LabelBuilder* labels) const;
  void MapLabels(LabelBuilder* labels) const;

  RelabelConfig config_;
  RelabelAction action_;
  NameScheme scheme_;
  GoRegexp regex_;
};

using RelabelRules = std::vector<RelabelRule>;

// One rule after the other; false as soon as one drops.
[[nodiscard]] bool Relabel(const RelabelRules& rules, LabelBuilder* labels);

// Whether a name may be written: of a label, and of a template for one ("x_${1}").
[[nodiscard]] bool IsValidLabelName(std::string_view name, NameScheme scheme);
[[nodiscard]] bool IsValidLabelTemplate(std::string_view name, NameScheme scheme);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_RELABEL_H_
