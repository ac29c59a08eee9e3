// Kubernetes resources that the adapter knows without asking a cluster: those of the
// core API groups, under all their names.
//
// Threads     A constant table.
#ifndef TACHO_ADAPTER_CORE_RESOURCES_H_
#define TACHO_ADAPTER_CORE_RESOURCES_H_

#include <compare>
#include <string>
#include <string_view>

namespace tacho::adapter {

struct ResourceInfo {
  std::string_view plural;    // "pods"
  std::string_view singular;  // "pod"
  std::string_view kind;      // "Pod"
  std::string_view group;     // "" is the core group
  std::string_view version;   // "v1"
};

// A resource of a group, always plural: what a metric is about.
struct GroupResource {
  std::string group;
  std::string resource;

  [[nodiscard]] std::string ToString() const;  // "pods", "deployments.apps"
  friend auto operator<=>(const GroupResource&, const GroupResource&) = default;
  friend bool operator==(const GroupResource&, const GroupResource&) = default;
};

// By plural or singular, in any case. The group must be equal, else may be a prefix
// of the group's name ("networking" for networking.k8s.io); an empty group also finds a
// resource of another one, as Kubernetes' RESTMapper does. Null: unknown.
[[nodiscard]] const ResourceInfo* FindResource(std::string_view resource, std::string_view group);

// "deployments.apps" or "pods", as in a path. Null: unknown.
[[nodiscard]] const ResourceInfo* FindResourceArgument(std::string_view text);

[[nodiscard]] GroupResource ToGroupResource(const ResourceInfo& info);

// Metrics of these are asked for without a namespace; of all others with one.
[[nodiscard]] bool IsRootScoped(const GroupResource& resource);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_RESOURCES_H_
