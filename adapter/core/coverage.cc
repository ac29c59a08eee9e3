#include "adapter/core/coverage.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {
namespace {

std::string Range(Duration window) {
  return absl::StrCat("[", std::max<int64_t>(1, absl::ToInt64Milliseconds(window)), "ms]");
}

// The targets, by object, that have more than `over` samples within the window.
std::string TargetsWith(const TemplateArgs& args, Duration window, int over) {
  const std::string by = args.group_by.empty() ? "" : ", <<.GroupBy>>";
  return absl::StrCat("max by (job, instance", by,
                      ") (count_over_time(<<.Series>>{<<.LabelMatchers>>}", Range(window), ")) > ",
                      over);
}

std::string CountByObject(const TemplateArgs& args, const std::string& targets) {
  return absl::StrCat("count ", args.group_by.empty() ? "" : "by (<<.GroupBy>>) ", "((", targets,
                      ") and on (job, instance) up)");
}

absl::StatusOr<Answer> AskTemplate(const std::string& text, const CoverageRequest& request,
                                   Querier* querier) {
  const absl::StatusOr<QueryTemplate> parsed = QueryTemplate::Parse(text);
  if (!parsed.ok()) return parsed.status();
  const absl::StatusOr<std::string> promql = parsed->Expand(request.args);
  if (!promql.ok()) return promql.status();
  return querier->Ask(*promql, request.now);
}

absl::Status Count(const std::string& targets, const CoverageRequest& request,
                   uint32_t Coverage::*field, Querier* querier, CoverageByObject* out) {
  const absl::StatusOr<Answer> answer =
      AskTemplate(CountByObject(request.args, targets), request, querier);
  if (!answer.ok()) return answer.status();
  for (const ResultSample& sample : answer->samples) {
    const std::string_view object =
        request.args.group_by.empty() ? "" : sample.labels().Get(request.args.group_by.front());
    (*out)[std::string(object)].*field = static_cast<uint32_t>(sample.value);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CoverageByObject> AskCoverage(const CoverageRequest& request, Querier* querier) {
  const TemplateArgs& args = request.args;
  CoverageByObject out;
  absl::Status status =
      Count(TargetsWith(args, request.reach, 0), request, &Coverage::expected, querier, &out);
  if (!status.ok()) return status;
  const Duration age = std::min(request.max_age, request.reach);
  status = Count(TargetsWith(args, age, 0), request, &Coverage::fresh, querier, &out);
  if (!status.ok()) return status;
  const bool rate = request.rate_window > absl::ZeroDuration();
  const std::string warm =
      rate ? TargetsWith(args, request.rate_window, 1) : TargetsWith(args, age, 0);
  status = Count(warm, request, &Coverage::warm, querier, &out);
  if (!status.ok()) return status;
  return out;
}

absl::StatusOr<std::vector<std::string>> AskMissingTargets(const CoverageRequest& request,
                                                           size_t limit, Querier* querier) {
  const TemplateArgs& args = request.args;
  const Duration age = std::min(request.max_age, request.reach);
  const std::string text = absl::StrCat("((", TargetsWith(args, request.reach, 0),
                                        ") and on (job, instance) up) unless on (job, ",
                                        "instance) (", TargetsWith(args, age, 0), ")");
  const absl::StatusOr<Answer> answer = AskTemplate(text, request, querier);
  if (!answer.ok()) return answer.status();
  std::vector<std::string> out;
  for (const ResultSample& sample : answer->samples) {
    if (out.size() < limit) out.push_back(sample.labels().ToString());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace tacho::adapter
