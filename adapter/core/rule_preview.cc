#include "adapter/core/rule_preview.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapter/core/custom_metrics.h"
#include "adapter/core/explanation.h"
#include "adapter/core/query_builder.h"
#include "adapter/core/rule_preview_notes.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

constexpr std::string_view kImaginedSpace = "default";
constexpr std::string_view kImaginedName = "NAME";
constexpr std::string_view kImaginedSeries = "SERIES";

const GroupResource kNamespaces = {"", "namespaces"};

using Objects = std::set<std::pair<std::string, std::string>>;  // namespace, name
using SeriesByRule = std::vector<std::vector<Labels>>;

// Every object that a preview asks for exists: its series name it.
class NamedPods final : public PodLister {
 public:
  explicit NamedPods(std::string only_namespace) : namespace_(std::move(only_namespace)) {}
  [[nodiscard]] std::vector<std::string> ListPods(std::string_view,
                                                  const Selector&) const override {
    return {};
  }
  [[nodiscard]] bool HasPod(std::string_view, std::string_view) const override { return true; }
  [[nodiscard]] std::vector<std::string> ListNamespaces() const override { return {namespace_}; }

 private:
  std::string namespace_;
};

std::string PathOf(const Route& route) {
  const MetricRequest& request = route.metric;
  std::string path =
      absl::StrCat("/apis/", Abs(ToString(route.group)), "/", Abs(ToString(request.version)));
  const bool of_namespace = request.resource == kNamespaces.resource;
  const std::string& space = of_namespace ? request.name : request.namespace_name;
  if (!space.empty()) absl::StrAppend(&path, "/namespaces/", space);
  if (route.kind == RouteKind::kPodMetrics) return path + "/pods";
  if (route.kind == RouteKind::kNodeMetrics) return path + "/nodes";
  if (route.kind == RouteKind::kMetric) {
    absl::StrAppend(&path, "/", of_namespace ? "metrics" : request.resource);
    if (!of_namespace) absl::StrAppend(&path, "/", request.name);
  }
  return absl::StrCat(path, "/", request.metric);
}

// The message of a Kubernetes Status is for the reader of the API; what the log gets says more.
std::string AnswerText(const HttpReply& reply, const Explanation& explanation, Timestamp now) {
  std::vector<std::string> parts;
  for (const ExplainedQuery& query : explanation.queries) {
    if (!query.error.empty()) parts.push_back(query.error);
  }
  for (const ExplainedObject& object : explanation.objects) {
    if (parts.size() == kMaxPreviewNames) break;
    const std::string why = Why(object, explanation.policy, now);
    parts.push_back(explanation.objects.size() == 1 ? why : object.name + ": " + why);
  }
  if (parts.empty()) parts = explanation.notes;
  if (parts.empty()) parts.push_back(reply.log.empty() ? reply.body : reply.log);
  return absl::StrJoin(parts, "; ");
}

class Preview {
 public:
  Preview(const std::shared_ptr<const RuleSet>& rules, const PreviewInput& input)
      : input_(input),
        rules_(*rules),
        custom_(Look(rules_.rules)),
        external_(Look(rules_.external_rules)),
        registry_(rules, MetricsOfEach(custom_), MetricsOfEach(external_)) {}

  RulePreview Make() {
    RulePreview out;
    for (size_t i = 0; i < rules_.rules.size(); ++i) out.rules.push_back(Custom(i));
    for (size_t i = 0; i < rules_.external_rules.size(); ++i) out.rules.push_back(External(i));
    if (rules_.resource_rules.has_value()) out.rules.push_back(Resources(*rules_.resource_rules));
    out.conflicts = registry_.conflicts();
    return out;
  }

 private:
  SeriesByRule Look(const std::vector<Rule>& rules) {
    SeriesByRule out(rules.size());
    for (size_t i = 0; i < rules.size(); ++i) {
      if (input_.lister == nullptr || rules[i].series_query.empty()) continue;
      absl::StatusOr<std::vector<Labels>> series = input_.lister->List(rules[i].series_query);
      if (series.ok()) {
        out[i] = *std::move(series);
      } else {
        failures_.emplace_back(&rules[i], std::string(series.status().message()));
      }
    }
    return out;
  }

  static FoundSeries MetricsOfEach(const SeriesByRule& series) {
    FoundSeries out(series.size());
    std::transform(series.begin(), series.end(), out.begin(), MetricsOf);
    return out;
  }

