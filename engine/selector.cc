#include "engine/selector.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tacho::engine {

absl::Status ErrorAt(absl::StatusCode code, const parser::Ast& ast, const parser::Node& node,
                     std::string_view what) {
  return {code, absl::StrCat(ast.Position(node.span.begin), ": ",
                             absl::string_view(what.data(), what.size()))};
}

absl::StatusOr<Selector> Selector::Create(const parser::Ast& ast, parser::NodeId id,
                                          const Options& options, Duration outer_reach) {
  Selector selector;
  const parser::Node* node = &ast[id];
  if (node->kind == parser::NodeKind::kMatrixSelector) {
    selector.range_ns_ = node->range_ns;
    node = &ast[node->children[0]];
  }
  selector.edges_ = node->edges;
  selector.at_ = node->at;
  selector.at_ms_ = node->at_ms;
  selector.offset_ns_ = node->offset_ns;
  selector.lookback_ms_ = absl::ToInt64Milliseconds(options.lookback);
  if (absl::Status status = selector.CheckReach(ast, *node, options, outer_reach); !status.ok()) {
    return status;
  }
  if (absl::Status status = selector.AddMatchers(ast, *node, options); !status.ok()) return status;
  return selector;
}

Selector Selector::ByMatchers(std::vector<storage::LabelMatcher> matchers) {
  Selector selector;
  selector.matchers_ = std::move(matchers);
  return selector;
}

void Selector::DefaultName(std::string_view metric) {
  const auto on_name = [](const auto& m) { return m.label() == kMetricNameLabel; };
  if (std::ranges::any_of(matchers_, on_name)) return;
  matchers_.push_back(*storage::LabelMatcher::Create(kMetricNameLabel, MatchOp::kEqual, metric, 0));
}

absl::Status Selector::AddMatchers(const parser::Ast& ast, const parser::Node& node,
                                   const Options& options) {
  for (const parser::Matcher& m : node.matchers) {
    auto matcher =
        storage::LabelMatcher::Create(m.label, m.op, m.value, options.query.max_regex_bytes);
    if (!matcher.ok()) {
      return ErrorAt(matcher.status().code(), ast, node,
                     absl::StrCat("matcher on ", m.label, ": ", matcher.status().message()));
    }
    matchers_.push_back(*std::move(matcher));
  }
  return absl::OkStatus();
}

absl::Status Selector::CheckReach(const parser::Ast& ast, const parser::Node& node,
                                  const Options& options, Duration outer_reach) const {
  const Duration all = reach() + outer_reach;
  if (pinned() || all <= options.retention) return absl::OkStatus();
  return ErrorAt(
      absl::StatusCode::kFailedPrecondition, ast, node,
      absl::StrCat("the selector reaches back ", absl::FormatDuration(all), ", but only ",
                   absl::FormatDuration(options.retention), " are kept: shorten its ",
                   is_range() ? "range or offset" : "offset or Options::lookback",
                   ", or raise Options::retention"));
}

int64_t PinnedTime(parser::AtKind at, int64_t at_ms, int64_t t_ms, const QuerySpan& query) {
  switch (at) {
    case parser::AtKind::kNone:
      return t_ms;
    case parser::AtKind::kTimestamp:
      return at_ms;
    case parser::AtKind::kStart:
      return query.start_ms;
    case parser::AtKind::kEnd:
      return query.end_ms;
  }
  return t_ms;
}

SelectorTimes Selector::At(int64_t t_ms, const QuerySpan& query, int64_t lookback_ms) const {
  const Timestamp t = Timestamp::FromUnixMillis(PinnedTime(at_, at_ms_, t_ms, query));
  SelectorTimes times;
  times.t_ms = t_ms;
  times.ref_ms = MillisBefore(t, offset_ns_);
  times.lookback_ms = lookback_ms;
  times.after_ms = (Timestamp::FromUnixMillis(times.ref_ms) - absl::Milliseconds(lookback_ms))
                       .unix_millis();
  times.window = RangeWindow::At(t, range_ns_, offset_ns_);
  return times;
}

Duration Selector::reach() const {
  if (pinned()) return absl::ZeroDuration();
  const Duration lookback = absl::Milliseconds(lookback_ms_);
  Duration own = is_range() ? window() : lookback;
  if (is_range() && edges_ != parser::RangeEdges::kPlain) own += lookback;
  return std::max(own + absl::Nanoseconds(offset_ns_), absl::ZeroDuration());
}

}  // namespace tacho::engine
