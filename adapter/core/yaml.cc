#include "adapter/core/yaml.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"
#include "adapter/core/yaml_builder.h"

namespace tacho::adapter {
namespace {

// The fewest insertions, deletions and replacements that turn a into b.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

// The known key that was most likely meant; empty if none is near.
std::string_view NearestKey(std::string_view key, std::span<const std::string_view> keys) {
  constexpr size_t kLongestKey = 64;  // a longer one is no slip of the pen
  if (key.size() > kLongestKey) return "";
  std::string_view best;
  size_t best_distance = 1 + key.size() / 3;
  for (const std::string_view candidate : keys) {
    const size_t distance = EditDistance(Lowercase(key), Lowercase(candidate));
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

}  // namespace

std::string YamlValue::Place() const {
  return absl::StrCat(tree_->name, ":", node().line, ":", node().column);
}

std::vector<YamlValue> YamlValue::Items() const {
  std::vector<YamlValue> items;
  if (kind() != YamlKind::kSequence) return items;
  for (const uint32_t child : node().children) items.emplace_back(tree_, child);
  return items;
}

std::vector<std::pair<YamlValue, YamlValue>> YamlValue::Entries() const {
  std::vector<std::pair<YamlValue, YamlValue>> entries;
  if (kind() != YamlKind::kMapping) return entries;
  const std::vector<uint32_t>& children = node().children;
  for (size_t i = 0; i + 1 < children.size(); i += 2) {
    entries.emplace_back(YamlValue(tree_, children[i]), YamlValue(tree_, children[i + 1]));
  }
  return entries;
}

std::optional<YamlValue> YamlValue::Find(std::string_view key) const {
  for (const auto& [name, value] : Entries()) {
    if (name.text() == key && !value.is_null()) return value;
  }
  return std::nullopt;
}

absl::Status YamlValue::Error(std::string_view message) const {
  return absl::InvalidArgumentError(absl::StrCat(Place(), ": ", Abs(message)));
}

std::string YamlValue::Describe() const {
  switch (kind()) {
    case YamlKind::kNull:
      return "nothing";
    case YamlKind::kScalar:
      return absl::StrCat("the text ", Quoted(text()));
    case YamlKind::kSequence:
      return "a list";
    case YamlKind::kMapping:
      return "a mapping";
  }
  return "";
}

absl::Status YamlValue::ExpectSequence(std::string_view what) const {
  if (is_null() || kind() == YamlKind::kSequence) return absl::OkStatus();
  return Error(absl::StrCat(Abs(what), " must be a list, not ", Describe()));
}

absl::Status YamlValue::ExpectScalar(std::string_view what) const {
  if (is_null() || kind() == YamlKind::kScalar) return absl::OkStatus();
  return Error(absl::StrCat(Abs(what), " must be a text, not ", Describe()));
}

absl::Status YamlValue::ExpectMapping(std::string_view what) const {
  if (!is_null() && kind() != YamlKind::kMapping) {
    return Error(absl::StrCat(Abs(what), " must be a mapping, not ", Describe()));
  }
  if (!node().bad_key.has_value()) return absl::OkStatus();
  const YamlValue key(tree_, *node().bad_key);
  if (key.kind() != YamlKind::kScalar) {
    return key.Error(absl::StrCat("a key must be a text, not ", key.Describe()));
  }
  return key.Error(absl::StrCat("key ", Quoted(key.text()), " is given twice"));
}

absl::Status YamlValue::ExpectKeys(std::string_view what,
                                   std::span<const std::string_view> keys) const {
  if (absl::Status status = ExpectMapping(what); !status.ok()) return status;
  for (const auto& [key, value] : Entries()) {
    if (std::find(keys.begin(), keys.end(), key.text()) != keys.end()) continue;
    if (key.text() == "apiVersion") {
      return key.Error(absl::StrCat(Abs(what), " is a Kubernetes object; its content is what one ",
                                    "of the keys under data holds: take that out"));
    }
    const std::string_view nearest = NearestKey(key.text(), keys);
    return key.Error(
        absl::StrCat("unknown key ", Quoted(key.text()), " in ", Abs(what),
                     nearest.empty() ? "" : absl::StrCat("; did you mean ", Quoted(nearest), "?")));
  }
  return absl::OkStatus();
}

absl::StatusOr<YamlFile> YamlFile::Parse(std::string_view name, std::string_view bytes,
                                         const YamlLimits& limits) {
  auto tree = std::make_shared<internal::YamlTree>();
  tree->name = std::string(name);
  absl::Status status = internal::ParseYamlTree(bytes, limits, tree.get());
  if (!status.ok()) return status;
  return YamlFile(std::move(tree));
}

}  // namespace tacho::adapter
