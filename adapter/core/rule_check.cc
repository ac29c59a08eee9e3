#include "adapter/core/rule_check.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/query_builder.h"
#include "adapter/core/series_query_hints.h"

namespace tacho::adapter {
namespace {

using Names = std::vector<std::string>;

// A label of the rule's for the resource, else the one that is usual.
std::string LabelOr(const Rule& rule, const GroupResource& resource, std::string_view usual) {
  return rule.resources.LabelOf(resource).value_or(std::string(usual));
}

TemplateArgs SampleArgs(const Rule& rule, std::vector<std::string> names) {
  TemplateArgs args;
  args.series = ReadSeriesQuery(rule.series_query).metric;
  if (args.series.empty()) args.series = "http_requests_total";
  args.label_matchers.push_back(
      {LabelOr(rule, {"", "namespaces"}, "namespace"), MatchOp::kEqual, {"default"}});
  if (names.empty()) return args;
  std::string object = LabelOr(rule, {"", "pods"}, "pod");
  args.group_by = {object};
  const MatchOp op = names.size() == 1 ? MatchOp::kEqual : MatchOp::kRegex;
  args.label_matchers.push_back({std::move(object), op, std::move(names)});
  return args;
}

absl::Status CheckText(const absl::StatusOr<std::string>& promql, const QueryCheck& check) {
  if (!promql.ok()) return promql.status();
  const absl::Status status = check(*promql);
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(status.message(), "; the query is: ", *promql));
}

absl::StatusOr<std::string> TextOf(absl::StatusOr<ResourceQuery> query) {
  if (!query.ok()) return query.status();
  return std::move(query->promql);
}

}  // namespace

absl::Status CheckRuleQuery(const Rule& rule, const QueryCheck& check) {
  for (const Names& names : {Names{"a"}, Names{"a", "b"}}) {
    const absl::Status status =
        CheckText(rule.metrics_query.Expand(SampleArgs(rule, names)), check);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CheckExternalQuery(const Rule& rule, const QueryCheck& check) {
  return CheckText(rule.metrics_query.Expand(SampleArgs(rule, {})), check);
}

absl::Status CheckContainerQuery(const ResourceRule& rule, const QueryCheck& check) {
  for (const std::string_view space : {"default", ""}) {
    for (const Names& names : {Names{}, Names{"a", "b"}}) {
      const absl::Status status =
          CheckText(TextOf(BuildContainerQuery(rule, {space, names})), check);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNodeQuery(const ResourceRule& rule, const QueryCheck& check) {
  return CheckText(TextOf(BuildNodeQuery(rule, {"", {}})), check);
}

absl::StatusOr<std::string> ExampleQuery(const Rule& rule) {
  return rule.metrics_query.Expand(SampleArgs(rule, {"a"}));
}

}  // namespace tacho::adapter
