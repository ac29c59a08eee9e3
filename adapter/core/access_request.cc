#include "adapter/core/access_request.h"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapter/core/json_writer.h"
#include "adapter/core/url_escape.h"

namespace tacho::adapter {
namespace {

// Without the slash at either end. Empty segments in between are segments.
std::vector<std::string> Segments(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  std::vector<std::string> out;
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    out.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return out;
}

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return out;
}

std::string ResourceVerb(std::string_view method, bool named) {
  if (method == "GET" || method == "HEAD") return named ? "get" : "list";
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return named ? "delete" : "deletecollection";
  return Lower(method);
}

// `parts` follow the version. "namespaces/ns" alone is the namespace as an object; with
// more behind it, the scope of what follows.
void DescribeResource(std::span<const std::string> parts, AccessRequest* out) {
  if (parts[0] == "namespaces" && parts.size() > 1) {
    out->namespace_name = parts[1];
    if (parts.size() > 2) parts = parts.subspan(2);
  }
  out->resource = parts[0];
  if (parts.size() > 1) out->name = parts[1];
  if (parts.size() > 2) out->subresource = parts[2];
}

HttpReply Refusal(int code, std::string_view message, std::string_view reason,
                  std::string_view details) {
  HttpReply reply;
  reply.status = code;
  reply.body = R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":)";
  AppendJsonString(message, &reply.body);
  reply.body.append(R"(,"reason":")").append(reason).append("\"");
  reply.body.append(details);
  absl::StrAppend(&reply.body, R"(,"code":)", code, "}\n");
  reply.reason = reason;
  return reply;
}

}  // namespace

AccessRequest DescribeAccess(std::string_view method, std::string_view target) {
  AccessRequest out;
  const std::string_view raw = target.substr(0, target.find('?'));
  const std::optional<std::string> path = UnescapePath(raw);
  out.path = path.value_or(std::string(raw));
  out.verb = Lower(method);
  if (!path.has_value()) return out;
  const std::vector<std::string> segments = Segments(out.path);
  if (segments.size() < 4 || segments[0] != "apis") return out;
  out.is_resource = true;
  out.group = segments[1];
  out.version = segments[2];
  DescribeResource(std::span(segments).subspan(3), &out);
  out.verb = ResourceVerb(method, !out.name.empty());
  return out;
}

HttpReply Unauthorized() { return Refusal(401, "Unauthorized", "Unauthorized", ""); }

HttpReply Forbidden(const AccessRequest& request, std::string_view user) {
  const std::string who = absl::StrCat("User ", JsonString(user), " cannot ", request.verb);
  if (!request.is_resource) {
    return Refusal(403, absl::StrCat("forbidden: ", who, " path ", JsonString(request.path)),
                   "Forbidden", R"(,"details":{})");
  }
  const std::string what = request.subresource.empty()
                               ? request.resource
                               : absl::StrCat(request.resource, "/", request.subresource);
  const std::string where =
      request.namespace_name.empty()
          ? std::string(" at the cluster scope")
          : absl::StrCat(" in the namespace ", JsonString(request.namespace_name));
  std::string name;
  std::string details = R"(,"details":{)";
  if (!request.name.empty()) {
    name = absl::StrCat(" ", JsonString(request.name));
    absl::StrAppend(&details, R"("name":)", JsonString(request.name), ",");
  }
  absl::StrAppend(&details, R"("group":)", JsonString(request.group), R"(,"kind":)",
                  JsonString(request.resource), "}");
  return Refusal(
      403,
      absl::StrCat(request.resource, ".", request.group, name, " is forbidden: ", who, " resource ",
                   JsonString(what), " in API group ", JsonString(request.group), where),
      "Forbidden", details);
}

}  // namespace tacho::adapter
