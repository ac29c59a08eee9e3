#include "adapter/core/sd_config.h"

#include <array>
#include <string_view>
#include <utility>

#include "adapter/core/file_sd.h"
#include "adapter/core/text.h"
#include "adapter/core/yaml_fields.h"

namespace tacho::adapter {
namespace {

constexpr std::array<std::string_view, 2> kGroupKeys = {"targets", "labels"};
constexpr std::array<std::string_view, 2> kFileSdKeys = {"files", "refresh_interval"};
constexpr std::array<std::string_view, 2> kHttpSdKeys = {"url", "refresh_interval"};

absl::Status CheckInterval(const YamlValue& value, absl::Duration refresh_interval) {
  if (refresh_interval >= absl::Seconds(1)) return absl::OkStatus();
  return value.Error("refresh_interval must be at least 1s");
}

}  // namespace

absl::StatusOr<TargetGroup> ReadTargetGroup(const YamlValue& value) {
  TargetGroup group;
  YamlFields fields(value, "a target group", kGroupKeys);
  fields.Read("targets", &group.targets);
  fields.Read("labels", &group.labels);
  if (!fields.status().ok()) return fields.status();
  if (group.labels.contains("")) return value.Error("a label's name is empty");
  return group;
}

absl::StatusOr<FileSdConfig> ReadFileSd(const YamlValue& value) {
  FileSdConfig out;
  YamlFields fields(value, "an entry of file_sd_configs", kFileSdKeys);
  fields.Read("files", &out.files);
  fields.ReadDuration("refresh_interval", &out.refresh_interval);
  if (!fields.status().ok()) return fields.status();
  if (out.files.empty()) return value.Error("file_sd_configs must contain at least one file");
  for (const std::string& file : out.files) {
    if (absl::Status s = CheckFilePattern(file); !s.ok()) return value.Error(Std(s.message()));
  }
  if (absl::Status s = CheckInterval(value, out.refresh_interval); !s.ok()) return s;
  return out;
}

absl::StatusOr<HttpSdConfig> ReadHttpSd(const YamlValue& value) {
  HttpSdConfig out;
  std::vector<std::string_view> keys(kHttpSdKeys.begin(), kHttpSdKeys.end());
  keys.insert(keys.end(), kHttpClientKeys.begin(), kHttpClientKeys.end());
  YamlFields fields(value, "an entry of http_sd_configs", keys);
  fields.Read("url", &out.url_text);
  fields.ReadDuration("refresh_interval", &out.refresh_interval);
  if (!fields.status().ok()) return fields.status();
  if (out.url_text.empty()) return value.Error("URL is missing");
  absl::StatusOr<HttpUrl> url = ParseHttpUrl(out.url_text);
  if (!url.ok()) return value.Error(Std(url.status().message()));
  out.url = *std::move(url);
  if (absl::Status s = CheckInterval(value, out.refresh_interval); !s.ok()) return s;
  if (absl::Status s = ReadHttpClient(value, &out.http); !s.ok()) return s;
  return out;
}

}  // namespace tacho::adapter
