#include "adapter/core/targets.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/label_builder.h"
#include "adapter/core/text.h"
#include "adapter/core/url_escape.h"
#include "adapter/core/yaml_fields.h"

namespace tacho::adapter {
namespace {

constexpr std::string_view kParamPrefix = "__param_";
constexpr std::string_view kPodLabelPrefix = "__meta_kubernetes_pod_label_";

// As Prometheus writes durations; whole milliseconds.
std::string PrometheusDuration(absl::Duration duration) {
  const int64_t ms = absl::ToInt64Milliseconds(duration);
  return ms % 1000 == 0 ? absl::StrCat(ms / 1000, "s") : absl::StrCat(ms, "ms");
}

// The labels of one address before relabelling: discovery's, then what the job adds
// where discovery said nothing.
LabelBuilder AllLabels(const ScrapeJob& job, const TargetGroup& group, const std::string& address) {
  LabelBuilder labels;
  for (const auto& [name, value] : group.labels) labels.Set(name, value);
  labels.Set("__address__", address);
  labels.Default("job", job.job_name);
  labels.Default("__scheme__", job.scheme);
  labels.Default("__metrics_path__", job.metrics_path);
  labels.Default("__scrape_interval__", PrometheusDuration(job.scrape_interval));
  labels.Default("__scrape_timeout__", PrometheusDuration(job.scrape_timeout));
  for (const auto& [name, values] : job.params) {
    if (!values.empty()) labels.Default(absl::StrCat(Abs(kParamPrefix), name), values.front());
  }
  return labels;
}

std::string QueryString(const ScrapeJob& job, const LabelBuilder& labels) {
  std::map<std::string, std::vector<std::string>> params = job.params;
  for (const Label& label : labels.labels()) {
    if (!absl::StartsWith(label.name, Abs(kParamPrefix))) continue;
    std::vector<std::string>& values = params[label.name.substr(kParamPrefix.size())];
    if (values.empty()) values.emplace_back();
    values.front() = label.value;
  }
  std::string query;
  for (const auto& [name, values] : params) {
    for (const std::string& value : values) {
      absl::StrAppend(&query, query.empty() ? "?" : "&", EscapeQuery(name), "=",
                      EscapeQuery(value));
    }
  }
  return query;
}

absl::StatusOr<HttpUrl> UrlOf(const ScrapeJob& job, const LabelBuilder& labels) {
  const std::string_view scheme = labels.Get("__scheme__");
  if (scheme != "http" && scheme != "https") {
    return absl::InvalidArgumentError(
        absl::StrCat("__scheme__ must be http or https, not ", Quoted(scheme)));
  }
  const std::string path(labels.Get("__metrics_path__"));
  if (!absl::StartsWith(path, "/")) {
    return absl::InvalidArgumentError(
        absl::StrCat("__metrics_path__ must begin with /, not be ", Quoted(path)));
  }
  HttpUrl url;
  url.tls = scheme == "https";
  const std::string_view address = labels.Get("__address__");
  absl::StatusOr<HostPort> host_port = ParseAddress(address, DefaultPort(url.tls));
  if (!host_port.ok()) return host_port.status();
  url.address = *std::move(host_port);
  url.host_header = address;
  url.path_and_query = absl::StrCat(EscapePath(path), QueryString(job, labels));
  return url;
}

absl::Status ReadTimes(const LabelBuilder& labels, DiscoveredTarget* target) {
  const auto read = [&labels](std::string_view name, absl::Duration* out) {
    const absl::StatusOr<absl::Duration> parsed = ParsePrometheusDuration(labels.Get(name));
    if (!parsed.ok() || *parsed <= absl::ZeroDuration()) {
      return absl::InvalidArgumentError(
          absl::StrCat(Abs(name), " must be a duration above 0, not ", Quoted(labels.Get(name))));
    }
    *out = *parsed;
    return absl::OkStatus();
  };
  if (absl::Status s = read("__scrape_interval__", &target->scrape_interval); !s.ok()) return s;
  if (absl::Status s = read("__scrape_timeout__", &target->scrape_timeout); !s.ok()) return s;
  if (target->scrape_timeout <= target->scrape_interval) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "scrape timeout (", PrometheusDuration(target->scrape_timeout),
      ") greater than scrape interval (", PrometheusDuration(target->scrape_interval), ")"));
}

