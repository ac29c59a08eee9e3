#include "adapter/core/pods.h"

#include <optional>

namespace tacho::adapter {

PodIndex::PodIndex(std::span<const DiscoveredTarget> targets) {
  for (const DiscoveredTarget& target : targets) {
    if (target.pod_namespace.empty() || target.pod_name.empty()) continue;
    PodLabels& labels = namespaces_[target.pod_namespace][target.pod_name];
    labels.insert(target.pod_labels.begin(), target.pod_labels.end());
  }
}

std::vector<std::string> PodIndex::ListPods(std::string_view namespace_name,
                                            const Selector& selector) const {
  std::vector<std::string> names;
  const auto pods = namespaces_.find(namespace_name);
  if (pods == namespaces_.end()) return names;
  for (const auto& [name, labels] : pods->second) {
    const auto lookup = [&labels = labels](std::string_view key) {
      const auto label = labels.find(SanitizeLabelName(key));
      return label == labels.end() ? std::nullopt : std::optional<std::string_view>(label->second);
    };
    if (selector.Matches(lookup)) names.push_back(name);
  }
  return names;
}

bool PodIndex::HasPod(std::string_view namespace_name, std::string_view name) const {
  const auto pods = namespaces_.find(namespace_name);
  return pods != namespaces_.end() && pods->second.contains(name);
}

std::vector<std::string> PodIndex::ListNamespaces() const {
  std::vector<std::string> names;
  for (const auto& [name, pods] : namespaces_) names.push_back(name);
  return names;
}

}  // namespace tacho::adapter
