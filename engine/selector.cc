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

namespace {

absl::Status NoSteps(const parser::Ast& ast, const parser::Node& node) {
  return ErrorAt(absl::StatusCode::kUnimplemented, ast, node,
                 "step() and range() in a duration are not supported yet");
}

}  // namespace

absl::StatusOr<Selector> Selector::Create(const parser::Ast& ast, parser::NodeId id,
                                          const Options& options) {
  Selector selector;
  const parser::Node* node = &ast[id];
  if (node->kind == parser::NodeKind::kMatrixSelector) {
    selector.range_ns_ = node->range_ns;
    if (node->range_expr != parser::kNoNode && node->range_ns == 0) return NoSteps(ast, *node);
    node = &ast[node->children[0]];
  }
  if (node->offset_expr != parser::kNoNode && node->offset_ns == 0) return NoSteps(ast, *node);
  if (node->edges != parser::RangeEdges::kPlain) {
    return ErrorAt(absl::StatusCode::kUnimplemented, ast, *node,
                   "anchored and smoothed are not supported yet");
  }
  if (node->at != parser::AtKind::kNone) {
    return ErrorAt(absl::StatusCode::kUnimplemented, ast, *node,
                   "the @ modifier is not supported yet");
  }
  selector.offset_ns_ = node->offset_ns;
  selector.lookback_ms_ = absl::ToInt64Milliseconds(options.lookback);
  if (absl::Status status = selector.CheckReach(ast, *node, options); !status.ok()) return status;
  if (absl::Status status = selector.AddMatchers(ast, *node, options); !status.ok()) return status;
  return selector;
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
                                  const Options& options) const {
  if (reach() <= options.retention) return absl::OkStatus();
  return ErrorAt(
      absl::StatusCode::kFailedPrecondition, ast, node,
      absl::StrCat("the selector reaches back ", absl::FormatDuration(reach()), ", but only ",
                   absl::FormatDuration(options.retention), " are kept: shorten its ",
                   is_range() ? "range or offset" : "offset or Options::lookback",
                   ", or raise Options::retention"));
}

SelectorTimes Selector::At(Timestamp t) const {
  SelectorTimes times;
  times.ref_ms = MillisBefore(t, offset_ns_);
  times.lookback_ms = lookback_ms_;
  times.window = RangeWindow::At(t, range_ns_, offset_ns_);
  return times;
}

Duration Selector::reach() const {
  const Duration own = is_range() ? window() : absl::Milliseconds(lookback_ms_);
  return std::max(own + absl::Nanoseconds(offset_ns_), absl::ZeroDuration());
}

}  // namespace tacho::engine
