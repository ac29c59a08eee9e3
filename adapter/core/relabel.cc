#include "adapter/core/relabel.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/relabel_check.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

bool HasVariable(std::string_view text) { return text.find('$') != std::string_view::npos; }

bool IsNameStart(char c) { return IsAlpha(c) || c == '_'; }
bool IsNameRest(char c) { return IsAlnum(c) || c == '_'; }

size_t WordLength(std::string_view text) {
  return static_cast<size_t>(std::ranges::find_if_not(text, IsNameRest) - text.begin());
}

// The length of "$word" or "${word}" at the start of text; 0 if there is none.
size_t VariableLength(std::string_view text) {
  const bool braced = text.starts_with("${");
  const size_t open = braced ? 2 : 1;
  const size_t word = WordLength(text.substr(open));
  if (word == 0) return 0;
  if (!braced) return open + word;
  return text.substr(open + word).starts_with('}') ? open + word + 1 : 0;
}

std::string Uppercase(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

// The last eight bytes of the MD5 digest, big-endian; nothing if this OpenSSL has no MD5.
std::optional<uint64_t> Md5Tail(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) != 1) {
    return std::nullopt;
  }
  uint64_t tail = 0;
  for (size_t i = 8; i < 16; ++i) tail = tail << 8 | digest[i];
  return tail;
}

}  // namespace

bool IsValidLabelName(std::string_view name, NameScheme scheme) {
  if (name.empty()) return false;
  if (scheme == NameScheme::kUtf8) return Labels::Create({{std::string(name), "x"}}).ok();
  return IsNameStart(name.front()) && std::ranges::all_of(name, IsNameRest);
}

bool IsValidLabelTemplate(std::string_view name, NameScheme scheme) {
  if (scheme == NameScheme::kUtf8 || name.empty()) return IsValidLabelName(name, scheme);
  if (IsDigit(name.front())) return false;
  while (!name.empty()) {
    const size_t length = name.front() == '$' ? VariableLength(name) : WordLength(name);
    if (length == 0) return false;
    name.remove_prefix(length);
  }
  return true;
}

RelabelRule::RelabelRule(const RelabelConfig& config, RelabelAction action, NameScheme scheme,
                         GoRegexp regex)
    : config_(config), action_(action), scheme_(scheme), regex_(std::move(regex)) {}

absl::StatusOr<RelabelRule> RelabelRule::Create(const RelabelConfig& config, NameScheme scheme) {
  const absl::StatusOr<RelabelAction> action = ParseRelabelAction(config.action);
  if (!action.ok()) return action.status();
  if (absl::Status s = CheckRelabelConfig(config, *action, scheme); !s.ok()) return s;
  if (*action == RelabelAction::kHashMod && !Md5Tail("").has_value()) {
    return absl::InvalidArgumentError("hashmod needs MD5, which this OpenSSL does not offer");
  }
  absl::StatusOr<GoRegexp> regex = GoRegexp::CompileWhole(config.regex, kRelabelRegexLimits);
  if (!regex.ok()) return regex.status();
  return RelabelRule(config, *action, scheme, *std::move(regex));
}

std::string RelabelRule::Joined(const LabelBuilder& labels) const {
  std::string joined;
  for (size_t i = 0; i < config_.source_labels.size(); ++i) {
    if (i > 0) joined += config_.separator;
    joined += labels.Get(config_.source_labels[i]);
  }
  return joined;
}

void RelabelRule::Replace(const std::string& value, LabelBuilder* labels) const {
  const std::optional<std::string> target =
      HasVariable(config_.target_label) ? regex_.Expand(value, config_.target_label)
      : regex_.MatchString(value)       ? std::optional(config_.target_label)
                                        : std::nullopt;
  if (!target.has_value() || !IsValidLabelName(*target, scheme_)) return;
  labels->Set(*target, *regex_.Expand(value, config_.replacement));
}

// Labels that this adds are not looked at again.
void RelabelRule::MapLabels(LabelBuilder* labels) const {
  const std::vector<Label> before = labels->labels();
  for (const Label& label : before) {
    const std::optional<std::string> name = regex_.Expand(label.name, config_.replacement);
    if (name.has_value()) labels->Set(*name, label.value);
  }
}

bool RelabelRule::Apply(LabelBuilder* labels) const {
  const std::string value = Joined(*labels);
  switch (action_) {
    case RelabelAction::kKeep:
      return regex_.MatchString(value);
    case RelabelAction::kDrop:
      return !regex_.MatchString(value);
    case RelabelAction::kKeepEqual:
      return labels->Get(config_.target_label) == value;
    case RelabelAction::kDropEqual:
      return labels->Get(config_.target_label) != value;
    case RelabelAction::kReplace:
      Replace(value, labels);
      return true;
    case RelabelAction::kHashMod:
      labels->Set(config_.target_label, absl::StrCat(Md5Tail(value).value_or(0) % config_.modulus));
      return true;
    case RelabelAction::kLowercase:
      labels->Set(config_.target_label, Lowercase(value));
      return true;
    case RelabelAction::kUppercase:
      labels->Set(config_.target_label, Uppercase(value));
      return true;
    case RelabelAction::kLabelMap:
      MapLabels(labels);
      return true;
    case RelabelAction::kLabelDrop:
      labels->DeleteIf([this](const std::string& name) { return regex_.MatchString(name); });
      return true;
    case RelabelAction::kLabelKeep:
      labels->DeleteIf([this](const std::string& name) { return !regex_.MatchString(name); });
      return true;
  }
  return true;
}

bool RelabelRule::MayTouch(std::string_view label) const {
  if (std::ranges::find(config_.source_labels, label) != config_.source_labels.end()) return true;
  switch (action_) {
    case RelabelAction::kLabelMap:
      return true;
    case RelabelAction::kLabelDrop:
    case RelabelAction::kLabelKeep:
      return false;  // whatever its value is
    case RelabelAction::kReplace:
      return HasVariable(config_.target_label) || config_.target_label == label;
    default:
      return config_.target_label == label;
  }
}

bool Relabel(const RelabelRules& rules, LabelBuilder* labels) {
  return std::ranges::all_of(rules,
                             [labels](const RelabelRule& rule) { return rule.Apply(labels); });
}

}  // namespace tacho::adapter
