// Targets: from discovered addresses and labels to what is scraped and which
// labels its series get.
//
//   address label   host:port of the connection and, unless set, the label instance
//   __scheme__ __metrics_path__ __param_<x>   override the job's
//   __meta_kubernetes_pod_label_<l>           the pod's own labels, for labelSelector
//   __meta_kubernetes_namespace, __meta_kubernetes_pod_name   which pod it is, else
//                                             the labels namespace and pod
//   any other __<x>   dropped
//
// A pod label's name comes sanitized, as Prometheus' discovery writes it: whatever
// is not a letter, digit or underscore became an underscore. Selectors are matched
// the same way (SanitizeLabelName), so app.kubernetes.io/name finds
// app_kubernetes_io_name; two keys that differ only there are one.
//
// Threads     Plain values and functions.
#ifndef TACHO_ADAPTER_CORE_TARGETS_H_
#define TACHO_ADAPTER_CORE_TARGETS_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapter/core/scrape_config.h"
#include "tacho/labels.h"

namespace tacho::adapter {

struct DiscoveredTarget {
  std::string scheme;  // http
  std::string host;    // without brackets
  uint16_t port = 0;
  std::string host_header;     // as in the address: host, or host:port
  std::string path_and_query;  // begins with /
  Labels labels;               // job, instance, and what discovery added
  std::string pod_namespace;   // empty: not a pod
  std::string pod_name;
  std::map<std::string, std::string> pod_labels;  // by sanitized name
  const ScrapeJob* job = nullptr;                 // outlives the target

  [[nodiscard]] std::string Url() const;
};

struct TargetSet {
  std::vector<DiscoveredTarget> targets;  // no two with the same labels, nor the same URL
  std::vector<std::string> problems;      // one for each address that was refused
};

// The targets of one job from all of its groups. Of two with equal labels, or with
// the same URL (the same pod through a pod and a service monitor would count twice),
// the first stays and the other is reported.
[[nodiscard]] TargetSet MakeTargets(const ScrapeJob& job, std::span<const TargetGroup> groups);

struct HostPort {
  std::string host;
  uint16_t port = 0;
};
//   kInvalidArgument    not host, host:port or [v6]:port
[[nodiscard]] absl::StatusOr<HostPort> ParseAddress(std::string_view address,
                                                    uint16_t default_port);

// a.b/c -> a_b_c
[[nodiscard]] std::string SanitizeLabelName(std::string_view name);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_TARGETS_H_
