#include "adapter/core/scrape_config.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/relabel_yaml.h"
#include "adapter/core/scrape_keys.h"
#include "adapter/core/text.h"
#include "adapter/core/yaml_fields.h"

namespace tacho::adapter {
namespace {

constexpr std::array<std::string_view, 2> kTopKeys = {"global", "scrape_configs"};

// Zero, as an absent key, means "the one further out".
struct Intervals {
  absl::Duration interval;
  absl::Duration timeout;
};

// What both global and a job may say. A job begins with what global said.
struct Shared {
  Intervals times;
  ScrapeLimits limits;
  ScrapeProtocols protocols;
  NameScheme names = NameScheme::kUtf8;
};

Intervals WithDefaults(Intervals given, const Intervals& outer) {
  if (given.interval == absl::ZeroDuration()) given.interval = outer.interval;
  if (given.timeout == absl::ZeroDuration()) {
    given.timeout = std::min(outer.timeout, given.interval);
  }
  return given;
}

absl::Status ReadScheme(const YamlValue& value, Shared* out) {
  if (value.text() == "utf8") {
    out->names = NameScheme::kUtf8;
  } else if (value.text() == "legacy") {
    out->names = NameScheme::kLegacy;
    // What Prometheus then asks targets for: names that are legacy ones.
    if (out->protocols.escaping.empty()) out->protocols.escaping = "underscores";
  } else {
    return value.Error(absl::StrCat("metric_name_validation_scheme must be utf8 or legacy, not ",
                                    value.Describe()));
  }
  return absl::OkStatus();
}

absl::Status ReadEscaping(const YamlValue& value, std::string* out) {
  constexpr std::array<std::string_view, 4> kSchemes = {"allow-utf-8", "underscores", "dots",
                                                        "values"};
  *out = value.text();
  if (std::ranges::find(kSchemes, *out) != kSchemes.end()) return absl::OkStatus();
  return value.Error(
      absl::StrCat("metric_name_escaping_scheme must be allow-utf-8, underscores, dots or "
                   "values, not ",
                   value.Describe()));
}

// out->times gets what is written here, for WithDefaults.
void ReadShared(YamlFields* fields, Shared* out) {
  out->times = {};
  fields->ReadDuration("scrape_interval", &out->times.interval);
  fields->ReadDuration("scrape_timeout", &out->times.timeout);
  fields->Read("sample_limit", &out->limits.sample_limit);
  fields->ReadBytes("body_size_limit", &out->limits.body_size_limit);
  fields->Read("label_limit", &out->limits.label_limit);
  fields->Read("label_name_length_limit", &out->limits.label_name_length_limit);
  fields->Read("label_value_length_limit", &out->limits.label_value_length_limit);
  fields->Read("target_limit", &out->limits.target_limit);
  uint32_t ignored = 0;  // tacho keeps no list of them
  fields->Read("keep_dropped_targets", &ignored);
  fields->ReadWith("scrape_protocols", [out](const YamlValue& value) {
    return ReadScrapeProtocols(value, &out->protocols.offered);
  });
  fields->ReadWith("metric_name_escaping_scheme", [out](const YamlValue& value) {
    return ReadEscaping(value, &out->protocols.escaping);
  });
  fields->ReadWith("metric_name_validation_scheme",
                   [out](const YamlValue& value) { return ReadScheme(value, out); });
}

absl::StatusOr<Shared> ReadGlobal(const YamlValue& root) {
  Shared out;
  const std::optional<YamlValue> global = root.Find("global");
  if (global.has_value()) {
    if (absl::Status s = RefuseUnsupported(*global); !s.ok()) return s;
    YamlFields fields(*global, "global", GlobalKeys());
    ReadShared(&fields, &out);
    // Of rules and of remote write, which tacho has not; checked and otherwise unused.
    absl::Duration evaluation_interval;
    std::map<std::string, std::string> external_labels;
    fields.ReadDuration("evaluation_interval", &evaluation_interval);
    fields.Read("external_labels", &external_labels);
    if (!fields.status().ok()) return fields.status();
  }
  out.times = WithDefaults(out.times, {absl::Minutes(1), absl::Seconds(10)});
  if (out.times.timeout > out.times.interval) {
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

template <typename T>
YamlFields::Reader AppendTo(std::vector<T>* out, absl::StatusOr<T> (*read)(const YamlValue&)) {
  return [out, read](const YamlValue& value) {
    absl::StatusOr<T> item = read(value);
    if (item.ok()) out->push_back(*std::move(item));
    return item.status();
  };
}

YamlFields::Reader AppendRule(RelabelRules* out, NameScheme scheme) {
  return [out, scheme](const YamlValue& value) {
    absl::StatusOr<RelabelRule> rule = ReadRelabelRule(value, scheme);
    if (rule.ok()) out->push_back(*std::move(rule));
    return rule.status();
  };
}

// A wrong address of the file itself is the file's error; one that discovery brings, or
// relabelling makes, is only reported.
absl::Status CheckAddresses(const YamlValue& groups) {
  for (const YamlValue& group : groups.Items()) {
    const std::optional<YamlValue> targets = group.Find("targets");
    if (!targets.has_value()) continue;
    for (const YamlValue& target : targets->Items()) {
      const absl::Status status = ParseAddress(target.text(), DefaultPort(false)).status();
      if (!status.ok()) return target.Error(Std(status.message()));
    }
  }
  return absl::OkStatus();
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
  if (job.scheme != "http" && job.scheme != "https") {
    return value.Find("scheme").value_or(value).Error(
        absl::StrCat("scheme must be http or https, not ", Quoted(job.scheme)));
  }
  const std::optional<YamlValue> groups = value.Find("static_configs");
  if (!groups.has_value() || !job.relabel_rules.empty()) return absl::OkStatus();
  return CheckAddresses(*groups);
}

void ReadSources(YamlFields* fields, NameScheme scheme, ScrapeJob* job) {
  fields->ReadEach("static_configs", AppendTo(&job->static_configs, ReadTargetGroup));
  fields->ReadEach("file_sd_configs", AppendTo(&job->file_sd_configs, ReadFileSd));
  fields->ReadEach("http_sd_configs", AppendTo(&job->http_sd_configs, ReadHttpSd));
  fields->ReadEach("relabel_configs", AppendRule(&job->relabel_rules, scheme));
  fields->ReadEach("metric_relabel_configs", AppendRule(&job->metric_relabel_rules, scheme));
}

absl::StatusOr<ScrapeJob> ReadJob(const YamlValue& value, const Shared& global) {
  if (absl::Status s = RefuseUnsupported(value); !s.ok()) return s;
  ScrapeJob job;
  Shared shared = global;
  YamlFields fields(value, "a scrape config", JobKeys());
  fields.Read("job_name", &job.job_name);
  ReadShared(&fields, &shared);
  fields.Read("metrics_path", &job.metrics_path);
  fields.Read("scheme", &job.scheme);
  fields.Read("honor_labels", &job.honor_labels);
  fields.Read("honor_timestamps", &job.honor_timestamps);
  fields.Read("enable_compression", &job.enable_compression);
  fields.ReadWith("fallback_scrape_protocol", [&](const YamlValue& fallback) {
    return ReadFallbackProtocol(fallback, &shared.protocols.fallback);
  });
  fields.ReadWith("params",
                  [&](const YamlValue& params) { return ReadParams(params, &job.params); });
  ReadSources(&fields, shared.names, &job);
  if (!fields.status().ok()) return fields.status();
  if (absl::Status s = ReadHttpClient(value, &job.http); !s.ok()) return s;
  const Intervals times = WithDefaults(shared.times, global.times);
  job.scrape_interval = times.interval;
  job.scrape_timeout = times.timeout;
  job.limits = shared.limits;
  job.protocols = std::move(shared.protocols);
  if (absl::Status status = CheckJob(value, job); !status.ok()) return status;
  return job;
}

}  // namespace

absl::StatusOr<ScrapeConfig> ParseScrapeConfig(std::string_view file_name, std::string_view bytes) {
  const absl::StatusOr<YamlFile> file = YamlFile::Parse(file_name, bytes);
  if (!file.ok()) return file.status();
  const YamlValue root = file->root();
  if (absl::Status refused = RefuseUnsupported(root); !refused.ok()) return refused;
  YamlFields fields(root, "the scrape configuration", kTopKeys);
  if (!fields.status().ok()) return fields.status();
  const absl::StatusOr<Shared> global = ReadGlobal(root);
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
