#include "adapter/core/explanation.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapter/core/json_writer.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

std::string Short(Duration d) {
  return absl::FormatDuration(absl::Trunc(d, absl::Milliseconds(1)));
}

std::string Age(Timestamp t, Timestamp now) {
  return t == Timestamp::Min() ? "no sample" : Short(now - t);
}

// Fields of one JSON object, in the order in which they are added.
class Fields {
 public:
  Fields& Raw(std::string_view name, std::string_view json) {
    absl::StrAppend(&out_, out_.empty() ? "" : ",", JsonString(name), ":", Abs(json));
    return *this;
  }
  Fields& Text(std::string_view name, std::string_view text) { return Raw(name, JsonString(text)); }
  Fields& Number(std::string_view name, uint64_t n) { return Raw(name, absl::StrCat(n)); }
  [[nodiscard]] std::string Json() const { return absl::StrCat("{", out_, "}"); }

 private:
  std::string out_;
};

template <typename Items, typename ToJson>
std::string List(const Items& items, ToJson to_json) {
  return absl::StrCat(
      "[", absl::StrJoin(items, ",", [&](std::string* out, const auto& i) { *out += to_json(i); }),
      "]");
}

std::string QueryJson(const ExplainedQuery& query) {
  Fields fields;
  fields.Text("promql", query.promql).Number("rows", query.rows).Number("samples", query.samples);
  if (!query.error.empty()) fields.Text("error", query.error);
  return fields.Json();
}

std::string ObjectJson(const ExplainedObject& object, const ValuePolicy& policy, Timestamp now) {
  Fields fields;
  fields.Text("name", object.name).Text("why", Why(object, policy, now));
  if (object.decision.known) fields.Text("value", object.decision.quantity);
  fields.Text("unknown", ToString(object.decision.unknown));
  fields.Number("rows", object.seen.rows).Number("series", object.evidence.series);
  fields.Number("targets", object.evidence.targets);
  fields.Text("newestAge", Age(object.seen.newest, now));
  const Coverage& coverage = object.seen.coverage;
  if (coverage.expected > 0) {
    fields.Number("targetsExpected", coverage.expected).Number("targetsFresh", coverage.fresh);
    fields.Number("targetsWarm", coverage.warm);
  }
  return fields.Json();
}

std::string PolicyText(const ValuePolicy& policy) {
  return absl::StrCat("maxAge ", Short(policy.max_age), ", minCoverage ", policy.min_coverage,
                      policy.hold_last > absl::ZeroDuration()
                          ? absl::StrCat(", holdLast ", Short(policy.hold_last))
                          : "");
}

std::string Json(const Explanation& e, const HttpReply& answer, Timestamp now) {
  std::string_view body = answer.body;
  while (body.ends_with('\n')) body.remove_suffix(1);
  Fields fields;
  fields.Text("kind", "Explanation").Text("rule", e.rule).Text("series", e.series);
  fields.Text("policy", PolicyText(e.policy)).Raw("queries", List(e.queries, QueryJson));
  fields.Raw("objects", List(e.objects, [&](const ExplainedObject& object) {
               return ObjectJson(object, e.policy, now);
             }));
  fields.Raw("missingTargets", List(e.missing_targets, JsonString));
  fields.Raw("notes", List(e.notes, JsonString)).Number("status", uint64_t(answer.status));
  fields.Raw("answer", answer.content_type == kJsonType ? std::string(body) : JsonString(body));
  return fields.Json() + "\n";
}

std::string Text(const Explanation& e, const HttpReply& answer, Timestamp now) {
  std::string out = absl::StrCat("rule     ", e.rule.empty() ? "none gives this metric" : e.rule,
                                 "\nseries   ", e.series.empty() ? "none seen" : e.series,
                                 "\npolicy   ", PolicyText(e.policy), "\n");
  for (const ExplainedQuery& query : e.queries) {
    absl::StrAppend(&out, "query    ", query.promql, "\n         ");
    if (query.error.empty()) {
      absl::StrAppend(&out, query.rows, " rows from ", query.samples, " samples\n");
    } else {
      absl::StrAppend(&out, "failed: ", query.error, "\n");
    }
  }
  for (const ExplainedObject& object : e.objects) {
    absl::StrAppend(&out, "object   ", object.name, ": ", Why(object, e.policy, now), "\n");
  }
  for (const std::string& target : e.missing_targets) {
    absl::StrAppend(&out, "missing  ", target, "\n");
  }
  for (const std::string& note : e.notes) absl::StrAppend(&out, "note     ", note, "\n");
  return absl::StrCat(out, "answer   ", answer.status, " ", answer.body,
                      answer.body.ends_with('\n') ? "" : "\n");
}