  PreviewedRule Custom(size_t i) const {
    const Rule& rule = rules_.rules[i];
    PreviewedRule out = Describe("rules", rule, custom_[i]);
    for (const auto& [key, source] : registry_.metrics()) {
      if (source.rule == &rule) out.metrics.push_back(CustomMetric(key, source, custom_[i]));
    }
    Finish(rule, false, &out);
    return out;
  }

  PreviewedRule External(size_t i) const {
    const Rule& rule = rules_.external_rules[i];
    PreviewedRule out = Describe("externalRules", rule, external_[i]);
    for (const auto& [name, source] : registry_.external_metrics()) {
      if (source.rule == &rule) out.metrics.push_back(ExternalMetric(name, source, external_[i]));
    }
    Finish(rule, true, &out);
    return out;
  }

  static PreviewedRule Describe(std::string_view section, const Rule& rule,
                                const std::vector<Labels>& series) {
    PreviewedRule out;
    out.section = std::string(section);
    out.place = rule.place;
    out.series_query = rule.series_query;
    out.series = series.size();
    out.found = MetricsOf(series);
    return out;
  }

  // Says why there is nothing to ask for.
  void Finish(const Rule& rule, bool external, PreviewedRule* out) const {
    if (input_.lister == nullptr) {
      if (out->metrics.empty()) ShowWithoutSeries(rule, external, out);
      return;
    }
    for (const auto& [failed, why] : failures_) {
      if (failed == &rule) out->notes.push_back(why);
    }
    if (!out->notes.empty()) return;
    if (out->found.empty()) {
      out->notes = internal::WhyNoSeries(rule, input_);
    } else if (std::none_of(out->metrics.begin(), out->metrics.end(),
                            [](const PreviewedMetric& m) { return m.status != 0; })) {
      out->notes = internal::WhyNoMetric(rule, external, out->found);
    }
  }

  // One that its metrics may be about.
  static GroupResource SomeResource(const Rule& rule) {
    for (const auto& [label, resource] : rule.resources.overrides) {
      if (resource != kNamespaces) return resource;
    }
    return {"", "pods"};
  }

  static void ShowWithoutSeries(const Rule& rule, bool external, PreviewedRule* out) {
    out->notes.emplace_back("the names that it exposes depend on the series that there are");
    PreviewedMetric metric;
    const MetricSource source = {&rule, std::string(kImaginedSeries)};
    if (external) {
      AddQuery(BuildExternalQuery(source, kImaginedSpace, Selector()), &metric);
    } else {
      const GroupResource resource = SomeResource(rule);
      const std::string_view space = IsRootScoped(resource) ? "" : kImaginedSpace;
      AddQuery(BuildQuery(source, {resource, space, {std::string(kImaginedName)}, Selector()}),
               &metric);
    }
    out->metrics.push_back(std::move(metric));
  }

  static std::string ValueOf(const Labels& labels, const std::optional<std::string>& name) {
    return name.has_value() ? std::string(labels.Get(*name)) : "";
  }

  // The objects that the source's series are about.
  static Objects ObjectsOf(const MetricSource& source, const GroupResource& resource,
                           const std::vector<Labels>& series) {
    const ResourceLabels& labels = source.rule->resources;
    const std::optional<std::string> space =
        IsRootScoped(resource) ? std::nullopt : labels.LabelOf(kNamespaces);
    const std::optional<std::string> name = labels.LabelOf(resource);
    Objects objects;
    for (const Labels& one : series) {
      if (one.Get(kMetricNameLabel) != source.series_name) continue;
      std::pair<std::string, std::string> object = {ValueOf(one, space), ValueOf(one, name)};
      const bool placed = IsRootScoped(resource) || !object.first.empty();
      if (placed && !object.second.empty()) objects.insert(std::move(object));
    }
    return objects;
  }

  PreviewedMetric CustomMetric(const MetricKey& key, const MetricSource& source,
                               const std::vector<Labels>& series) const {
    const Objects objects = ObjectsOf(source, key.resource, series);
    Route route;
    route.kind = RouteKind::kMetric;
    route.metric.resource = key.resource.ToString();
    route.metric.metric = key.metric;
    if (!objects.empty()) {
      std::tie(route.metric.namespace_name, route.metric.name) = *objects.begin();
    } else {
      route.metric.name = std::string(kImaginedName);
      if (!IsRootScoped(key.resource)) route.metric.namespace_name = std::string(kImaginedSpace);
    }
    PreviewedMetric out = Asked(route, source, !objects.empty());
    out.resource = route.metric.resource;
    out.objects = objects.size();
    if (!objects.empty()) return out;
    const absl::StatusOr<MetricQuery> query =
        BuildQuery(Imagined(source),
                   {key.resource, route.metric.namespace_name, {route.metric.name}, Selector()});
    AddQuery(query, &out);
    return out;
  }

