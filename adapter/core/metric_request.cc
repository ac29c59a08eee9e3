#include "adapter/core/metric_request.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapter/core/measurement.h"
#include "adapter/core/query_builder.h"
#include "adapter/core/replies.h"
#include "adapter/core/text.h"

namespace tacho::adapter::internal {
namespace {

const GroupResource kPods = {"", "pods"};
const GroupResource kNamespaces = {"", "namespaces"};

// The one label that Kubernetes itself puts on every namespace.
constexpr std::string_view kNamespaceNameLabel = "kubernetes.io/metadata.name";

// Of the names in one query. Thousands of pods must not make a query that is longer than
// the engine reads (QueryLimits::max_query_bytes), so they are asked for in runs.
constexpr size_t kMaxNameBytes = 4096;

using RowsByName = std::map<std::string_view, std::vector<const ResultSample*>>;

class MetricAnswer {
 public:
  MetricAnswer(const ParsedRequest& request, const ResourceInfo& info, const ApiState& state,
               Explanation* explanation)
      : request_(request),
        info_(info),
        resource_(ToGroupResource(info)),
        state_(state),
        explanation_(explanation) {}

  HttpReply Make() {
    names_ = is_list() ? ListNames() : std::vector<std::string>{request_.metric.name};
    const MetricSource* source = FindSource();
    if (source == nullptr || names_.empty()) {
      if (source != nullptr && explanation_ != nullptr) {
        explanation_->notes.emplace_back(
            "a rule gives this metric, but the request selects no object: none is known in its "
            "namespace whose labels fit its labelSelector; discovery says which labels pods have");
      }
      return MetricNotFound(request_.metric.metric, resource_.ToString());
    }
    absl::StatusOr<std::string> selector_json = request_.series.ToLabelSelectorJson();
    const absl::Status matchers = request_.series.ToMatchers().status();
    if (matchers.ok() && !selector_json.ok()) {
      return PlainError(Std(selector_json.status().message()));
    }
    return Count(*source, FromSource(*source, selector_json.value_or("")));
  }

 private:
  HttpReply Count(const MetricSource& source, HttpReply reply) const {
    if (state_.answers != nullptr) state_.answers->CountAnswer(source.rule->place, reply);
    return reply;
  }

  HttpReply FromSource(const MetricSource& source, const std::string& selector_json) {
    Measurement measurement(state_, source, explanation_);
    if (source.series_name.empty()) {
      return Unknown(adapter::Unknown::kMissing, "none of the rule's series has been seen");
    }
    for (auto begin = names_.cbegin(); begin != names_.cend();) {
      const auto end = EndOfQuery(source, begin);
      std::optional<HttpReply> failure = AskFor(source, {begin, end}, &measurement);
      if (failure.has_value()) return *std::move(failure);
      begin = end;
    }
    return FromRows(selector_json, &measurement);
  }

  bool is_list() const { return request_.metric.name == "*"; }

  // The objects that a list asks for, as far as discovery knows them.
  std::vector<std::string> ListNames() const {
    if (resource_ == kPods) {
      return state_.pods.ListPods(request_.metric.namespace_name, request_.objects);
    }
    std::vector<std::string> names;
    if (resource_ != kNamespaces) return names;
    for (std::string& name : state_.pods.ListNamespaces()) {
      const auto lookup = [&name](std::string_view key) {
        return key == kNamespaceNameLabel ? std::optional<std::string_view>(name) : std::nullopt;
      };
      if (request_.objects.Matches(lookup)) names.push_back(std::move(name));
    }
    return names;
  }

  const MetricSource* FindSource() const {
    if (IsRootScoped(resource_) != request_.metric.namespace_name.empty()) return nullptr;
    return state_.registry.Find({resource_, request_.metric.metric});
  }

  // Upstream tells a metric that cannot be asked this way from none by its log only.
  HttpReply Unbuildable(const absl::Status& status) const {
    HttpReply reply = MetricNotFound(request_.metric.metric, resource_.ToString());
    reply.log = absl::StrCat("metric ", request_.metric.metric, ": ", status.message());
    if (explanation_ != nullptr) explanation_->notes.emplace_back(status.message());
    return reply;
  }

  HttpReply Unfetchable(std::string_view promql, const absl::Status& status) const {
    HttpReply reply = InternalError("unable to fetch metrics");
    reply.log = absl::StrCat("metric ", request_.metric.metric, ": ",
                             status.ok() ? "the query gives no vector" : status.message(), ": ",
                             Abs(promql));
    return reply;
  }

  std::vector<std::string>::const_iterator EndOfRun(
      std::vector<std::string>::const_iterator it) const {
    size_t bytes = 0;
    do {
      bytes += (it++)->size();
    } while (it != names_.cend() && bytes + it->size() <= kMaxNameBytes);
    return it;
  }

  // A template may name its matchers several times: fewer names, then. The same names are
  // asked for once more, for coverage.
  std::vector<std::string>::const_iterator EndOfQuery(
      const MetricSource& source, std::vector<std::string>::const_iterator begin) const {
    auto end = EndOfRun(begin);
    while (end - begin > 1) {
      const absl::StatusOr<MetricQuery> query = BuildQuery(
          source, {resource_, request_.metric.namespace_name, {begin, end}, request_.series});
      if (!query.ok() || query->promql.size() + kCoverageQueryBytes <= state_.max_query_bytes) {
        break;
      }
      end = begin + (end - begin) / 2;
    }
    return end;
  }

