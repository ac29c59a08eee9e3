#include "adapter/core/external_request.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapter/core/measurement.h"
#include "adapter/core/query_builder.h"
#include "adapter/core/replies.h"
#include "adapter/core/text.h"

namespace tacho::adapter::internal {
namespace {

// What upstream says, down to the space at the end.
HttpReply NotFound(const MetricRequest& request) {
  return MetricNotFound(request.metric, request.namespace_name == "default" ? "namespaces" : "");
}

HttpReply NoValue(const MetricRequest& request, Unknown reason, std::string_view why) {
  return ValueUnknown(ToString(reason), absl::StrCat("the external metric ", request.metric,
                                                     " is known, but has no value now: ",
                                                     Abs(ToString(reason)), ": ", Abs(why)));
}

class ExternalAnswer {
 public:
  ExternalAnswer(const MetricRequest& request, const Selector& selector, const ApiState& state,
                 Explanation* explanation)
      : request_(request), selector_(selector), state_(state), explanation_(explanation) {}

  HttpReply Make() {
    const MetricSource* source = state_.registry.FindExternal(request_.metric);
    if (source == nullptr) return NotFound(request_);
    HttpReply reply = FromSource(*source);
    if (state_.answers != nullptr) state_.answers->CountAnswer(source->rule->place, reply);
    return reply;
  }

 private:
  HttpReply FromSource(const MetricSource& source) {
    omits_nan_ = source.rule->policy.on_nan == OnUnknown::kOmit;
    Measurement measurement(state_, source, explanation_);
    if (source.series_name.empty()) {
      return NoValue(request_, Unknown::kMissing, "none of the rule's series has been seen");
    }
    absl::StatusOr<MetricQuery> query =
        BuildExternalQuery(source, request_.namespace_name, selector_);
    if (!query.ok()) return Unfetchable(query.status());
    const std::string promql = query->promql;
    const absl::StatusOr<const Answer*> answer = measurement.Ask(*std::move(query));
    if (!answer.ok()) return Unfetchable(answer.status());
    switch ((*answer)->type) {
      case ResultType::kVector:
        return FromRows(**answer, &measurement);
      case ResultType::kScalar:
        return FromScalar(**answer, &measurement);
      case ResultType::kMatrix:
        return PlainError("encountered an unexpected query result type");
      default:
        return Unfetchable(absl::InvalidArgumentError("the query gives a text: " + promql));
    }
  }

  HttpReply Unfetchable(const absl::Status& status) const {
    HttpReply reply = InternalError("unable to fetch metrics");
    reply.log = absl::StrCat("external metric ", request_.metric, ": ", status.message());
    if (explanation_ != nullptr) explanation_->notes.emplace_back(status.message());
    return reply;
  }

  std::string KeyOf(std::string_view labels) const {
    return absl::StrCat(request_.metric, "/", request_.namespace_name, "//", Abs(labels), "?",
                        selector_.ToString());
  }

  HttpReply FromRows(const Answer& answer, Measurement* measurement) {
    for (const ResultSample& row : answer.samples) {
      const std::string labels = row.labels().ToString();
      const ResultSample* const rows[] = {&row};
      Add(measurement->Decide({"", KeyOf(labels), labels}, rows), LabelsOf(row.labels()),
          *measurement);
    }
    if (answer.samples.empty()) {
      Add(measurement->Decide({"", KeyOf("{}"), "no rows"}, {}), ItemLabels(std::in_place),
          *measurement);
    }
    if (items_.empty() && !measurement->unanswered().ok()) {
      return NoValue(request_, Unknown::kUpstream, Std(measurement->unanswered().message()));
    }
    return Finish(*measurement);
  }

  HttpReply FromScalar(const Answer& answer, Measurement* measurement) {
    const Labels none = {};
    const ResultSample row(&none, answer.scalar, answer.evidence);
    const ResultSample* const rows[] = {&row};
    Add(measurement->Decide({"", KeyOf("scalar"), "scalar"}, rows), std::nullopt, *measurement);
    return Finish(*measurement);
  }

  using ItemLabels = decltype(ExternalItem::labels);

  static ItemLabels LabelsOf(const Labels& labels) {
    ItemLabels out(std::in_place);
    for (const Label& label : labels) out->emplace_back(label.name, label.value);
    return out;
  }

  void Add(const Decision& decision, ItemLabels labels, const Measurement& measurement) {
    if (decision.known) {
      items_.push_back({std::move(labels), decision.time,
                        absl::ToInt64Seconds(measurement.window()), decision.quantity});
      return;
    }
    if (decision.unknown == Unknown::kNan && omits_nan_) return;
    if (unknown_rows_++ == 0) unknown_ = decision.unknown;
  }

  [[nodiscard]] std::string TooSmallASum() const {
    return absl::StrCat("; ", unknown_rows_, " of ", items_.size() + unknown_rows_,
                        " rows have no value, and the rest would be too small a sum");
  }

  HttpReply Finish(const Measurement& measurement) const {
    if (items_.empty() && unknown_rows_ == 0) {
      return NoValue(request_, Unknown::kNan, "every row is NaN");
    }
    if (unknown_ != Unknown::kNone) {
      return NoValue(request_, unknown_,
                     absl::StrCat(measurement.WhyUnknown(unknown_),
                                  items_.size() + unknown_rows_ == 1 ? "" : TooSmallASum()));
    }
    return {200, kJsonType, ExternalValueListJson(request_.metric, items_), "", ""};
  }

  const MetricRequest& request_;
  const Selector& selector_;
  const ApiState& state_;
  Explanation* const explanation_;
  std::vector<ExternalItem> items_;
  bool omits_nan_ = false;            // the rule itself says that such a row adds nothing
  Unknown unknown_ = Unknown::kNone;  // of the first row without a value
  size_t unknown_rows_ = 0;
};

}  // namespace

HttpReply AnswerExternal(const MetricRequest& request, const Selector& selector,
                         const ApiState& state, Explanation* explanation) {
  return ExternalAnswer(request, selector, state, explanation).Make();
}

}  // namespace tacho::adapter::internal