std::string NoRowYet(const Observation& seen) {
  const Coverage& coverage = seen.coverage;
  if (coverage.expected == 0) return "its targets have too few samples in the window yet";
  if (seen.rate_window == absl::ZeroDuration()) {
    return absl::StrCat(coverage.fresh, " of its ", coverage.expected,
                        " targets have fresh samples, but the query gives no row");
  }
  return absl::StrCat("of its ", coverage.expected, " targets, ", coverage.warm,
                      " have two samples in the window yet, and the query gives no row");
}

}  // namespace

std::string Because(const ExplainedObject& object, const ValuePolicy& policy, Timestamp now) {
  const Observation& seen = object.seen;
  const Coverage& coverage = seen.coverage;
  switch (object.decision.unknown) {
    case Unknown::kNone:
      return "";
    case Unknown::kUpstream:
      return "the server that evaluates the query gave no answer that can be relied on";
    case Unknown::kMissing:
      return "no series for it";
    case Unknown::kWarming:
      if (seen.rows == 0) return NoRowYet(seen);
      if (coverage.warm < coverage.expected) {
        return absl::StrCat("only ", coverage.warm, " of ", coverage.expected,
                            " targets have two samples in the window yet");
      }
      return absl::StrCat("its samples span ", Short(seen.newest - seen.oldest), ", and ",
                          Short(MinSpan(seen.rate_window, policy)), " is needed");
    case Unknown::kAmbiguous:
      return absl::StrCat(seen.rows, " rows for it; the query must keep one per object");
    case Unknown::kStale:
      if (seen.rows == 0) {
        return absl::StrCat("none of its ", coverage.expected, " targets has a sample within ",
                            Short(policy.max_age), "; are they scraped?");
      }
      return absl::StrCat("its newest sample is ", Age(seen.newest, now), " old, over ",
                          Short(policy.max_age));
    case Unknown::kCoverage:
      if (seen.coverage_unknown) return "how many of its targets are fresh could not be learnt";
      return absl::StrCat("only ", coverage.fresh, " of ", coverage.expected,
                          " targets are fresh, and ", policy.min_coverage * 100, " % are needed");
    case Unknown::kNan:
      return "the query gives NaN";
    case Unknown::kOverflow:
      return absl::StrCat("the query gives ", seen.value, ", which no quantity can hold");
  }
  return "";
}

std::string Why(const ExplainedObject& object, const ValuePolicy& policy, Timestamp now) {
  const Decision& decision = object.decision;
  const std::string because = Because(object, policy, now);
  if (decision.unknown == Unknown::kNone) {
    return absl::StrCat(decision.quantity, ", from ", object.evidence.series, " series of ",
                        object.evidence.targets, " targets; newest sample ",
                        Age(object.seen.newest, now),
                        object.seen.newest == Timestamp::Min() ? "" : " old");
  }
  const std::string reason = absl::StrCat(Abs(ToString(decision.unknown)), ": ", because);
  if (!decision.known) return reason;
  return absl::StrCat(reason, "; the rule's policy gives ", decision.quantity, " instead");
}

HttpReply ExplainReply(const Explanation& explanation, const HttpReply& answer, Timestamp now,
                       ExplanationForm form) {
  HttpReply reply;
  reply.body = form == ExplanationForm::kJson ? Json(explanation, answer, now)
                                              : Text(explanation, answer, now);
  if (form == ExplanationForm::kText) reply.content_type = kPlainType;
  return reply;
}

}  // namespace tacho::adapter
