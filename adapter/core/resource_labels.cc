#include "adapter/core/resource_labels.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

std::string QuoteMeta(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!IsAlnum(c) && c != '_' && static_cast<unsigned char>(c) < 0x80) out += '\\';
    out += c;
  }
  return out;
}

std::string GroupAsLabel(std::string_view group) {
  std::string out(group);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '.' || c == '-'; }, '_');
  return out;
}

absl::Status BadTemplate(std::string_view text, std::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat("unable to parse label template ", Quoted(text), ": ", Abs(message)));
}

}  // namespace

absl::StatusOr<LabelTemplate> LabelTemplate::Parse(std::string_view text) {
  std::vector<Piece> pieces;
  std::string pattern = "^";
  int groups = 0;
  int resources = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t open = rest.find("<<");
    const std::string_view literal = rest.substr(0, open);
    if (!literal.empty()) pieces.push_back({Piece::Kind::kText, std::string(literal)});
    pattern += QuoteMeta(literal);
    if (open == std::string_view::npos) break;
    const size_t close = rest.find(">>", open);
    if (close == std::string_view::npos) return BadTemplate(text, "<< without >>");
    const std::string_view field =
        Std(absl::StripAsciiWhitespace(Abs(rest.substr(open + 2, close - open - 2))));
    if (field == ".Group") {
      pieces.push_back({Piece::Kind::kGroup, ""});
      pattern += "(?P<group>.+?)";
      ++groups;
    } else if (field == ".Resource") {
      pieces.push_back({Piece::Kind::kResource, ""});
      pattern += "(?P<resource>.+?)";
      ++resources;
    } else {
      return BadTemplate(text, "only .Group and .Resource may stand between << and >>");
    }
    rest.remove_prefix(close + 2);
  }
  if (resources == 0) {
    return absl::InvalidArgumentError(
        "must include at least `{{.Resource}}` in the label template; here it is written "
        "<<.Resource>>");
  }
  if (resources > 1 || groups > 1) {
    return BadTemplate(text, ".Group and .Resource must stand there once");
  }
  absl::StatusOr<GoRegexp> regexp = GoRegexp::Compile(pattern + "$");
  if (!regexp.ok()) return BadTemplate(text, Std(regexp.status().message()));
  return LabelTemplate(std::move(pieces), *std::move(regexp));
}

std::string LabelTemplate::Render(const ResourceInfo& info) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    switch (piece.kind) {
      case Piece::Kind::kText:
        out += piece.text;
        break;
      case Piece::Kind::kGroup:
        out += GroupAsLabel(info.group);
        break;
      case Piece::Kind::kResource:
        out += info.singular;
        break;
    }
  }
  return out;
}

const ResourceInfo* LabelTemplate::Extract(std::string_view label) const {
  const std::optional<std::string> resource = pattern_.Expand(label, "${resource}");
  if (!resource.has_value()) return nullptr;
  return FindResource(*resource, pattern_.Expand(label, "${group}").value_or(""));
}

std::optional<GroupResource> ResourceLabels::ResourceOf(std::string_view label_name) const {
  for (const auto& [label, resource] : overrides) {
    if (label == label_name) return resource;
  }
  if (!label_template.has_value()) return std::nullopt;
  const ResourceInfo* info = label_template->Extract(label_name);
  if (info == nullptr) return std::nullopt;
  return ToGroupResource(*info);
}

std::vector<GroupResource> ResourceLabels::ResourcesOf(
    const std::vector<std::string>& label_names) const {
  std::set<GroupResource> found;
  for (const std::string& label : label_names) {
    if (std::optional<GroupResource> resource = ResourceOf(label)) found.insert(*resource);
  }
  return {found.begin(), found.end()};
}

std::optional<std::string> ResourceLabels::LabelOf(const GroupResource& resource) const {
  for (const auto& [label, candidate] : overrides) {
    if (candidate == resource) return label;
  }
  if (!label_template.has_value()) return std::nullopt;
  const ResourceInfo* info = FindResource(resource.resource, resource.group);
  if (info == nullptr) return std::nullopt;
  return label_template->Render(*info);
}

}  // namespace tacho::adapter
