#include "adapter/core/targets.h"

#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"
#include "adapter/core/url_escape.h"

namespace tacho::adapter {
namespace {

constexpr std::string_view kParamPrefix = "__param_";
constexpr std::string_view kPodLabelPrefix = "__meta_kubernetes_pod_label_";
constexpr uint16_t kHttpPort = 80;

using LabelMap = std::map<std::string, std::string>;

// The labels of one address before any is dropped: discovery's, then what the job
// adds where discovery said nothing.
LabelMap AllLabels(const ScrapeJob& job, const TargetGroup& group, const std::string& address) {
  LabelMap labels = group.labels;
  labels["__address__"] = address;
  const auto fill = [&labels](const std::string& name, const std::string& value) {
    if (labels[name].empty()) labels[name] = value;
  };
  fill("job", job.job_name);
  fill("instance", address);
  fill("__scheme__", job.scheme);
  fill("__metrics_path__", job.metrics_path);
  for (const auto& [name, values] : job.params) {
    if (!values.empty()) fill(absl::StrCat(Abs(kParamPrefix), name), values.front());
  }
  return labels;
}

std::string QueryString(const ScrapeJob& job, const LabelMap& labels) {
  std::map<std::string, std::vector<std::string>> params = job.params;
  for (const auto& [label, value] : labels) {
    if (!absl::StartsWith(label, Abs(kParamPrefix))) continue;
    std::vector<std::string>& values = params[label.substr(kParamPrefix.size())];
    if (values.empty()) values.emplace_back();
    values.front() = value;
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

absl::Status CheckOverrides(const LabelMap& labels) {
  const std::string& scheme = labels.at("__scheme__");
  if (scheme != "http") {
    return absl::InvalidArgumentError(
        absl::StrCat("scheme ", Quoted(scheme), " is not supported; only http is"));
  }
  if (!absl::StartsWith(labels.at("__metrics_path__"), "/")) {
    return absl::InvalidArgumentError(absl::StrCat("__metrics_path__ must begin with /, not be ",
                                                   Quoted(labels.at("__metrics_path__"))));
  }
  constexpr std::array<std::string_view, 2> kPerTarget = {"__scrape_interval__",
                                                          "__scrape_timeout__"};
  for (const std::string_view name : kPerTarget) {
    if (!labels.contains(std::string(name))) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(Abs(name), " is not supported; set it for the whole job"));
  }
  return absl::OkStatus();
}

// Which pod the target is, and what labels that pod has.
void SetPod(const LabelMap& labels, DiscoveredTarget* target) {
  const auto get = [&labels](const std::string& first, const std::string& second) {
    const auto it = labels.find(first);
    if (it != labels.end()) return it->second;
    const auto other = labels.find(second);
    return other == labels.end() ? std::string() : other->second;
  };
  target->pod_namespace = get("__meta_kubernetes_namespace", "namespace");
  target->pod_name = get("__meta_kubernetes_pod_name", "pod");
  for (const auto& [name, value] : labels) {
    if (!absl::StartsWith(name, Abs(kPodLabelPrefix))) continue;
    target->pod_labels[SanitizeLabelName(std::string_view(name).substr(kPodLabelPrefix.size()))] =
        value;
  }
}

absl::StatusOr<Labels> PublicLabels(const LabelMap& labels) {
  std::vector<Label> kept;
  for (const auto& [name, value] : labels) {
    if (!absl::StartsWith(name, "__")) kept.push_back({name, value});
  }
  return Labels::Create(std::move(kept));
}

absl::StatusOr<DiscoveredTarget> MakeTarget(const ScrapeJob& job, const TargetGroup& group,
                                            const std::string& address) {
  absl::StatusOr<HostPort> host_port = ParseAddress(address, kHttpPort);
  if (!host_port.ok()) return host_port.status();
  const LabelMap labels = AllLabels(job, group, address);
  if (absl::Status status = CheckOverrides(labels); !status.ok()) return status;
  absl::StatusOr<Labels> kept = PublicLabels(labels);
  if (!kept.ok()) return kept.status();

  DiscoveredTarget target;
  target.scheme = labels.at("__scheme__");
  target.host = std::move(host_port->host);
  target.port = host_port->port;
  target.host_header = address;
  target.path_and_query =
      absl::StrCat(EscapePath(labels.at("__metrics_path__")), QueryString(job, labels));
  target.labels = *std::move(kept);
  target.job = &job;
  SetPod(labels, &target);
  return target;
}

bool IsHostCharacter(char c) { return IsAlnum(c) || c == '.' || c == '-' || c == '_'; }
bool IsV6Character(char c) { return IsAlnum(c) || c == ':' || c == '.' || c == '%'; }

bool ConsistsOf(std::string_view text, bool (*accept)(char)) {
  for (const char c : text) {
    if (!accept(c)) return false;
  }
  return !text.empty();
}

absl::Status BadAddress(std::string_view address) {
  return absl::InvalidArgumentError(
      absl::StrCat(Quoted(address),
                   " is not a target address; write host:port, without a scheme "
                   "or a path"));
}

// A decimal port from 1 to 65535, or nothing.
std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::string DiscoveredTarget::Url() const {
  return absl::StrCat(scheme, "://", host_header, path_and_query);
}

absl::StatusOr<HostPort> ParseAddress(std::string_view address, uint16_t default_port) {
  constexpr size_t kLongest = 300;  // a host name has at most 253 bytes
  const bool bracketed = !address.empty() && address.front() == '[';
  const size_t host_end = bracketed ? address.find(']') : address.find(':');
  if (address.size() > kLongest || (bracketed && host_end == std::string_view::npos)) {
    return BadAddress(address);
  }
  HostPort out;
  out.host = std::string(bracketed ? address.substr(1, host_end - 1) : address.substr(0, host_end));
  out.port = default_port;
  if (!ConsistsOf(out.host, bracketed ? IsV6Character : IsHostCharacter)) {
    return BadAddress(address);
  }
  std::string_view rest;
  if (host_end != std::string_view::npos) rest = address.substr(host_end + (bracketed ? 1 : 0));
  if (rest.empty()) return out;
  const std::optional<uint16_t> port = ParsePort(rest.substr(1));
  if (rest.front() != ':' || !port.has_value()) return BadAddress(address);
  out.port = *port;
  return out;
}

std::string SanitizeLabelName(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (!IsAlnum(c)) c = '_';
  }
  return out;
}

TargetSet MakeTargets(const ScrapeJob& job, std::span<const TargetGroup> groups) {
  TargetSet out;
  std::set<Labels> labels_seen;
  std::set<std::string> urls_seen;
  const auto problem = [&](const std::string& address, absl::string_view message) {
    out.problems.push_back(
        absl::StrCat("job ", Quoted(job.job_name), ", target ", Quoted(address), ": ", message));
  };
  for (const TargetGroup& group : groups) {
    for (const std::string& address : group.targets) {
      absl::StatusOr<DiscoveredTarget> target = MakeTarget(job, group, address);
      if (!target.ok()) {
        problem(address, target.status().message());
      } else if (!labels_seen.insert(target->labels).second) {
        problem(address, "dropped: another target of the job has the same labels");
      } else if (!urls_seen.insert(target->Url()).second) {
        problem(address, "dropped: another target of the job has the same URL");
      } else {
        out.targets.push_back(*std::move(target));
      }
    }
  }
  return out;
}

}  // namespace tacho::adapter