  PreviewedMetric ExternalMetric(const std::string& name, const MetricSource& source,
                                 const std::vector<Labels>& series) const {
    const ResourceLabels& labels = source.rule->resources;
    Route route;
    route.kind = RouteKind::kExternalMetric;
    route.group = ApiGroup::kExternal;
    route.metric.version = ApiVersion::kV1beta1;
    route.metric.metric = name;
    bool seen = false;
    for (const Labels& one : series) {
      if (one.Get(kMetricNameLabel) != source.series_name) continue;
      seen = true;
      route.metric.namespace_name = ValueOf(one, labels.LabelOf(kNamespaces));
      if (!route.metric.namespace_name.empty()) break;
    }
    if (route.metric.namespace_name.empty()) {
      route.metric.namespace_name = std::string(kImaginedSpace);
    }
    PreviewedMetric out = Asked(route, source, seen);
    if (!seen) {
      AddQuery(BuildExternalQuery(Imagined(source), route.metric.namespace_name, Selector()), &out);
    }
    return out;
  }

  static MetricSource Imagined(const MetricSource& source) {
    if (!source.series_name.empty()) return source;
    return {source.rule, std::string(kImaginedSeries)};
  }

  template <typename QueryOrError>
  static void AddQuery(const QueryOrError& query, PreviewedMetric* out) {
    if (query.ok()) {
      out->queries.push_back(query->promql);
    } else {
      out->answer = std::string(query.status().message());
    }
  }

  // With the reply to it, if `ask`.
  PreviewedMetric Asked(const Route& route, const MetricSource& source, bool ask) const {
    PreviewedMetric out;
    out.metric = route.metric.metric;
    if (ask) out.series = source.series_name;
    out.path = PathOf(route);
    if (ask) Ask(route, &out);
    return out;
  }

  size_t Ask(const Route& route, PreviewedMetric* out) const {
    const NamedPods pods(route.metric.name);
    const ApiState state = {.registry = registry_,
                            .querier = *input_.querier,
                            .pods = pods,
                            .policy = input_.policy,
                            .now = input_.now};
    Explanation explanation;
    const HttpReply reply = ExplainMetric(route, state, &explanation);
    for (const ExplainedQuery& query : explanation.queries) out->queries.push_back(query.promql);
    out->status = reply.status;
    out->answer = AnswerText(reply, explanation, input_.now);
    return explanation.objects.size();
  }

  PreviewedRule Resources(const ResourceRules& rules) const {
    PreviewedRule out;
    out.section = "resourceRules";
    out.place = rules.cpu.place;
    for (const bool pods : {true, false}) {
      out.metrics.push_back(ResourceMetric(rules, pods));
      if (input_.lister == nullptr || out.metrics.back().status == 0) continue;
      if (out.metrics.back().objects > 0) continue;
      for (const std::string& query : out.metrics.back().queries) NoteIfEmpty(query, &out.notes);
    }
    return out;
  }

  void NoteIfEmpty(const std::string& query, std::vector<std::string>* notes) const {
    const absl::StatusOr<Answer> answer = input_.querier->Ask(query, input_.now);
    if (answer.ok() && answer->samples.empty()) {
      notes->push_back(internal::WhyNoRow(query, input_));
    }
  }

  PreviewedMetric ResourceMetric(const ResourceRules& rules, bool pods) const {
    Route route;
    route.kind = pods ? RouteKind::kPodMetrics : RouteKind::kNodeMetrics;
    route.group = ApiGroup::kResource;
    route.metric.version = ApiVersion::kV1beta1;
    PreviewedMetric out;
    out.resource = pods ? "pods" : "nodes";
    out.path = PathOf(route);
    if (input_.querier != nullptr) {
      out.objects = Ask(route, &out);
      if (out.objects == 0) out.answer = absl::StrCat("no ", out.resource);
      return out;
    }
    for (const ResourceRule* rule : {&rules.cpu, &rules.memory}) {
      AddQuery(pods ? BuildContainerQuery(*rule, {"", {}}) : BuildNodeQuery(*rule, {"", {}}), &out);
    }
    return out;
  }

  const PreviewInput& input_;
  const RuleSet& rules_;
  std::vector<std::pair<const Rule*, std::string>> failures_;  // of seriesQuery
  const SeriesByRule custom_;
  const SeriesByRule external_;
  const MetricRegistry registry_;
};

}  // namespace

RulePreview PreviewRules(const std::shared_ptr<const RuleSet>& rules, const PreviewInput& input) {
  return Preview(rules, input).Make();
}

}  // namespace tacho::adapter