// Which pod the target is, and what labels that pod has: by discovery, else by the
// labels that its series get.
void SetPod(const LabelBuilder& discovered, DiscoveredTarget* target) {
  const auto either = [&](std::string_view meta, std::string_view label) {
    const std::string_view value = discovered.Get(meta);
    return std::string(value.empty() ? target->labels.Get(label) : value);
  };
  target->pod_namespace = either("__meta_kubernetes_namespace", "namespace");
  target->pod_name = either("__meta_kubernetes_pod_name", "pod");
  for (const Label& label : discovered.labels()) {
    if (!absl::StartsWith(label.name, Abs(kPodLabelPrefix))) continue;
    const std::string_view name = std::string_view(label.name).substr(kPodLabelPrefix.size());
    target->pod_labels[SanitizeLabelName(name)] = label.value;
  }
}

absl::StatusOr<Labels> PublicLabels(const LabelBuilder& labels) {
  std::vector<Label> kept;
  for (const Label& label : labels.labels()) {
    if (!absl::StartsWith(label.name, "__")) kept.push_back(label);
  }
  if (labels.Get("instance").empty()) {
    kept.push_back({"instance", std::string(labels.Get("__address__"))});
  }
  return Labels::Create(std::move(kept));
}

// Nothing if relabelling drops it.
absl::StatusOr<std::optional<DiscoveredTarget>> MakeTarget(const ScrapeJob& job,
                                                           const TargetGroup& group,
                                                           const std::string& address) {
  const LabelBuilder discovered = AllLabels(job, group, address);
  LabelBuilder labels = discovered;
  if (!Relabel(job.relabel_rules, &labels)) return std::optional<DiscoveredTarget>();
  DiscoveredTarget target;
  absl::StatusOr<HttpUrl> url = UrlOf(job, labels);
  if (!url.ok()) return url.status();
  target.url = *std::move(url);
  if (absl::Status s = ReadTimes(labels, &target); !s.ok()) return s;
  absl::StatusOr<Labels> kept = PublicLabels(labels);
  if (!kept.ok()) return kept.status();
  target.labels = *std::move(kept);
  target.job = &job;
  SetPod(discovered, &target);
  return std::optional(std::move(target));
}

// The targets of one job, taken in one by one.
class Collector {
 public:
  explicit Collector(const ScrapeJob& job) : job_(job) {}

  void Add(const TargetGroup& group, const std::string& address) {
    absl::StatusOr<std::optional<DiscoveredTarget>> target = MakeTarget(job_, group, address);
    if (!target.ok()) return Report(address, target.status().message());
    if (!target->has_value()) {
      ++out_.dropped;
      return;
    }
    const std::string url = (*target)->url.ToString();
    const Labels& labels = (*target)->labels;
    const auto same_labels = by_labels_.find(labels);
    const auto same_url = by_url_.find(url);
    if (same_labels != by_labels_.end() && same_labels->second != url) {
      Report(address, "dropped: another target of the job has the same labels");
    } else if (same_url != by_url_.end() && same_url->second != labels) {
      Report(address, "dropped: another target of the job has the same URL");
    } else if (same_url == by_url_.end()) {
      by_labels_.emplace(labels, url);
      by_url_.emplace(url, labels);
      out_.targets.push_back(*std::move(*target));
    }
  }

  TargetSet Finish() && {
    const uint32_t limit = job_.limits.target_limit;
    if (limit == 0 || out_.targets.size() <= limit) return std::move(out_);
    const std::string refusal = absl::StrCat(
        "target_limit exceeded (number of targets: ", out_.targets.size(), ", limit: ", limit, ")");
    for (DiscoveredTarget& target : out_.targets) target.refusal = refusal;
    out_.problems.push_back(absl::StrCat("job ", Quoted(job_.job_name), ": ", refusal));
    return std::move(out_);
  }

 private:
  void Report(const std::string& address, absl::string_view message) {
    out_.problems.push_back(
        absl::StrCat("job ", Quoted(job_.job_name), ", target ", Quoted(address), ": ", message));
  }

  const ScrapeJob& job_;
  TargetSet out_;
  std::map<Labels, std::string> by_labels_;
  std::map<std::string, Labels> by_url_;
};

}  // namespace

std::string SanitizeLabelName(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (!IsAlnum(c)) c = '_';
  }
  return out;
}

TargetSet MakeTargets(const ScrapeJob& job, std::span<const TargetGroup> groups) {
  Collector collector(job);
  for (const TargetGroup& group : groups) {
    for (const std::string& address : group.targets) collector.Add(group, address);
  }
  return std::move(collector).Finish();
}

}  // namespace tacho::adapter
