#include "adapter/core/resource_request.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapter/core/quantity.h"
#include "adapter/core/query_builder.h"
#include "adapter/core/replies.h"
#include "adapter/core/text.h"

namespace tacho::adapter::internal {
namespace {

constexpr std::string_view kUnfetchable = "unable to fetch metrics";

// What one query says of one object: of its containers by name; a node has one, "".
struct Measured {
  std::map<std::string, const ResultSample*> rows;
  Unknown unknown = Unknown::kNone;  // of the first row that cannot be used
};
using ObjectName = std::pair<std::string, std::string>;  // namespace and name
using MeasuredObjects = std::map<ObjectName, Measured>;

enum class Resource { kCpu, kMemory };

class ResourceAnswer {
 public:
  ResourceAnswer(const ResourceRequest& request, const ApiState& state, Explanation* explanation)
      : request_(request),
        state_(state),
        explanation_(explanation),
        rules_(state.registry.rules().resource_rules),
        policy_(rules_.has_value() ? rules_->policy.Over(state.policy) : state.policy) {}

  HttpReply Pods() {
    if (!rules_.has_value()) return RouteNotFound();
    const bool one = !request_.path.name.empty();
    if (!request_.objects.empty() && !one && PodNames().empty()) {
      return {200, kJsonType, PodMetricsListJson({}, state_.now), "", ""};
    }
    return Answer(true, one);
  }

  HttpReply Nodes() {
    if (!rules_.has_value()) return RouteNotFound();
    return Answer(false, !request_.path.name.empty());
  }

 private:
  HttpReply Answer(bool pods, bool one) {
    if (explanation_ != nullptr) explanation_->rule = rules_->cpu.place;
    if (explanation_ != nullptr) explanation_->policy = policy_;
    const absl::Status cpu = Ask(pods, Resource::kCpu);
    const absl::Status memory = Ask(pods, Resource::kMemory);
    const absl::Status& failed = cpu.ok() ? memory : cpu;
    if (absl::IsUnavailable(failed)) {
      return ValueUnknown(ToString(Unknown::kUpstream), Std(failed.message()));
    }
    if (!failed.ok()) {
      HttpReply reply = InternalError(kUnfetchable);
      reply.log = absl::StrCat("resource metrics: ", failed.message());
      return reply;
    }
    const std::vector<ResourceItem> items = Items(pods);
    HttpReply reply = FromItems(items, pods, one);
    if (state_.answers != nullptr) state_.answers->CountAnswer(rules_->cpu.place, reply);
    return reply;
  }

  HttpReply FromItems(const std::vector<ResourceItem>& items, bool pods, bool one) const {
    if (!one) {
      return {200, kJsonType,
              pods ? PodMetricsListJson(items, state_.now) : NodeMetricsListJson(items, state_.now),
              "", ""};
    }
    if (items.empty()) return NotFound(pods);
    return {200, kJsonType,
            pods ? PodMetricsJson(items.front(), state_.now)
                 : NodeMetricsJson(items.front(), state_.now),
            "", ""};
  }

  HttpReply NotFound(bool pods) const {
    const MetricRequest& path = request_.path;
    HttpReply reply = pods ? ResourceNotFound("podmetrics", path.namespace_name + "/" + path.name)
                           : ResourceNotFound("nodemetrics", path.name);
    reply.reason = ToString(Unknown::kMissing);
    return reply;
  }

