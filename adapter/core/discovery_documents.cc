#include "adapter/core/discovery_documents.h"

#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapter/core/json_writer.h"
#include "adapter/core/openapi.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

std::string GroupVersion(ApiGroup group, ApiVersion version) {
  return absl::StrCat(Abs(ToString(group)), "/", Abs(ToString(version)));
}

// The versions and the preferred one of the group, without braces. v1beta2 of custom
// metrics is served, but not listed, as upstream.
std::string GroupFields(ApiGroup group) {
  const std::string version =
      absl::StrCat("{\"groupVersion\":\"", GroupVersion(group, ApiVersion::kV1beta1),
                   "\",\"version\":\"v1beta1\"}");
  return absl::StrCat("\"name\":\"", Abs(ToString(group)), "\",\"versions\":[", version,
                      "],\"preferredVersion\":", version);
}

std::string GroupListJson(std::span<const ApiGroup> groups) {
  const std::string joined = absl::StrJoin(groups, ",", [](std::string* out, ApiGroup group) {
    absl::StrAppend(out, "{", GroupFields(group), "}");
  });
  return absl::StrCat("{\"kind\":\"APIGroupList\",\"groups\":[", joined, "]}\n");
}

// Only metrics.k8s.io is in it, as upstream: thousands of metrics would be fetched every
// minute for nothing.
std::string AggregatedJson(std::string_view version, bool serves_resource) {
  constexpr std::string_view kItem =
      R"({"metadata":{"name":"metrics.k8s.io","creationTimestamp":null},"versions":[)"
      R"({"version":"v1beta1","resources":[{"resource":"nodes","responseKind":{"group":"",)"
      R"("version":"","kind":"NodeMetrics"},"scope":"Cluster","singularResource":"node",)"
      R"("verbs":["get","list"]},{"resource":"pods","responseKind":{"group":"","version":"",)"
      R"("kind":"PodMetrics"},"scope":"Namespaced","singularResource":"pod",)"
      R"("verbs":["get","list"]}],"freshness":"Current"}]})";
  return absl::StrCat("{\"kind\":\"APIGroupDiscoveryList\",\"apiVersion\":\"apidiscovery.k8s.io/",
                      Abs(version), "\",\"metadata\":{},\"items\":[",
                      Abs(serves_resource ? kItem : ""), "]}\n");
}

std::string ResourceListJson(ApiGroup group, ApiVersion version, const std::string& resources) {
  return absl::StrCat("{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\"",
                      GroupVersion(group, version), "\",\"resources\":[", resources, "]}\n");
}

std::string ListedResource(std::string_view name, bool namespaced, std::string_view kind) {
  return absl::StrCat("{\"name\":", JsonString(name),
                      ",\"singularName\":\"\",\"namespaced\":", namespaced ? "true" : "false",
                      ",\"kind\":\"", Abs(kind), "\",\"verbs\":[\"get\"]}");
}

std::string Resources(const ApiContents& contents, ApiGroup group) {
  if (group == ApiGroup::kCustom) {
    return absl::StrJoin(contents.custom, ",", [](std::string* out, const ListedMetric& metric) {
      *out += ListedResource(metric.name, metric.namespaced, "MetricValueList");
    });
  }
  if (group == ApiGroup::kExternal) {
    return absl::StrJoin(contents.external, ",", [](std::string* out, const std::string& name) {
      *out += ListedResource(name, true, "ExternalMetricValueList");
    });
  }
  return R"({"name":"nodes","singularName":"","namespaced":false,"kind":"NodeMetrics",)"
         R"("verbs":["get","list"]},{"name":"pods","singularName":"","namespaced":true,)"
         R"("kind":"PodMetrics","verbs":["get","list"]})";
}

}  // namespace

DiscoveryDocuments::DiscoveryDocuments(const ApiContents& contents) {
  group_lists_[GroupListForm::kPlain] = GroupListJson(contents.groups);
  bool serves_resource = false;
  std::vector<std::string> group_versions;
  for (const ApiGroup group : contents.groups) {
    serves_resource |= group == ApiGroup::kResource;
    by_path_[std::string(ToString(group))] =
        absl::StrCat("{\"kind\":\"APIGroup\",\"apiVersion\":\"v1\",", GroupFields(group), "}\n");
    const std::string resources = Resources(contents, group);
    for (const ApiVersion version : {ApiVersion::kV1beta1, ApiVersion::kV1beta2}) {
      if (!ParseApiVersion(group, ToString(version)).has_value()) continue;
      group_versions.push_back(GroupVersion(group, version));
      by_path_[group_versions.back()] = ResourceListJson(group, version, resources);
    }
  }
  group_lists_[GroupListForm::kAggregatedV2] = AggregatedJson("v2", serves_resource);
  group_lists_[GroupListForm::kAggregatedV2beta1] = AggregatedJson("v2beta1", serves_resource);
  openapi_ = OpenApiDocuments(group_versions);
}

const std::string& DiscoveryDocuments::GroupList(GroupListForm form) const {
  return group_lists_.at(form);
}

const std::string* DiscoveryDocuments::Group(ApiGroup group) const {
  const auto it = by_path_.find(ToString(group));
  return it == by_path_.end() ? nullptr : &it->second;
}

const std::string* DiscoveryDocuments::ResourceList(ApiGroup group, ApiVersion version) const {
  const auto it = by_path_.find(GroupVersion(group, version));
  return it == by_path_.end() ? nullptr : &it->second;
}

const std::string* DiscoveryDocuments::OpenApi(std::string_view path) const {
  const auto it = openapi_.find(path);
  return it == openapi_.end() ? nullptr : &it->second;
}

}  // namespace tacho::adapter
