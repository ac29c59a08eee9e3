#include "adapter/core/replies.h"

#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapter/core/json_writer.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

std::string GroupVersion(ApiVersion version) {
  return absl::StrCat(Abs(kCustomMetricsGroup), "/", Abs(ToString(version)));
}

std::string Rfc3339(Timestamp t) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", t.ToTime(), absl::UTCTimeZone());
}

std::string DescribedObject(const MetricItem& item) {
  std::string out = absl::StrCat("{\"kind\":", JsonString(item.resource->kind));
  if (!item.namespace_name.empty()) {
    absl::StrAppend(&out, ",\"namespace\":", JsonString(item.namespace_name));
  }
  absl::StrAppend(&out, ",\"name\":", JsonString(item.name), ",\"apiVersion\":\"",
                  Abs(item.resource->group), "/", Abs(item.resource->version), "\"}");
  return out;
}

std::string ItemV1beta1(const MetricItem& item, std::string_view metric,
                        std::string_view selector_json) {
  std::string out = absl::StrCat("{\"describedObject\":", DescribedObject(item),
                                 ",\"metricName\":", JsonString(metric), ",\"timestamp\":\"",
                                 Rfc3339(item.time), "\"");
  if (item.window_seconds != 0) absl::StrAppend(&out, ",\"window\":", item.window_seconds);
  absl::StrAppend(&out, ",\"value\":\"", item.quantity, "\",\"selector\":", Abs(selector_json),
                  "}");
  return out;
}

std::string ItemV1beta2(const MetricItem& item, std::string_view metric,
                        std::string_view selector_json) {
  std::string out = absl::StrCat(
      "{\"describedObject\":", DescribedObject(item), ",\"metric\":{\"name\":", JsonString(metric),
      ",\"selector\":", Abs(selector_json), "},\"timestamp\":\"", Rfc3339(item.time), "\"");
  if (item.window_seconds != 0) absl::StrAppend(&out, ",\"windowSeconds\":", item.window_seconds);
  absl::StrAppend(&out, ",\"value\":\"", item.quantity, "\"}");
  return out;
}

// The versions and the preferred one of the group, without braces.
std::string GroupFields() {
  const std::string version = absl::StrCat(
      "{\"groupVersion\":\"", GroupVersion(ApiVersion::kV1beta1), "\",\"version\":\"v1beta1\"}");
  return absl::StrCat("\"name\":\"", Abs(kCustomMetricsGroup), "\",\"versions\":[", version,
                      "],\"preferredVersion\":", version);
}

// `reason` and `details` are left out where empty; details is JSON.
HttpReply Failure(int code, std::string_view message, std::string_view reason,
                  std::string_view details) {
  HttpReply reply;
  reply.status = code;
  reply.body = absl::StrCat(
      "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
      "\"message\":",
      JsonString(message));
  if (!reason.empty()) absl::StrAppend(&reply.body, ",\"reason\":", JsonString(reason));
  if (!details.empty()) absl::StrAppend(&reply.body, ",\"details\":", Abs(details));
  absl::StrAppend(&reply.body, ",\"code\":", code, "}\n");
  return reply;
}

}  // namespace

std::string MetricValueListJson(ApiVersion version, std::string_view metric,
                                std::string_view selector_json,
                                const std::vector<MetricItem>& items) {
  const auto item_json = version == ApiVersion::kV1beta1 ? ItemV1beta1 : ItemV1beta2;
  const std::string joined =
      absl::StrJoin(items, ",", [&](std::string* out, const MetricItem& item) {
        *out += item_json(item, metric, selector_json);
      });
  return absl::StrCat("{\"kind\":\"MetricValueList\",\"apiVersion\":\"", GroupVersion(version),
                      "\",\"metadata\":{},\"items\":[", joined, "]}\n");
}

std::string ResourceListJson(ApiVersion version, const std::vector<ListedMetric>& metrics) {
  const std::string joined =
      absl::StrJoin(metrics, ",", [](std::string* out, const ListedMetric& metric) {
        absl::StrAppend(
            out, "{\"name\":", JsonString(metric.name),
            ",\"singularName\":\"\",\"namespaced\":", metric.namespaced ? "true" : "false",
            ",\"kind\":\"MetricValueList\",\"verbs\":[\"get\"]}");
      });
  return absl::StrCat("{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\"",
                      GroupVersion(version), "\",\"resources\":[", joined, "]}\n");
}

std::string GroupJson() {
  return absl::StrCat("{\"kind\":\"APIGroup\",\"apiVersion\":\"v1\",", GroupFields(), "}\n");
}

std::string GroupListJson() {
  return absl::StrCat("{\"kind\":\"APIGroupList\",\"groups\":[{", GroupFields(), "}]}\n");
}

std::string VersionJson() {
  return "{\"major\":\"1\",\"minor\":\"0\",\"gitVersion\":\"v0.1.0-tacho\"}\n";
}

HttpReply MetricNotFound(std::string_view metric, std::string_view resource) {
  return Failure(
      404,
      absl::StrCat("the server could not find the metric ", Abs(metric), " for ", Abs(resource)),
      "NotFound", "");
}

HttpReply MetricNotFound(std::string_view metric, std::string_view resource,
                         std::string_view name) {
  return MetricNotFound(metric, absl::StrCat(Abs(resource), " ", Abs(name)));
}

HttpReply RouteNotFound() {
  return Failure(404, "the server could not find the requested resource", "NotFound", "{}");
}

HttpReply PageNotFound() { return {404, kPlainType, "404 page not found\n", "", ""}; }

HttpReply BadRequest(std::string_view message) { return Failure(400, message, "BadRequest", ""); }

HttpReply MethodNotAllowed() {
  return Failure(405, "the server does not allow this method on the requested resource",
                 "MethodNotAllowed", "{}");
}

HttpReply InternalError(std::string_view cause) {
  return Failure(500, absl::StrCat("Internal error occurred: ", Abs(cause)), "InternalError",
                 absl::StrCat("{\"causes\":[{\"message\":", JsonString(cause), "}]}"));
}

HttpReply PlainError(std::string_view message) { return Failure(500, message, "", ""); }

HttpReply ValueUnknown(std::string_view reason, std::string_view message) {
  HttpReply reply = Failure(503, message, "ServiceUnavailable",
                            absl::StrCat("{\"causes\":[{\"reason\":", JsonString(reason),
                                         ",\"message\":", JsonString(message), "}]}"));
  reply.reason = reason;
  return reply;
}

std::string IndentJson(std::string_view json) {
  std::string out;
  size_t depth = 0;
  bool in_string = false;
  const auto new_line = [&] { out.append("\n").append(2 * depth, ' '); };
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    const char next = i + 1 < json.size() ? json[i + 1] : '\0';
    if (in_string) {
      out += c;
      if (c == '\\') out += json[++i];
      in_string = c != '"';
    } else if (c == '{' || c == '[') {
      out += c;
      if (next == '}' || next == ']') {
        out += next;
        ++i;
        continue;
      }
      ++depth;
      new_line();
    } else if (c == '}' || c == ']') {
      --depth;
      new_line();
      out += c;
    } else {
      out += c;
      if (c == ',') new_line();
      if (c == ':') out += ' ';
      in_string = c == '"';
    }
  }
  return out;
}

}  // namespace tacho::adapter
