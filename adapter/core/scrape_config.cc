#include "adapter/core/scrape_config.h"

#include <array>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/file_sd.h"
#include "adapter/core/targets.h"
#include "adapter/core/text.h"
#include "adapter/core/yaml_fields.h"

namespace tacho::adapter {
namespace {

constexpr std::array<std::string_view, 2> kTopKeys = {"global", "scrape_configs"};
constexpr std::array<std::string_view, 2> kGlobalKeys = {"scrape_interval", "scrape_timeout"};
constexpr std::array<std::string_view, 12> kJobKeys = {
    "job_name",        "scrape_interval",  "scrape_timeout", "static_configs",
    "file_sd_configs", "metrics_path",     "scheme",         "params",
    "honor_labels",    "honor_timestamps", "sample_limit",   "body_size_limit"};
constexpr std::array<std::string_view, 2> kGroupKeys = {"targets", "labels"};
constexpr std::array<std::string_view, 2> kFileSdKeys = {"files", "refresh_interval"};

// Zero, as an absent key, means "the one further out".
struct Intervals {
  absl::Duration interval;
  absl::Duration timeout;
};

Intervals WithDefaults(Intervals given, const Intervals& outer) {
  if (given.interval == absl::ZeroDuration()) given.interval = outer.interval;
  if (given.timeout == absl::ZeroDuration()) {
    given.timeout = std::min(outer.timeout, given.interval);
  }
  return given;
}

absl::StatusOr<Intervals> ReadGlobal(const YamlValue& root) {
  Intervals given;
  const std::optional<YamlValue> global = root.Find("global");
  if (global.has_value()) {
    YamlFields fields(*global, "global", kGlobalKeys);
    fields.ReadDuration("scrape_interval", &given.interval);
    fields.ReadDuration("scrape_timeout", &given.timeout);
    if (!fields.status().ok()) return fields.status();
  }
  const Intervals out = WithDefaults(given, {absl::Minutes(1), absl::Seconds(10)});
  if (out.timeout > out.interval) {
    return global->Error("global scrape timeout greater than scrape interval");
  }
  return out;
}

absl::Status ReadParams(const YamlValue& value,
                        std::map<std::string, std::vector<std::string>>* out) {
  if (absl::Status status = value.ExpectMapping("params"); !status.ok()) return status;
  for (const auto& [name, list] : value.Entries()) {
    absl::StatusOr<std::vector<std::string>> values =
        ReadStrings(list, absl::StrCat("params.", name.text()));
    if (!values.ok()) return values.status();
    (*out)[name.text()] = *std::move(values);
  }
  return absl::OkStatus();
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
  if (out.refresh_interval < absl::Seconds(1)) {
    return value.Error("refresh_interval must be at least 1s");
  }
  return out;
}

template <typename T>
YamlFields::Reader AppendTo(std::vector<T>* out, absl::StatusOr<T> (*read)(const YamlValue&)) {
  return [out, read](const YamlValue& value) {
    absl::StatusOr<T> item = read(value);
    if (item.ok()) out->push_back(*std::move(item));
    return item.status();
  };
}

absl::Status CheckScheme(const YamlValue& value, const std::string& scheme) {
  if (scheme == "http") return absl::OkStatus();
  if (scheme == "https") {
    return value.Error("scheme https is not supported yet; scrape a plain http port");
  }
  return value.Error(absl::StrCat("scheme must be http, not ", Quoted(scheme)));
}

absl::Status CheckJob(const YamlValue& value, const ScrapeJob& job) {
  if (job.job_name.empty()) return value.Error("job_name is empty");
  if (job.scrape_timeout > job.scrape_interval) {
    return value.Error(
        absl::StrCat("scrape timeout greater than scrape interval for scrape config with job name ",
                     Quoted(job.job_name)));
  }
  if (job.metrics_path.empty() || job.metrics_path.front() != '/') {
    return value.Error(
        absl::StrCat("metrics_path must begin with /, not be ", Quoted(job.metrics_path)));
  }
  return CheckScheme(value.Find("scheme").value_or(value), job.scheme);
}

// A wrong address of the file itself is the file's error; one that discovery
// brings later is only reported.
absl::Status CheckAddresses(const YamlValue& group) {
  const std::optional<YamlValue> targets = group.Find("targets");
  if (!targets.has_value()) return absl::OkStatus();
  for (const YamlValue& target : targets->Items()) {
    const absl::Status status = ParseAddress(target.text(), 80).status();
    if (!status.ok()) return target.Error(Std(status.message()));
  }
  return absl::OkStatus();
}

absl::StatusOr<TargetGroup> ReadStaticConfig(const YamlValue& value) {
  absl::StatusOr<TargetGroup> group = ReadTargetGroup(value);
  if (!group.ok()) return group;
  if (absl::Status status = CheckAddresses(value); !status.ok()) return status;
  return group;
}

absl::StatusOr<ScrapeJob> ReadJob(const YamlValue& value, const Intervals& global) {
  ScrapeJob job;
  Intervals given;
  YamlFields fields(value, "a scrape config", kJobKeys);
  fields.Read("job_name", &job.job_name);
  fields.ReadDuration("scrape_interval", &given.interval);
  fields.ReadDuration("scrape_timeout", &given.timeout);
  fields.Read("metrics_path", &job.metrics_path);
  fields.Read("scheme", &job.scheme);
  fields.Read("honor_labels", &job.honor_labels);
  fields.Read("honor_timestamps", &job.honor_timestamps);
  fields.Read("sample_limit", &job.sample_limit);
  fields.ReadBytes("body_size_limit", &job.body_size_limit);
  fields.ReadWith("params",
                  [&](const YamlValue& params) { return ReadParams(params, &job.params); });
  fields.ReadEach("static_configs", AppendTo(&job.static_configs, ReadStaticConfig));
  fields.ReadEach("file_sd_configs", AppendTo(&job.file_sd_configs, ReadFileSd));
  if (!fields.status().ok()) return fields.status();
  const Intervals times = WithDefaults(given, global);
  job.scrape_interval = times.interval;
  job.scrape_timeout = times.timeout;
  if (absl::Status status = CheckJob(value, job); !status.ok()) return status;
  return job;
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

absl::StatusOr<ScrapeConfig> ParseScrapeConfig(std::string_view file_name, std::string_view bytes) {
  const absl::StatusOr<YamlFile> file = YamlFile::Parse(file_name, bytes);
  if (!file.ok()) return file.status();
  const YamlValue root = file->root();
  YamlFields fields(root, "the scrape configuration", kTopKeys);
  if (!fields.status().ok()) return fields.status();
  const absl::StatusOr<Intervals> global = ReadGlobal(root);
  if (!global.ok()) return global.status();

  ScrapeConfig config;
  std::set<std::string> names;
  fields.ReadEach("scrape_configs", [&](const YamlValue& value) {
    absl::StatusOr<ScrapeJob> job = ReadJob(value, *global);
    if (!job.ok()) return job.status();
    if (!names.insert(job->job_name).second) {
      return value.Error(
          absl::StrCat("found multiple scrape configs with job name ", Quoted(job->job_name)));
    }
    config.jobs.push_back(*std::move(job));
    return absl::OkStatus();
  });
  if (!fields.status().ok()) return fields.status();
  return config;
}

}  // namespace tacho::adapter
