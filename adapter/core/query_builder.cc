#include "adapter/core/query_builder.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {
namespace {

const GroupResource kNamespaces = {"", "namespaces"};
const GroupResource kPods = {"", "pods"};
const GroupResource kNodes = {"", "nodes"};

absl::StatusOr<std::string> LabelFor(const ResourceLabels& labels, const GroupResource& resource) {
  std::optional<std::string> label = labels.LabelOf(resource);
  if (label.has_value()) return *std::move(label);
  return absl::FailedPreconditionError(absl::StrCat(
      "the rule names no label for ", resource.ToString(), "; add it to resources.overrides"));
}

TemplateMatcher AnyOf(std::string label, std::vector<std::string> names) {
  // No names: whatever has the label.
  if (names.empty()) return {std::move(label), MatchOp::kNotEqual, {""}};
  const MatchOp op = names.size() == 1 ? MatchOp::kEqual : MatchOp::kRegex;
  return {std::move(label), op, std::move(names)};
}

absl::StatusOr<MetricQuery> Expand(const MetricSource& source, absl::StatusOr<TemplateArgs> args) {
  if (!args.ok()) return args.status();
  absl::StatusOr<std::string> promql = source.rule->metrics_query.Expand(*args);
  if (!promql.ok()) return promql.status();
  std::string label = args->group_by.empty() ? "" : args->group_by.front();
  return MetricQuery{*std::move(promql), std::move(label), *std::move(args)};
}

}  // namespace

absl::StatusOr<TemplateArgs> BuildTemplateArgs(const ResourceLabels& labels,
                                               std::string_view series_name,
                                               const QueryRequest& request) {
  absl::StatusOr<std::vector<TemplateMatcher>> matchers = request.metric_selector.ToMatchers();
  if (!matchers.ok()) return matchers.status();
  TemplateArgs args;
  args.series = std::string(series_name);
  args.label_matchers = *std::move(matchers);
  if (!request.namespace_name.empty()) {
    absl::StatusOr<std::string> label = LabelFor(labels, kNamespaces);
    if (!label.ok()) return label.status();
    args.label_matchers.push_back(
        {*std::move(label), MatchOp::kEqual, {std::string(request.namespace_name)}});
  }
  absl::StatusOr<std::string> label = LabelFor(labels, request.resource);
  if (!label.ok()) return label.status();
  args.group_by = {*label};
  args.label_matchers.push_back(AnyOf(*std::move(label), request.names));
  return args;
}

absl::StatusOr<TemplateArgs> BuildExternalArgs(const ResourceLabels& labels,
                                               std::string_view series_name,
                                               std::string_view namespace_name,
                                               const Selector& selector) {
  absl::StatusOr<std::vector<TemplateMatcher>> matchers = selector.ToMatchers();
  if (!matchers.ok()) return matchers.status();
  TemplateArgs args;
  args.series = std::string(series_name);
  args.label_matchers = *std::move(matchers);
  if (!labels.namespaced || namespace_name.empty()) return args;
  absl::StatusOr<std::string> label = LabelFor(labels, kNamespaces);
  if (!label.ok()) return label.status();
  args.label_matchers.push_back(
      {*std::move(label), MatchOp::kEqual, {std::string(namespace_name)}});
  return args;
}

absl::StatusOr<MetricQuery> BuildQuery(const MetricSource& source, const QueryRequest& request) {
  return Expand(source, BuildTemplateArgs(source.rule->resources, source.series_name, request));
}

absl::StatusOr<MetricQuery> BuildExternalQuery(const MetricSource& source,
                                               std::string_view namespace_name,
                                               const Selector& selector) {
  return Expand(source, BuildExternalArgs(source.rule->resources, source.series_name,
                                          namespace_name, selector));
}

absl::StatusOr<ResourceQuery> BuildContainerQuery(const ResourceRule& rule,
                                                  const ResourceQueryRequest& request) {
  absl::StatusOr<std::string> space = LabelFor(rule.resources, kNamespaces);
  if (!space.ok()) return space.status();
  absl::StatusOr<std::string> pod = LabelFor(rule.resources, kPods);
  if (!pod.ok()) return pod.status();
  TemplateArgs args;
  const bool all = request.namespace_name.empty();
  std::vector<std::string> spaces;
  if (!all) spaces.emplace_back(request.namespace_name);
  args.label_matchers = {AnyOf(*space, std::move(spaces)), AnyOf(*pod, request.names)};
  args.group_by = {*pod, rule.container_label};
  if (all) args.group_by.insert(args.group_by.begin(), *space);
  absl::StatusOr<std::string> promql = rule.container_query.Expand(args);
  if (!promql.ok()) return promql.status();
  return ResourceQuery{*std::move(promql), *std::move(space), *std::move(pod)};
}

absl::StatusOr<ResourceQuery> BuildNodeQuery(const ResourceRule& rule,
                                             const ResourceQueryRequest& request) {
  absl::StatusOr<std::string> node = LabelFor(rule.resources, kNodes);
  if (!node.ok()) return node.status();
  TemplateArgs args;
  args.label_matchers = {AnyOf(*node, request.names)};
  args.group_by = {*node};
  absl::StatusOr<std::string> promql = rule.node_query.Expand(args);
  if (!promql.ok()) return promql.status();
  return ResourceQuery{*std::move(promql), "", *std::move(node)};
}

}  // namespace tacho::adapter