  // Adds the rows of these names, which are sorted; a failure is the whole reply.
  std::optional<HttpReply> AskFor(const MetricSource& source, std::vector<std::string> names,
                                  Measurement* measurement) {
    const QueryRequest request{resource_, request_.metric.namespace_name, std::move(names),
                               request_.series};
    absl::StatusOr<MetricQuery> query = BuildQuery(source, request);
    if (!query.ok()) return Unbuildable(query.status());
    object_label_ = query->object_label;
    const std::string promql = query->promql;
    const absl::StatusOr<const Answer*> answer = measurement->Ask(*std::move(query));
    if (!answer.ok() || (*answer)->type != ResultType::kVector) {
      return Unfetchable(promql, answer.status());
    }
    for (const ResultSample& sample : (*answer)->samples) {
      const std::string_view name = sample.labels().Get(object_label_);
      if (name.empty()) unlabelled_ = true;
      if (std::binary_search(request.names.begin(), request.names.end(), name)) {
        rows_[name].push_back(&sample);
      }
    }
    return std::nullopt;
  }

  HttpReply FromRows(const std::string& selector_json, Measurement* measurement) {
    std::vector<MetricItem> items;
    std::map<adapter::Unknown, int> unknown;
    bool failed = false;
    for (const std::string& name : names_) {
      const Decision decision = measurement->Decide({name, KeyOf(name), name}, rows_[name]);
      if (decision.known) {
        items.push_back(MakeItem(name, decision, measurement->window()));
      } else {
        ++unknown[decision.unknown];
        failed |= FailsReply(decision, measurement->policy());
      }
    }
    if (items.empty() && !measurement->unanswered().ok()) {
      return Unknown(adapter::Unknown::kUpstream, Std(measurement->unanswered().message()));
    }
    if (items.empty() || failed) return NoValue(unknown, *measurement);
    return {
        200, kJsonType,
        MetricValueListJson(request_.metric.version, request_.metric.metric, selector_json, items),
        "", ""};
  }

  std::string KeyOf(const std::string& name) const {
    return absl::StrCat(request_.metric.metric, "/", request_.metric.namespace_name, "/",
                        resource_.ToString(), "/", name, "?", request_.series.ToString());
  }

  MetricItem MakeItem(const std::string& name, const Decision& decision, Duration window) const {
    return {&info_,        request_.metric.namespace_name, name,
            decision.time, absl::ToInt64Seconds(window),   decision.quantity};
  }

  bool KnownNotToExist() const {
    const std::string& name = request_.metric.name;
    if (resource_ == kPods) return !state_.pods.HasPod(request_.metric.namespace_name, name);
    if (resource_ != kNamespaces) return false;
    const std::vector<std::string> known = state_.pods.ListNamespaces();
    return std::find(known.begin(), known.end(), name) == known.end();
  }

  HttpReply NoValue(const std::map<adapter::Unknown, int>& unknown,
                    const Measurement& measurement) const {
    const auto most =
        std::max_element(unknown.begin(), unknown.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    const bool no_row = std::all_of(rows_.begin(), rows_.end(),
                                    [](const auto& rows) { return rows.second.empty(); });
    if (!is_list() && no_row && KnownNotToExist()) {
      return MetricNotFound(request_.metric.metric, resource_.ToString(), request_.metric.name);
    }
    if (no_row && unlabelled_) {
      return Unknown(adapter::Unknown::kMissing,
                     absl::StrCat("the query's result has no label ", Quoted(object_label_),
                                  "; the rule's metricsQuery must keep it: by (<<.GroupBy>>)"));
    }
    const auto count = [](std::string* out, const auto& entry) {
      absl::StrAppend(out, Abs(ToString(entry.first)), " (", entry.second, ")");
    };
    if (!is_list()) {
      return Unknown(most->first, measurement.WhyUnknown(most->first));
    }
    return Unknown(most->first, absl::StrCat("of ", names_.size(),
                                             " asked for: ", absl::StrJoin(unknown, ", ", count),
                                             measurement.RemarkOn(most->first)));
  }

  HttpReply Unknown(adapter::Unknown reason, std::string_view why) const {
    std::string object = resource_.ToString();
    if (!is_list()) absl::StrAppend(&object, " ", request_.metric.name);
    return ValueUnknown(
        ToString(reason),
        absl::StrCat("the metric ", request_.metric.metric, " for ", object,
                     " is known, but has no value now: ", Abs(ToString(reason)), ": ", Abs(why)));
  }

  const ParsedRequest& request_;
  const ResourceInfo& info_;
  const GroupResource resource_;
  const ApiState& state_;
  Explanation* const explanation_;
  std::vector<std::string> names_;
  RowsByName rows_;
  std::string object_label_;
  bool unlabelled_ = false;  // a row came without the label that names its object
};

}  // namespace

HttpReply AnswerMetric(const ParsedRequest& request, const ApiState& state,
                       Explanation* explanation) {
  const ResourceInfo* info = FindResourceArgument(request.metric.resource);
  if (info == nullptr) return MetricNotFound(request.metric.metric, request.metric.resource);
  return MetricAnswer(request, *info, state, explanation).Make();
}

}  // namespace tacho::adapter::internal
