#include "adapter/core/openapi.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapter/core/api_group.h"
#include "adapter/core/json_writer.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

// The paths below /apis/{group}/{version}, with their parameters in braces.
std::vector<std::string_view> PathsOf(std::string_view group) {
  if (group == ToString(ApiGroup::kCustom)) {
    return {"/", "/namespaces/{namespace}/metrics/{metric}",
            "/namespaces/{namespace}/{resource}/{name}/{metric}", "/{resource}/{name}/{metric}"};
  }
  if (group == ToString(ApiGroup::kExternal)) return {"/", "/namespaces/{namespace}/{metric}"};
  return {"/",
          "/namespaces/{namespace}/pods",
          "/namespaces/{namespace}/pods/{name}",
          "/nodes",
          "/nodes/{name}",
          "/pods"};
}

std::vector<std::string_view> QueriesOf(std::string_view group) {
  if (group == ToString(ApiGroup::kCustom)) return {"labelSelector", "metricLabelSelector"};
  return {"labelSelector"};
}

enum class Dialect : uint8_t { kV2, kV3 };

std::string Parameter(std::string_view name, std::string_view in, Dialect dialect) {
  const std::string_view type = dialect == Dialect::kV2 ? R"("type":"string","uniqueItems":true)"
                                                        : R"("schema":{"type":"string"})";
  return absl::StrCat("{\"name\":", JsonString(name), ",\"in\":\"", Abs(in), "\",",
                      in == "path" ? "\"required\":true," : "", Abs(type), "}");
}

std::string Parameters(std::string_view group, std::string_view path, Dialect dialect) {
  std::vector<std::string> all;
  size_t begin = 0;
  while ((begin = path.find('{', begin)) != std::string_view::npos) {
    const size_t end = path.find('}', begin);
    all.push_back(Parameter(path.substr(begin + 1, end - begin - 1), "path", dialect));
    begin = end;
  }
  if (!all.empty()) {
    for (const std::string_view query : QueriesOf(group)) {
      all.push_back(Parameter(query, "query", dialect));
    }
  }
  return absl::StrCat("[", absl::StrJoin(all, ","), "]");
}

std::string Operation(std::string_view group, std::string_view path, Dialect dialect) {
  const std::string_view produces =
      dialect == Dialect::kV2 ? R"("produces":["application/json","application/yaml"],)" : "";
  const std::string_view content =
      dialect == Dialect::kV2 ? ""
                              : R"(,"content":{"application/json":{"schema":{"type":"object"}}})";
  return absl::StrCat("{\"get\":{", Abs(produces),
                      "\"parameters\":", Parameters(group, path, dialect),
                      ",\"responses\":{\"200\":{\"description\":\"OK\"", Abs(content), "}}}}");
}

// All paths of one group version, without braces around them.
std::string Paths(const std::string& group_version, Dialect dialect) {
  const std::string group = group_version.substr(0, group_version.find('/'));
  std::vector<std::string> all;
  for (const std::string_view path : PathsOf(group)) {
    all.push_back(
        absl::StrCat("\"/apis/", group_version, Abs(path), "\":", Operation(group, path, dialect)));
  }
  return absl::StrJoin(all, ",");
}

constexpr std::string_view kInfo = R"("info":{"title":"tacho-adapter","version":"v1"})";

// Not cryptography: it tells a client that caches by it when a document has changed.
std::string Fingerprint(std::string_view text) {
  uint64_t hash = 14695981039346656037u;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return absl::StrCat(absl::Hex(hash, absl::kZeroPad16));
}

}  // namespace

std::map<std::string, std::string, std::less<>> OpenApiDocuments(
    std::span<const std::string> group_versions) {
  std::map<std::string, std::string, std::less<>> out;
  std::vector<std::string> v2;
  std::vector<std::string> index;
  for (const std::string& group_version : group_versions) {
    v2.push_back(Paths(group_version, Dialect::kV2));
    const std::string path = absl::StrCat("apis/", group_version);
    std::string document =
        absl::StrCat("{\"openapi\":\"3.0.0\",", Abs(kInfo), ",\"paths\":{",
                     Paths(group_version, Dialect::kV3), "},\"components\":{\"schemas\":{}}}\n");
    index.push_back(absl::StrCat("\"", path, "\":{\"serverRelativeURL\":\"/openapi/v3/", path,
                                 "?hash=", Fingerprint(document), "\"}"));
    out[absl::StrCat("v3/", path)] = std::move(document);
  }
  out["v2"] = absl::StrCat("{\"swagger\":\"2.0\",", Abs(kInfo), ",\"paths\":{",
                           absl::StrJoin(v2, ","), "},\"definitions\":{}}\n");
  out["v3"] = absl::StrCat("{\"paths\":{", absl::StrJoin(index, ","), "}}\n");
  return out;
}

}  // namespace tacho::adapter
