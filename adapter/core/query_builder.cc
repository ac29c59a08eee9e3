#include "adapter/core/query_builder.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {
namespace {

absl::StatusOr<std::string> LabelFor(const ResourceLabels& labels, const GroupResource& resource) {
  std::optional<std::string> label = labels.LabelOf(resource);
  if (label.has_value()) return *std::move(label);
  return absl::FailedPreconditionError(absl::StrCat(
      "the rule names no label for ", resource.ToString(), "; add it to resources.overrides"));
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
    absl::StatusOr<std::string> label = LabelFor(labels, {"", "namespaces"});
    if (!label.ok()) return label.status();
    args.label_matchers.push_back(
        {*std::move(label), MatchOp::kEqual, {std::string(request.namespace_name)}});
  }
  absl::StatusOr<std::string> label = LabelFor(labels, request.resource);
  if (!label.ok()) return label.status();
  const MatchOp op = request.names.size() == 1 ? MatchOp::kEqual : MatchOp::kRegex;
  args.group_by = {*label};
  args.label_matchers.push_back({*std::move(label), op, request.names});
  return args;
}

absl::StatusOr<MetricQuery> BuildQuery(const MetricSource& source, const QueryRequest& request) {
  absl::StatusOr<TemplateArgs> args =
      BuildTemplateArgs(source.rule->resources, source.series_name, request);
  if (!args.ok()) return args.status();
  absl::StatusOr<std::string> promql = source.rule->metrics_query.Expand(*args);
  if (!promql.ok()) return promql.status();
  return MetricQuery{*std::move(promql), args->group_by.front()};
}

}  // namespace tacho::adapter
