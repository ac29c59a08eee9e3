// Targets: from discovered addresses and labels to what is scraped and which
// labels its series get.
//
// As in Prometheus: the labels of discovery, then the job's where discovery said
// nothing, then relabel_configs over all of them, then what the labels say now:
//
//   __address__     host:port of the connection and, unless set, the label instance
//   __scheme__ __metrics_path__ __param_<x> __scrape_interval__ __scrape_timeout__
//   __meta_kubernetes_pod_label_<l>           the pod's own labels, for labelSelector
//   __meta_kubernetes_namespace, __meta_kubernetes_pod_name   which pod it is, else
//                                             the labels namespace and pod
//   any other __<x>   dropped
//
// The three about pods are taken as discovery gave them, whatever relabelling does.
//
// A pod label's name comes sanitized, as Prometheus' discovery writes it: whatever
// is not a letter, digit or underscore became an underscore. Selectors are matched
// the same way (SanitizeLabelName), so app.kubernetes.io/name finds
// app_kubernetes_io_name; two keys that differ only there are one.
//
// Threads     Plain values and functions.
#ifndef TACHO_ADAPTER_CORE_TARGETS_H_
#define TACHO_ADAPTER_CORE_TARGETS_H_

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "adapter/core/http_url.h"
#include "adapter/core/scrape_config.h"
#include "tacho/labels.h"

namespace tacho::adapter {

struct DiscoveredTarget {
  HttpUrl url;
  Labels labels;  // job, instance, and what discovery and relabelling added
  absl::Duration scrape_interval;
  absl::Duration scrape_timeout;
  std::string pod_namespace;  // empty: not a pod
  std::string pod_name;
  std::map<std::string, std::string> pod_labels;  // by sanitized name
  const ScrapeJob* job = nullptr;                 // outlives the target
  // Not empty: the target is not to be scraped, and counts as one whose scrapes fail.
  std::string refusal;
};

struct TargetSet {
  std::vector<DiscoveredTarget> targets;  // no two with the same labels, nor the same URL
  std::vector<std::string> problems;      // one for each address that was refused
  size_t dropped = 0;                     // by relabelling
};

// The targets of one job from all of its groups. Two that are equal are one (every
// port of a pod, once relabelling has put one address in place of each); of two with
// equal labels, or with the same URL (the same pod through a pod and a service monitor
// would count twice), the first stays and the other is reported. More than target_limit
// are all refused: a part of them would answer too low.
[[nodiscard]] TargetSet MakeTargets(const ScrapeJob& job, std::span<const TargetGroup> groups);

// a.b/c -> a_b_c
[[nodiscard]] std::string SanitizeLabelName(std::string_view name);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_TARGETS_H_
