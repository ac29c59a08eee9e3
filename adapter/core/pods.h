// PodLister: which pods and namespaces exist, as far as discovery knows.
//
// Threads     Const calls are safe from any thread. PodIndex is immutable: build
//             another one when discovery changes, and swap the pointer.
#ifndef TACHO_ADAPTER_CORE_PODS_H_
#define TACHO_ADAPTER_CORE_PODS_H_

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/core/k8s_selector.h"
#include "adapter/core/targets.h"

namespace tacho::adapter {

class PodLister {
 public:
  virtual ~PodLister() = default;
  // Names, sorted.
  [[nodiscard]] virtual std::vector<std::string> ListPods(std::string_view namespace_name,
                                                          const Selector& selector) const = 0;
  [[nodiscard]] virtual bool HasPod(std::string_view namespace_name,
                                    std::string_view name) const = 0;
  [[nodiscard]] virtual std::vector<std::string> ListNamespaces() const = 0;
};

class PodIndex final : public PodLister {
 public:
  // Targets that are no pods are passed over. The labels of a pod with several
  // targets are the union of what they say; the first wins.
  explicit PodIndex(std::span<const DiscoveredTarget> targets);

  [[nodiscard]] std::vector<std::string> ListPods(std::string_view namespace_name,
                                                  const Selector& selector) const override;
  [[nodiscard]] bool HasPod(std::string_view namespace_name, std::string_view name) const override;
  [[nodiscard]] std::vector<std::string> ListNamespaces() const override;

 private:
  using PodLabels = std::map<std::string, std::string, std::less<>>;  // by sanitized name
  using PodsByName = std::map<std::string, PodLabels, std::less<>>;
  std::map<std::string, PodsByName, std::less<>> namespaces_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_PODS_H_
