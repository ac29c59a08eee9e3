#include "adapter/core/measurement.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"

namespace tacho::adapter::internal {
namespace {

bool IsNameChar(char c) { return IsAlnum(c) || c == '_' || c == ':'; }

}  // namespace

bool IsRate(std::string_view promql) {
  constexpr std::array<std::string_view, 5> kRates = {"rate", "increase", "delta", "deriv",
                                                      "predict_linear"};
  for (size_t i = 0; i < promql.size();) {
    size_t end = i;
    while (end < promql.size() && IsNameChar(promql[end])) ++end;
    if (end == i) {
      ++i;
      continue;
    }
    const std::string_view word = promql.substr(i, end - i);
    i = end;
    while (i < promql.size() && promql[i] == ' ') ++i;
    const bool called = i < promql.size() && promql[i] == '(';
    if (called && std::find(kRates.begin(), kRates.end(), word) != kRates.end()) return true;
  }
  return false;
}

Measurement::Measurement(const ApiState& state, const MetricSource& source,
                         Explanation* explanation)
    : state_(state),
      rule_(source.rule->place),
      policy_(source.rule->policy.Over(state.policy)),
      explanation_(explanation) {
  if (explanation_ == nullptr) return;
  explanation_->rule = source.rule->place;
  explanation_->series = source.series_name;
  explanation_->policy = policy_;
}

absl::StatusOr<const Answer*> Measurement::Ask(MetricQuery query) {
  // One that hangs would hold the request up once more for each part of it.
  if (!unanswered_.ok()) return &answers_.emplace_back();
  absl::StatusOr<Answer> answer = state_.querier.Ask(query.promql, state_.now);
  if (explanation_ != nullptr) {
    ExplainedQuery& told = explanation_->queries.emplace_back();
    told.promql = query.promql;
    told.error = std::string(answer.status().message());
    if (answer.ok()) told.rows = answer->samples.size();
    if (answer.ok()) told.samples = answer->samples_read;
  }
  if (absl::IsUnavailable(answer.status())) {
    unanswered_ = answer.status();
    answer = Answer();
  }
  if (!answer.ok()) return answer.status();
  window_ = std::max(window_, answer->window);
  if (IsRate(query.promql)) rate_window_ = std::max(rate_window_, answer->window);
  targets_selected_ += answer->evidence.targets_selected;
  queries_.push_back(std::move(query));
  // Moving an Answer leaves what its samples point to where it is.
  answers_.push_back(*std::move(answer));
  return &answers_.back();
}

Observation Measurement::Observe(const Object& object, std::span<const ResultSample* const> rows) {
  Observation seen;
  seen.rows = rows.size();
  seen.targets_selected = targets_selected_;
  seen.rate_window = rate_window_;
  if (rows.empty() && targets_selected_ > 0) ObserveNoRow(object.name, &seen);
  if (rows.size() != 1) return seen;
  const Evidence& evidence = rows.front()->evidence;
  seen.value = rows.front()->value;
  seen.oldest = evidence.oldest;
  seen.newest = evidence.newest;
  // Alone on its target, a row needs no company. An engine that counts no targets is asked.
  const bool alone = evidence.targets == 1 && evidence.targets_selected <= 1;
  if (!alone) ObserveCoverage(object.name, &seen);
  return seen;
}

Decision Measurement::Decide(const Object& object, std::span<const ResultSample* const> rows) {
  Observation seen = Observe(object, rows);
  seen.unanswered = !unanswered_.ok();  // a query for coverage counts as well
  const bool holds = state_.held != nullptr && policy_.hold_last > absl::ZeroDuration();
  if (holds) seen.held = state_.held->Get(object.key);
  Decision decision = adapter::Decide(seen, state_.now, policy_);
  if (holds && decision.unknown == Unknown::kNone) {
    state_.held->Put(object.key, {decision.value, decision.time}, policy_.hold_last, state_.now);
  }
  if (state_.answers != nullptr) state_.answers->Saw(rule_, seen, state_.now);
  if (explanation_ != nullptr) {
    const Evidence evidence = rows.size() == 1 ? rows.front()->evidence : Evidence();
    explanation_->objects.push_back({std::string(object.shown_as), seen, evidence, decision});
  }
  if (!decision.known && why_.empty()) {
    why_ = Because({std::string(object.shown_as), seen, {}, decision}, policy_, state_.now);
  }
  return decision;
}

CoverageRequest Measurement::RequestFor(const MetricQuery& query) const {
  return {query.args, state_.coverage_reach, policy_.max_age, rate_window_, state_.now};
}

void Measurement::AskCoverageOnce() {
  if (coverage_.has_value()) return;
  coverage_.emplace();
  if (state_.coverage_reach <= absl::ZeroDuration() || policy_.min_coverage <= 0) return;
  for (const MetricQuery& query : queries_) {
    if (query.args.series.empty()) continue;
    const absl::StatusOr<CoverageByObject> found = AskCoverage(RequestFor(query), &state_.querier);
    if (!found.ok()) coverage_error_ = found.status();
    if (absl::IsUnavailable(found.status())) {
      unanswered_ = found.status();
      return;
    }
    coverage_asked_ = true;
    if (found.ok()) coverage_->insert(found->begin(), found->end());
    if (explanation_ == nullptr) continue;
    if (!found.ok()) {
      explanation_->notes.push_back(
          absl::StrCat("coverage is not known: ", found.status().message()));
      continue;
    }
    const auto missing = AskMissingTargets(RequestFor(query), kMaxMissingTargets, &state_.querier);
    if (missing.ok()) explanation_->missing_targets = *missing;
  }
}

void Measurement::ObserveCoverage(std::string_view object, Observation* seen) {
  AskCoverageOnce();
  const auto it = coverage_->find(object);
  const bool found = it != coverage_->end();
  if (found) seen->coverage = it->second;
  seen->coverage_unknown = !found && !coverage_error_.ok();
}

// What the query selected may be other objects' targets; coverage knows whose they are.
void Measurement::ObserveNoRow(std::string_view object, Observation* seen) {
  ObserveCoverage(object, seen);
  if (coverage_asked_ && coverage_error_.ok()) seen->targets_selected = seen->coverage.expected;
}

std::string Measurement::Unlearnt(Unknown reason) const {
  if (reason != Unknown::kCoverage || coverage_error_.ok()) return "";
  return absl::StrCat(
      "how many of its targets are fresh could not be learnt: ", coverage_error_.message(),
      "; mend that, or let the rule do without: tacho: {minCoverage: 0}");
}

std::string Measurement::RemarkOn(Unknown reason) const {
  const std::string unlearnt = Unlearnt(reason);
  return unlearnt.empty() ? "" : "; " + unlearnt;
}

std::string Measurement::WhyUnknown(Unknown reason) const {
  std::string unlearnt = Unlearnt(reason);
  return unlearnt.empty() ? why_ : unlearnt;
}

}  // namespace tacho::adapter::internal
