#include "adapter/core/file_sd.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/file_sd_json.h"
#include "adapter/core/text.h"
#include "adapter/core/yaml.h"

namespace tacho::adapter {
namespace {

constexpr std::string_view kPatternCharacters = "*?[";

bool IsJson(std::string_view path) { return absl::EndsWith(Abs(path), ".json"); }
bool IsYaml(std::string_view path) {
  return absl::EndsWith(Abs(path), ".yml") || absl::EndsWith(Abs(path), ".yaml");
}

absl::StatusOr<std::vector<TargetGroup>> ParseYamlTargets(std::string_view path,
                                                          std::string_view bytes) {
  YamlLimits limits;
  limits.max_bytes = kMaxTargetFileBytes;
  const absl::StatusOr<YamlFile> file = YamlFile::Parse(path, bytes, limits);
  if (!file.ok()) return file.status();
  const YamlValue root = file->root();
  if (absl::Status s = root.ExpectSequence("a target file"); !s.ok()) return s;
  std::vector<TargetGroup> groups;
  for (const YamlValue& item : root.Items()) {
    absl::StatusOr<TargetGroup> group = ReadTargetGroup(item);
    if (!group.ok()) return group.status();
    groups.push_back(*std::move(group));
  }
  return groups;
}

}  // namespace

absl::StatusOr<std::vector<TargetGroup>> ParseTargetFile(std::string_view path,
                                                         std::string_view bytes) {
  absl::StatusOr<std::vector<TargetGroup>> groups =
      IsJson(path) ? ParseJsonTargets(path, bytes) : ParseYamlTargets(path, bytes);
  if (!groups.ok()) return groups;
  for (TargetGroup& group : *groups) group.labels["__meta_filepath"] = std::string(path);
  return groups;
}

absl::Status CheckFilePattern(std::string_view pattern) {
  if (!IsJson(pattern) && !IsYaml(pattern)) {
    return absl::InvalidArgumentError(
        absl::StrCat("path name ", Quoted(pattern), " must end in .json, .yml or .yaml"));
  }
  const size_t slash = pattern.rfind('/');
  if (slash != std::string_view::npos &&
      pattern.substr(0, slash).find_first_of(kPatternCharacters) != std::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("path name ", Quoted(pattern), " may have *, ? and [] only after its last /"));
  }
  return absl::OkStatus();
}

std::vector<std::string> ExpandFilePattern(const std::string& pattern) {
  if (pattern.find_first_of(kPatternCharacters) == std::string::npos) return {pattern};
  const size_t slash = pattern.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : pattern.substr(0, slash + 1);
  const std::string name_pattern = pattern.substr(folder.size());
  std::vector<std::string> paths;
  std::error_code error;
  std::filesystem::directory_iterator entries(folder.empty() ? "." : folder, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename();
    if (fnmatch(name_pattern.c_str(), name.c_str(), FNM_PATHNAME) != 0) continue;
    paths.push_back(absl::StrCat(folder, name));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

absl::Status FileGroups::Update(const std::string& path, std::string_view bytes) {
  absl::StatusOr<std::vector<TargetGroup>> groups = ParseTargetFile(path, bytes);
  if (!groups.ok()) return groups.status();
  groups_[path] = *std::move(groups);
  return absl::OkStatus();
}

void FileGroups::Keep(const std::vector<std::string>& paths) {
  const std::set<std::string> kept(paths.begin(), paths.end());
  std::erase_if(groups_, [&kept](const auto& entry) { return !kept.contains(entry.first); });
}

std::vector<TargetGroup> FileGroups::All() const {
  std::vector<TargetGroup> all;
  for (const auto& [path, groups] : groups_) {
    all.insert(all.end(), groups.begin(), groups.end());
  }
  return all;
}

}  // namespace tacho::adapter
