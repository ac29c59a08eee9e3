#include "adapter/core/relabel_check.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

constexpr std::array<std::string_view, 11> kActions = {
    "replace",  "keep",      "drop",      "keepequal", "dropequal", "hashmod",
    "labelmap", "labeldrop", "labelkeep", "lowercase", "uppercase"};

std::string_view NameOf(RelabelAction action) { return kActions[static_cast<size_t>(action)]; }

bool WritesTarget(RelabelAction action) {
  return action == RelabelAction::kReplace || action == RelabelAction::kHashMod ||
         action == RelabelAction::kLowercase || action == RelabelAction::kUppercase;
}

bool ComparesWithTarget(RelabelAction action) {
  return action == RelabelAction::kKeepEqual || action == RelabelAction::kDropEqual;
}

absl::Status Wrong(const RelabelConfig& config, RelabelAction action) {
  return absl::InvalidArgumentError(absl::StrCat(Quoted(config.target_label),
                                                 " is invalid 'target_label' for ",
                                                 Abs(NameOf(action)), " action"));
}

absl::Status CheckTarget(const RelabelConfig& config, RelabelAction action, NameScheme scheme) {
  if (!WritesTarget(action) && !ComparesWithTarget(action)) return absl::OkStatus();
  if (config.target_label.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("relabel configuration for ",
                                                   Abs(NameOf(action)),
                                                   " action requires 'target_label' value"));
  }
  const bool is_template =
      action == RelabelAction::kReplace && config.target_label.find('$') != std::string::npos;
  const bool valid = is_template ? IsValidLabelTemplate(config.target_label, scheme)
                                 : IsValidLabelName(config.target_label, scheme);
  return valid ? absl::OkStatus() : Wrong(config, action);
}

absl::Status CheckReplacement(const RelabelConfig& config, RelabelAction action,
                              NameScheme scheme) {
  const bool fixed = action == RelabelAction::kLowercase || action == RelabelAction::kUppercase ||
                     ComparesWithTarget(action);
  if (fixed && config.replacement != RelabelConfig().replacement) {
    return absl::InvalidArgumentError(
        absl::StrCat("'replacement' can not be set for ", Abs(NameOf(action)), " action"));
  }
  if (action == RelabelAction::kLabelMap && !IsValidLabelTemplate(config.replacement, scheme)) {
    return absl::InvalidArgumentError(absl::StrCat(Quoted(config.replacement),
                                                   " is invalid 'replacement' for ",
                                                   Abs(NameOf(action)), " action"));
  }
  return absl::OkStatus();
}

// Fields that the action would ignore.
absl::Status CheckOthers(const RelabelConfig& config, RelabelAction action) {
  const RelabelConfig defaults;
  const bool plain = config.modulus == 0 && config.separator == defaults.separator &&
                     config.replacement == defaults.replacement;
  if (ComparesWithTarget(action) && !(plain && config.regex == defaults.regex)) {
    return absl::InvalidArgumentError(
        absl::StrCat(Abs(NameOf(action)),
                     " action requires only 'source_labels' and 'target_label', and no other "
                     "fields"));
  }
  const bool by_name = action == RelabelAction::kLabelDrop || action == RelabelAction::kLabelKeep;
  if (by_name && !(plain && config.source_labels.empty() && config.target_label.empty())) {
    return absl::InvalidArgumentError(
        absl::StrCat(Abs(NameOf(action)), " action requires only 'regex', and no other fields"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RelabelAction> ParseRelabelAction(std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("relabel action cannot be empty");
  const auto it = std::ranges::find(kActions, Lowercase(text));
  if (it == kActions.end()) {
    return absl::InvalidArgumentError(absl::StrCat("unknown relabel action ", Quoted(text)));
  }
  return static_cast<RelabelAction>(it - kActions.begin());
}

absl::Status CheckRelabelConfig(const RelabelConfig& config, RelabelAction action,
                                NameScheme scheme) {
  if (action == RelabelAction::kHashMod && config.modulus == 0) {
    return absl::InvalidArgumentError(
        "relabel configuration for hashmod requires non-zero modulus");
  }
  if (absl::Status s = CheckTarget(config, action, scheme); !s.ok()) return s;
  if (absl::Status s = CheckReplacement(config, action, scheme); !s.ok()) return s;
  for (const std::string& label : config.source_labels) {
    if (IsValidLabelName(label, scheme)) continue;
    return absl::InvalidArgumentError(absl::StrCat(Quoted(label), " is not a valid label name"));
  }
  return CheckOthers(config, action);
}

}  // namespace tacho::adapter
