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

std::string ExternalItemJson(const ExternalItem& item, std::string_view metric) {
  std::string out = absl::StrCat("{\"metricName\":", JsonString(metric), ",\"metricLabels\":");
  if (item.labels.has_value()) {
    absl::StrAppend(&out, "{",
                    absl::StrJoin(*item.labels, ",",
                                  [](std::string* to, const auto& label) {
                                    absl::StrAppend(to, JsonString(label.first), ":",
                                                    JsonString(label.second));
                                  }),
                    "}");
  } else {
    out += "null";
  }
  absl::StrAppend(&out, ",\"timestamp\":\"", Rfc3339(item.time), "\"");
  if (item.window_seconds != 0) absl::StrAppend(&out, ",\"window\":", item.window_seconds);
  absl::StrAppend(&out, ",\"value\":\"", item.quantity, "\"}");
  return out;
}

std::string UsageJson(const Usage& usage) {
  return absl::StrCat("{\"cpu\":\"", usage.cpu, "\",\"memory\":\"", usage.memory, "\"}");
}

// A Go duration in whole seconds, as metav1.Duration prints it: 1h2m3s, 5m0s, 30s, 0s.
std::string GoSeconds(Duration duration) {
  const int64_t all = absl::ToInt64Seconds(duration);
  const int64_t hours = all / 3600;
  const int64_t minutes = all / 60 % 60;
  return absl::StrCat(hours > 0 ? absl::StrCat(hours, "h") : "",
                      all >= 60 ? absl::StrCat(minutes, "m") : "", all % 60, "s");
}

// metadata, timestamp and window, without braces.
std::string ResourceFields(const ResourceItem& item, Timestamp now) {
  const std::string space = item.namespace_name.empty()
                                ? ""
                                : absl::StrCat(",\"namespace\":", JsonString(item.namespace_name));
  return absl::StrCat("\"metadata\":{\"name\":", JsonString(item.name), space,
                      ",\"creationTimestamp\":\"", Rfc3339(now), "\"},\"timestamp\":\"",
                      Rfc3339(item.time), "\",\"window\":\"", GoSeconds(item.window), "\"");
}

std::string PodFields(const ResourceItem& item, Timestamp now) {
  const std::string containers =
      absl::StrJoin(item.containers, ",", [](std::string* out, const auto& container) {
        absl::StrAppend(out, "{\"name\":", JsonString(container.first),
                        ",\"usage\":", UsageJson(container.second), "}");
      });
  return absl::StrCat(ResourceFields(item, now), ",\"containers\":[", containers, "]");
}

std::string NodeFields(const ResourceItem& item, Timestamp now) {
  return absl::StrCat(ResourceFields(item, now), ",\"usage\":", UsageJson(item.usage));
}

// "kind" and "apiVersion", without braces.
std::string ResourceKind(std::string_view kind) {
  return absl::StrCat("\"kind\":\"", Abs(kind), "\",\"apiVersion\":\"",
                      Abs(ToString(ApiGroup::kResource)), "/v1beta1\"");
}

template <typename ItemFields>
std::string ResourceList(std::string_view kind, const std::vector<ResourceItem>& items,
                         ItemFields fields) {
  const std::string joined =
      absl::StrJoin(items, ",", [&](std::string* out, const ResourceItem& item) {
        absl::StrAppend(out, "{", fields(item), "}");
      });
  return absl::StrCat("{", ResourceKind(kind), ",\"metadata\":{},\"items\":[", joined, "]}\n");
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

std::string ExternalValueListJson(std::string_view metric, const std::vector<ExternalItem>& items) {
  const std::string joined = absl::StrJoin(
      items, ",",
      [&](std::string* out, const ExternalItem& item) { *out += ExternalItemJson(item, metric); });
  return absl::StrCat("{\"kind\":\"ExternalMetricValueList\",\"apiVersion\":\"",
                      Abs(ToString(ApiGroup::kExternal)), "/v1beta1\",\"metadata\":{},\"items\":[",
                      joined, "]}\n");
}

std::string PodMetricsListJson(const std::vector<ResourceItem>& items, Timestamp now) {
  return ResourceList("PodMetricsList", items,
                      [now](const ResourceItem& item) { return PodFields(item, now); });
}

std::string PodMetricsJson(const ResourceItem& item, Timestamp now) {
  return absl::StrCat("{", ResourceKind("PodMetrics"), ",", PodFields(item, now), "}\n");
}

std::string NodeMetricsListJson(const std::vector<ResourceItem>& items, Timestamp now) {
  return ResourceList("NodeMetricsList", items,
                      [now](const ResourceItem& item) { return NodeFields(item, now); });
}

std::string NodeMetricsJson(const ResourceItem& item, Timestamp now) {
  return absl::StrCat("{", ResourceKind("NodeMetrics"), ",", NodeFields(item, now), "}\n");
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

HttpReply ResourceNotFound(std::string_view resource, std::string_view name) {
  const std::string_view group = ToString(ApiGroup::kResource);
  return Failure(404,
                 absl::StrCat(Abs(resource), ".", Abs(group), " \"", Abs(name), "\" not found"),
                 "NotFound",
                 absl::StrCat("{\"name\":", JsonString(name), ",\"group\":\"", Abs(group),
                              "\",\"kind\":", JsonString(resource), "}"));
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
