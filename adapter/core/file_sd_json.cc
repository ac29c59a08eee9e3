#include "adapter/core/file_sd_json.h"

#include <algorithm>
#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/file_sd.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

namespace json = boost::json;

std::string_view Std(const json::string& s) { return {s.data(), s.size()}; }

absl::Status ReadTargets(const json::value& value, std::vector<std::string>* out) {
  if (!value.is_array()) return absl::InvalidArgumentError("targets must be a list");
  for (const json::value& item : value.get_array()) {
    if (!item.is_string()) return absl::InvalidArgumentError("a target must be a string");
    out->emplace_back(Std(item.get_string()));
  }
  return absl::OkStatus();
}

absl::Status ReadLabels(const json::value& value, std::map<std::string, std::string>* out) {
  if (value.is_null()) return absl::OkStatus();
  if (!value.is_object()) return absl::InvalidArgumentError("labels must be an object");
  for (const json::key_value_pair& entry : value.get_object()) {
    const std::string name(entry.key().data(), entry.key().size());
    if (name.empty()) return absl::InvalidArgumentError("a label's name is empty");
    if (!entry.value().is_string()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the value of label ", Quoted(name), " must be a string"));
    }
    (*out)[name] = std::string(Std(entry.value().get_string()));
  }
  return absl::OkStatus();
}

absl::StatusOr<TargetGroup> ReadGroup(const json::value& value) {
  if (!value.is_object()) return absl::InvalidArgumentError("a target group must be an object");
  TargetGroup group;
  for (const json::key_value_pair& entry : value.get_object()) {
    const std::string_view key(entry.key().data(), entry.key().size());
    absl::Status status;
    if (key == "targets") {
      status = ReadTargets(entry.value(), &group.targets);
    } else if (key == "labels") {
      status = ReadLabels(entry.value(), &group.labels);
    } else {
      status = absl::InvalidArgumentError(
          absl::StrCat("unknown key ", Quoted(key), "; known are targets and labels"));
    }
    if (!status.ok()) return status;
  }
  return group;
}

// "line:column" of a byte.
std::string PlaceAt(std::string_view bytes, size_t offset) {
  const std::string_view before = bytes.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return absl::StrCat(lines + 1, ":", before.size() - line_start + 1);
}

}  // namespace

absl::StatusOr<std::vector<TargetGroup>> ParseJsonTargets(std::string_view path,
                                                          std::string_view bytes) {
  if (bytes.size() > kMaxTargetFileBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(Abs(path), ": more than ", kMaxTargetFileBytes, " bytes"));
  }
  json::parse_options options;
  options.max_depth = 8;
  json::parser parser({}, options);
  json::error_code error;
  const size_t read = parser.write(bytes.data(), bytes.size(), error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat(Abs(path), ":", PlaceAt(bytes, read), ": not JSON: ", error.message()));
  }
  const json::value root = parser.release();
  if (!root.is_array()) {
    return absl::InvalidArgumentError(absl::StrCat(Abs(path), ":1:1: must be a list of groups"));
  }
  std::vector<TargetGroup> groups;
  for (const json::value& item : root.get_array()) {
    absl::StatusOr<TargetGroup> group = ReadGroup(item);
    if (!group.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(Abs(path), ": group ", groups.size() + 1, ": ", group.status().message()));
    }
    groups.push_back(*std::move(group));
  }
  return groups;
}

}  // namespace tacho::adapter
