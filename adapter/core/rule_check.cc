#include "adapter/core/rule_check.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapter/core/series_query_hints.h"

namespace tacho::adapter {
namespace {

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
  std::string object = LabelOr(rule, {"", "pods"}, "pod");
  args.group_by = {object};
  const MatchOp op = names.size() == 1 ? MatchOp::kEqual : MatchOp::kRegex;
  args.label_matchers.push_back({std::move(object), op, std::move(names)});
  return args;
}

}  // namespace

absl::Status CheckRuleQuery(const Rule& rule,
                            const std::function<absl::Status(std::string_view)>& check) {
  for (const std::vector<std::string>& names :
       {std::vector<std::string>{"a"}, std::vector<std::string>{"a", "b"}}) {
    const absl::StatusOr<std::string> promql = rule.metrics_query.Expand(SampleArgs(rule, names));
    if (!promql.ok()) return promql.status();
    if (absl::Status status = check(*promql); !status.ok()) {
      return absl::Status(status.code(),
                          absl::StrCat(status.message(), "; the query is: ", *promql));
    }
  }
  return absl::OkStatus();
}

}  // namespace tacho::adapter
