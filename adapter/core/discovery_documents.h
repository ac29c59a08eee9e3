// The documents by which clients find the adapter's APIs: group lists, resource lists,
// OpenAPI. kube-apiserver asks for some of them five times every 30 s, so they are made
// once per change of what is listed.
//
// Source      contracts: custom metrics API, HTTP surface and reply bodies.
// Order       Custom metrics by resource and name, external ones by name.
// Ownership   Plain values.
// Threads     Immutable once made.
#ifndef TACHO_ADAPTER_CORE_DISCOVERY_DOCUMENTS_H_
#define TACHO_ADAPTER_CORE_DISCOVERY_DOCUMENTS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/core/api_group.h"

namespace tacho::adapter {

struct ListedMetric {
  std::string name;  // "pods/http_requests"
  bool namespaced = true;
};

// What there is to be listed.
struct ApiContents {
  std::vector<ApiGroup> groups;  // that are served
  std::vector<ListedMetric> custom;
  std::vector<std::string> external;
};

// The form of /apis that a client asks for by its Accept header.
enum class GroupListForm { kPlain, kAggregatedV2, kAggregatedV2beta1 };

class DiscoveryDocuments {
 public:
  explicit DiscoveryDocuments(const ApiContents& contents);

  // /apis
  [[nodiscard]] const std::string& GroupList(GroupListForm form) const;
  // The others give null where the API is not served.
  [[nodiscard]] const std::string* Group(ApiGroup group) const;
  [[nodiscard]] const std::string* ResourceList(ApiGroup group, ApiVersion version) const;
  // `path` is what follows /openapi/.
  [[nodiscard]] const std::string* OpenApi(std::string_view path) const;
  [[nodiscard]] bool Serves(ApiGroup group) const { return Group(group) != nullptr; }

 private:
  std::map<GroupListForm, std::string> group_lists_;
  std::map<std::string, std::string, std::less<>> by_path_;  // "custom.metrics.k8s.io/v1beta1"
  std::map<std::string, std::string, std::less<>> openapi_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_DISCOVERY_DOCUMENTS_H_
