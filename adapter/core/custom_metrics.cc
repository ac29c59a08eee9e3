#include "adapter/core/custom_metrics.h"

#include "absl/strings/str_cat.h"
#include "adapter/core/accept.h"
#include "adapter/core/external_request.h"
#include "adapter/core/metric_request.h"
#include "adapter/core/replies.h"
#include "adapter/core/resource_request.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

HttpReply Ok(std::string body) { return {200, kJsonType, std::move(body), "", ""}; }

HttpReply Document(const std::string* document) {
  return document == nullptr ? RouteNotFound() : Ok(*document);
}

// A person with a terminal or a browser, unless the request says otherwise.
bool WantsIndentation(const ApiCall& call, const Route& route) {
  const std::string_view pretty = route.Param("pretty");
  if (!pretty.empty()) return pretty == "true" || pretty == "1";
  return call.user_agent.starts_with("curl") || call.user_agent.starts_with("Wget") ||
         call.user_agent.starts_with("Mozilla/5.0");
}

HttpReply CustomMetric(const Route& route, const ApiState& state, Explanation* explanation) {
  const absl::StatusOr<Selector> objects = Selector::Parse(route.Param("labelSelector"));
  if (!objects.ok()) return BadRequest(Std(objects.status().message()));
  const absl::StatusOr<Selector> series = Selector::Parse(route.Param("metricLabelSelector"));
  if (!series.ok()) return PlainError(Std(series.status().message()));
  return internal::AnswerMetric({route.metric, *objects, *series}, state, explanation);
}

HttpReply ExternalMetric(const Route& route, const ApiState& state, Explanation* explanation) {
  const std::string_view watch = route.Param("watch");
  if (watch == "true" || watch == "1") return MethodNotAllowed();
  const absl::StatusOr<Selector> selector = Selector::Parse(route.Param("labelSelector"));
  if (!selector.ok()) return BadRequest(Std(selector.status().message()));
  return internal::AnswerExternal(route.metric, *selector, state, explanation);
}

// "metadata.name=x,metadata.namespace=y"; nothing else can be selected by.
absl::Status ParseFieldSelector(std::string_view text, internal::ResourceRequest* request) {
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view term = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    const size_t equals = term.find('=');
    const std::string_view key = term.substr(0, equals);
    std::string_view value = equals == std::string_view::npos ? "" : term.substr(equals + 1);
    if (value.starts_with('=')) value.remove_prefix(1);
    if (key == "metadata.name" && !value.empty()) {
      request->only_name = value;
    } else if (key == "metadata.namespace" && !value.empty()) {
      request->only_space = value;
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("field label not supported: ", Abs(term),
                       "; metadata.name=x and metadata.namespace=x are"));
    }
  }
  return absl::OkStatus();
}

HttpReply ResourceMetric(RouteKind kind, const Route& route, const ApiState& state,
                         Explanation* explanation) {
  const absl::StatusOr<Selector> objects = Selector::Parse(route.Param("labelSelector"));
  if (!objects.ok()) return BadRequest(Std(objects.status().message()));
  internal::ResourceRequest request{route.metric, *objects, "", ""};
  const absl::Status fields = ParseFieldSelector(route.Param("fieldSelector"), &request);
  if (!fields.ok()) return BadRequest(Std(fields.message()));
  return kind == RouteKind::kPodMetrics ? internal::AnswerPods(request, state, explanation)
                                        : internal::AnswerNodes(request, state, explanation);
}

HttpReply Metric(RouteKind kind, const Route& route, const ApiState& state,
                 Explanation* explanation) {
  if (!state.registry.documents().Serves(route.group)) return RouteNotFound();
  if (kind == RouteKind::kMetric) return CustomMetric(route, state, explanation);
  if (kind == RouteKind::kExternalMetric) return ExternalMetric(route, state, explanation);
  return ResourceMetric(kind, route, state, explanation);
}

HttpReply Explain(const ApiCall& call, const Route& route, const ApiState& state) {
  const std::string_view format = route.Param("format");
  const bool text = format.empty() ? ParseAccept(call.accept).text : format == "text";
  Explanation explanation;
  const HttpReply answer = Metric(route.explained, route, state, &explanation);
  return ExplainReply(explanation, answer, state.now,
                      text ? ExplanationForm::kText : ExplanationForm::kJson);
}

HttpReply GroupList(const ApiCall& call, const DiscoveryDocuments& documents) {
  const GroupListForm form = ParseAccept(call.accept).group_list;
  HttpReply reply = Ok(documents.GroupList(form));
  if (form == GroupListForm::kAggregatedV2) {
    reply.content_type = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  } else if (form == GroupListForm::kAggregatedV2beta1) {
    reply.content_type =
        "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";
  }
  return reply;
}

// Not below /apis, and not /version: others answer those.
bool IsForeign(RouteKind kind) {
  return kind == RouteKind::kUnknown || kind == RouteKind::kHealth || kind == RouteKind::kMetrics ||
         (kind >= RouteKind::kPromQuery && kind <= RouteKind::kPromHealth);
}

HttpReply KubernetesReply(const ApiCall& call, const Route& route, const ApiState& state) {
  const DiscoveryDocuments& documents = state.registry.documents();
  switch (route.kind) {
    case RouteKind::kGroupList:
      return GroupList(call, documents);
    case RouteKind::kGroup:
      return Document(documents.Group(route.group));
    case RouteKind::kResourceList:
      return Document(documents.ResourceList(route.group, route.version));
    case RouteKind::kOpenApi:
      return Document(documents.OpenApi(route.openapi));
    case RouteKind::kMetric:
    case RouteKind::kExternalMetric:
    case RouteKind::kPodMetrics:
    case RouteKind::kNodeMetrics:
      return Metric(route.kind, route, state, nullptr);
    case RouteKind::kExplain:
      return Explain(call, route, state);
    case RouteKind::kVersion:
      return Ok(VersionJson());
    case RouteKind::kMalformed:
      return BadRequest("invalid request path");
    default:
      return RouteNotFound();
  }
}

}  // namespace

HttpReply HandleMetric(const Route& route, const ApiState& state) {
  return Metric(route.kind, route, state, nullptr);
}

HttpReply ExplainMetric(const Route& route, const ApiState& state, Explanation* explanation) {
  return Metric(route.kind, route, state, explanation);
}

HttpReply HandleApi(const ApiCall& call, const Route& route, const ApiState& state) {
  if (IsForeign(route.kind)) return PageNotFound();
  if (call.method != "GET") return MethodNotAllowed();
  HttpReply reply = KubernetesReply(call, route, state);
  if (reply.content_type == kPlainType) return reply;
  if (WantsIndentation(call, route)) reply.body = IndentJson(reply.body);
  // JSON is YAML, too.
  if (reply.content_type == kJsonType && ParseAccept(call.accept).yaml) {
    reply.content_type = "application/yaml";
  }
  return reply;
}

}  // namespace tacho::adapter
