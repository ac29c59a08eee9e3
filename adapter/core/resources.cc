#include "adapter/core/resources.h"

#include <array>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

// The core group first, then the groups that a name without one is looked up in, newest
// before the ones they replaced.
constexpr auto kResources = std::to_array<ResourceInfo>({
    {"bindings", "binding", "Binding", "", "v1"},
    {"componentstatuses", "componentstatus", "ComponentStatus", "", "v1"},
    {"configmaps", "configmap", "ConfigMap", "", "v1"},
    {"endpoints", "endpoints", "Endpoints", "", "v1"},
    {"events", "event", "Event", "", "v1"},
    {"limitranges", "limitrange", "LimitRange", "", "v1"},
    {"namespaces", "namespace", "Namespace", "", "v1"},
    {"nodes", "node", "Node", "", "v1"},
    {"persistentvolumeclaims", "persistentvolumeclaim", "PersistentVolumeClaim", "", "v1"},
    {"persistentvolumes", "persistentvolume", "PersistentVolume", "", "v1"},
    {"pods", "pod", "Pod", "", "v1"},
    {"podtemplates", "podtemplate", "PodTemplate", "", "v1"},
    {"replicationcontrollers", "replicationcontroller", "ReplicationController", "", "v1"},
    {"resourcequotas", "resourcequota", "ResourceQuota", "", "v1"},
    {"secrets", "secret", "Secret", "", "v1"},
    {"serviceaccounts", "serviceaccount", "ServiceAccount", "", "v1"},
    {"services", "service", "Service", "", "v1"},
    {"controllerrevisions", "controllerrevision", "ControllerRevision", "apps", "v1"},
    {"daemonsets", "daemonset", "DaemonSet", "apps", "v1"},
    {"deployments", "deployment", "Deployment", "apps", "v1"},
    {"replicasets", "replicaset", "ReplicaSet", "apps", "v1"},
    {"statefulsets", "statefulset", "StatefulSet", "apps", "v1"},
    {"horizontalpodautoscalers", "horizontalpodautoscaler", "HorizontalPodAutoscaler",
     "autoscaling", "v2"},
    {"cronjobs", "cronjob", "CronJob", "batch", "v1"},
    {"jobs", "job", "Job", "batch", "v1"},
    {"ingressclasses", "ingressclass", "IngressClass", "networking.k8s.io", "v1"},
    {"ingresses", "ingress", "Ingress", "networking.k8s.io", "v1"},
    {"networkpolicies", "networkpolicy", "NetworkPolicy", "networking.k8s.io", "v1"},
    {"poddisruptionbudgets", "poddisruptionbudget", "PodDisruptionBudget", "policy", "v1"},
    {"clusterrolebindings", "clusterrolebinding", "ClusterRoleBinding", "rbac.authorization.k8s.io",
     "v1"},
    {"clusterroles", "clusterrole", "ClusterRole", "rbac.authorization.k8s.io", "v1"},
    {"rolebindings", "rolebinding", "RoleBinding", "rbac.authorization.k8s.io", "v1"},
    {"roles", "role", "Role", "rbac.authorization.k8s.io", "v1"},
    {"csidrivers", "csidriver", "CSIDriver", "storage.k8s.io", "v1"},
    {"csinodes", "csinode", "CSINode", "storage.k8s.io", "v1"},
    {"storageclasses", "storageclass", "StorageClass", "storage.k8s.io", "v1"},
    {"volumeattachments", "volumeattachment", "VolumeAttachment", "storage.k8s.io", "v1"},
    {"leases", "lease", "Lease", "coordination.k8s.io", "v1"},
    {"endpointslices", "endpointslice", "EndpointSlice", "discovery.k8s.io", "v1"},
    {"priorityclasses", "priorityclass", "PriorityClass", "scheduling.k8s.io", "v1"},
    {"runtimeclasses", "runtimeclass", "RuntimeClass", "node.k8s.io", "v1"},
    {"customresourcedefinitions", "customresourcedefinition", "CustomResourceDefinition",
     "apiextensions.k8s.io", "v1"},
    {"apiservices", "apiservice", "APIService", "apiregistration.k8s.io", "v1"},
    {"events", "event", "Event", "events.k8s.io", "v1"},
    {"daemonsets", "daemonset", "DaemonSet", "extensions", "v1beta1"},
    {"deployments", "deployment", "Deployment", "extensions", "v1beta1"},
    {"ingresses", "ingress", "Ingress", "extensions", "v1beta1"},
    {"replicasets", "replicaset", "ReplicaSet", "extensions", "v1beta1"},
});

template <typename GroupPredicate>
const ResourceInfo* FirstWhere(std::string_view resource, GroupPredicate group_fits) {
  const std::string wanted = Lowercase(resource);
  for (const ResourceInfo& info : kResources) {
    if ((info.plural == wanted || info.singular == wanted) && group_fits(info.group)) return &info;
  }
  return nullptr;
}

}  // namespace

std::string GroupResource::ToString() const {
  return group.empty() ? resource : absl::StrCat(resource, ".", group);
}

const ResourceInfo* FindResource(std::string_view resource, std::string_view group) {
  const std::string wanted = Lowercase(group);
  const ResourceInfo* exact =
      FirstWhere(resource, [&](std::string_view candidate) { return candidate == wanted; });
  if (exact != nullptr) return exact;
  return FirstWhere(resource, [&](std::string_view candidate) {
    return absl::StartsWith(Abs(candidate), wanted);
  });
}

const ResourceInfo* FindResourceArgument(std::string_view text) {
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos) return FindResource(text, "");
  return FindResource(text.substr(0, dot), text.substr(dot + 1));
}

GroupResource ToGroupResource(const ResourceInfo& info) {
  return {std::string(info.group), std::string(info.plural)};
}

bool IsRootScoped(const GroupResource& resource) {
  return resource.group.empty() &&
         (resource.resource == "namespaces" || resource.resource == "nodes" ||
          resource.resource == "persistentvolumes");
}

}  // namespace tacho::adapter