  // The pods that the request names or selects; empty: any.
  std::vector<std::string> PodNames() const {
    if (!request_.path.name.empty()) return {request_.path.name};
    if (request_.objects.empty()) return {};
    std::vector<std::string> names;
    for (const std::string& space : Spaces()) {
      for (std::string& name : state_.pods.ListPods(space, request_.objects)) {
        names.push_back(std::move(name));
      }
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }

  std::vector<std::string> Spaces() const {
    if (!request_.path.namespace_name.empty()) return {request_.path.namespace_name};
    return state_.pods.ListNamespaces();
  }

  bool Selected(const ObjectName& object) const {
    if (!request_.only_name.empty() && object.second != request_.only_name) return false;
    if (!request_.only_space.empty() && object.first != request_.only_space) return false;
    if (request_.objects.empty() || !request_.path.name.empty()) return true;
    // Names of several namespaces went into one query.
    const std::vector<std::string> names = state_.pods.ListPods(object.first, request_.objects);
    return std::find(names.begin(), names.end(), object.second) != names.end();
  }

  absl::Status Ask(bool pods, Resource resource) {
    const ResourceRule& rule = resource == Resource::kCpu ? rules_->cpu : rules_->memory;
    const ResourceQueryRequest asked = {pods ? std::string_view(request_.path.namespace_name) : "",
                                        pods ? PodNames() : NodeNames()};
    const absl::StatusOr<ResourceQuery> query =
        pods ? BuildContainerQuery(rule, asked) : BuildNodeQuery(rule, asked);
    if (!query.ok()) return query.status();
    absl::StatusOr<adapter::Answer> answer = state_.querier.Ask(query->promql, state_.now);
    Explain(query->promql, answer);
    if (!answer.ok()) return answer.status();
    if (answer->type != ResultType::kVector) {
      return absl::InvalidArgumentError("the query gives no vector: " + query->promql);
    }
    MeasuredObjects& objects = resource == Resource::kCpu ? cpu_ : memory_;
    for (const ResultSample& row : answer->samples) {
      const std::string space = pods ? SpaceOf(row, *query) : "";
      const std::string name(row.labels().Get(query->object_label));
      if (name.empty() || (pods && space.empty())) continue;
      const std::string part(pods ? row.labels().Get(rule.container_label) : "");
      AddRow(row, part, &objects[{space, name}]);
    }
    answers_.push_back(*std::move(answer));
    return absl::OkStatus();
  }

  std::vector<std::string> NodeNames() const {
    if (request_.path.name.empty()) return {};
    return {request_.path.name};
  }

  std::string SpaceOf(const ResultSample& row, const ResourceQuery& query) const {
    if (!request_.path.namespace_name.empty()) return request_.path.namespace_name;
    return std::string(row.labels().Get(query.namespace_label));
  }

  void Explain(const std::string& promql, const absl::StatusOr<adapter::Answer>& answer) {
    if (explanation_ == nullptr) return;
    ExplainedQuery& told = explanation_->queries.emplace_back();
    told.promql = promql;
    told.error = std::string(answer.status().message());
    if (answer.ok()) told.rows = answer->samples.size();
    if (answer.ok()) told.samples = answer->samples_read;
  }

  // A row that cannot be used leaves its whole object without a value: a pod without one
  // of its containers would look idle.
  void AddRow(const ResultSample& row, const std::string& part, Measured* object) {
    const bool second = !object->rows.emplace(part, &row).second;
    Observation seen;
    seen.rows = second ? 2 : 1;
    seen.value = row.value;
    seen.oldest = row.evidence.oldest;
    seen.newest = row.evidence.newest;
    const Decision decision = Decide(seen, state_.now, policy_);
    if (!decision.known && object->unknown == Unknown::kNone) object->unknown = decision.unknown;
  }

  std::vector<ResourceItem> Items(bool pods) {
    std::vector<ResourceItem> items;
    for (const auto& [object, cpu] : cpu_) {
      const auto memory = memory_.find(object);
      if (!Selected(object)) continue;
      Unknown unknown = cpu.unknown;
      if (memory == memory_.end()) unknown = Unknown::kMissing;
      if (unknown == Unknown::kNone) unknown = memory->second.unknown;
      Note(object, cpu, unknown);
      if (unknown != Unknown::kNone) continue;
      items.push_back(MakeItem(pods, object, cpu, memory->second));
    }
    return items;
  }

  void Note(const ObjectName& object, const Measured& cpu, Unknown unknown) {
    if (explanation_ == nullptr) return;
    ExplainedObject& told = explanation_->objects.emplace_back();
    told.name = object.first.empty() ? object.second : object.first + "/" + object.second;
    told.decision.unknown = unknown;
    told.decision.known = unknown == Unknown::kNone;
    for (const auto& [part, row] : cpu.rows) {
      told.evidence.Merge(row->evidence);
      told.seen.rows = 1;
      told.seen.value = row->value;
      told.seen.newest = std::max(told.seen.newest, row->evidence.newest);
    }
    if (told.decision.known) told.decision.quantity = "cpu and memory";
  }

  // The oldest of what it rests on, as upstream; now, if it rests on no sample.
  void Stamp(const ResultSample& row, Timestamp* time) const {
    if (row.evidence.newest != Timestamp::Min()) *time = std::min(*time, row.evidence.newest);
  }

  std::string Quantity(const ResultSample& row, Resource resource) const {
    // A measured thing cannot be below nothing; a NaN is here only if the rule wants zero.
    double value = std::isnan(row.value) ? 0 : std::max(row.value, 0.0);
    if (policy_.clamp_max.has_value()) value = std::min(value, *policy_.clamp_max);
    return (resource == Resource::kCpu ? FormatQuantity(value) : FormatBinaryQuantity(value))
        .value_or("0");
  }

  ResourceItem MakeItem(bool pods, const ObjectName& object, const Measured& cpu,
                        const Measured& memory) const {
    ResourceItem item;
    item.namespace_name = object.first;
    item.name = object.second;
    item.time = state_.now;
    item.window = rules_->window;
    std::map<std::string, Usage> parts;
    for (const auto& [part, row] : cpu.rows) {
      parts[part] = {Quantity(*row, Resource::kCpu), "0"};
      Stamp(*row, &item.time);
    }
    for (const auto& [part, row] : memory.rows) {
      Usage& usage = parts[part];
      if (usage.cpu.empty()) usage.cpu = "0";
      usage.memory = Quantity(*row, Resource::kMemory);
      Stamp(*row, &item.time);
    }
    if (pods) {
      item.containers.assign(parts.begin(), parts.end());
    } else {
      item.usage = parts.begin()->second;
    }
    return item;
  }

  const ResourceRequest& request_;
  const ApiState& state_;
  Explanation* const explanation_;
  const std::optional<ResourceRules>& rules_;
  const ValuePolicy policy_;
  MeasuredObjects cpu_;
  MeasuredObjects memory_;
  std::vector<adapter::Answer> answers_;  // own what rows point to
};

}  // namespace

HttpReply AnswerPods(const ResourceRequest& request, const ApiState& state,
                     Explanation* explanation) {
  return ResourceAnswer(request, state, explanation).Pods();
}

HttpReply AnswerNodes(const ResourceRequest& request, const ApiState& state,
                      Explanation* explanation) {
  return ResourceAnswer(request, state, explanation).Nodes();
}

}  // namespace tacho::adapter::internal
