// Selector: a vector or range selector, ready to be evaluated: compiled matchers, and
// which instants it looks at when asked at time t.
//
// Threads     Immutable.
#ifndef TACHO_ENGINE_SELECTOR_H_
#define TACHO_ENGINE_SELECTOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/rate.h"
#include "parser/ast.h"
#include "storage/matcher.h"
#include "tacho/options.h"
#include "tacho/time.h"

namespace tacho::engine {

// The times that a query was asked for: what start(), end(), step() and range() mean.
struct QuerySpan {
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  int64_t step_ms = 0;  // 0: an instant query
};

// The instants that a selector looks at, at one evaluation time.
struct SelectorTimes {
  int64_t t_ms = 0;         // the evaluation's
  int64_t ref_ms = 0;       // instant selector: the newest sample at or before this
  int64_t lookback_ms = 0;  // and after ref_ms - lookback_ms,
  int64_t after_ms = 0;     // which is this
  RangeWindow window;       // range selector
};

class Selector {
 public:
  // Of a vector selector, or of a range selector over one. outer_reach: how far back the
  // subqueries around it reach.
  //   kInvalidArgument    a regex does not compile; names its place
  //   kFailedPrecondition reaches further back than retention
  static absl::StatusOr<Selector> Create(const parser::Ast& ast, parser::NodeId id,
                                         const Options& options,
                                         Duration outer_reach = absl::ZeroDuration());

  // An instant selector by these matchers alone.
  static Selector ByMatchers(std::vector<storage::LabelMatcher> matchers);

  // Selects this metric if no matcher is on the name.
  void DefaultName(std::string_view metric);

  [[nodiscard]] const std::vector<storage::LabelMatcher>& matchers() const { return matchers_; }
  [[nodiscard]] bool is_range() const { return range_ns_ != 0; }

  // lookback_ms: how far back an instant selector looks.
  [[nodiscard]] SelectorTimes At(int64_t t_ms, const QuerySpan& query, int64_t lookback_ms) const;
  // Whether it looks beyond its window (anchored, smoothed).
  [[nodiscard]] parser::RangeEdges edges() const { return edges_; }
  // Whether it looks at the same instants at all times of a query (@).
  [[nodiscard]] bool pinned() const { return at_ != parser::AtKind::kNone; }
  // How far back of t the oldest sample can be that matters; of a pinned selector, nothing.
  [[nodiscard]] Duration reach() const;
  [[nodiscard]] Duration window() const { return absl::Nanoseconds(range_ns_); }

 private:
  Selector() = default;
  absl::Status AddMatchers(const parser::Ast& ast, const parser::Node& node,
                           const Options& options);
  [[nodiscard]] absl::Status CheckReach(const parser::Ast& ast, const parser::Node& node,
                                        const Options& options, Duration outer_reach) const;

  std::vector<storage::LabelMatcher> matchers_;
  int64_t range_ns_ = 0;  // 0: instant selector
  int64_t offset_ns_ = 0;
  int64_t lookback_ms_ = 0;  // Options::lookback, for reach
  parser::AtKind at_ = parser::AtKind::kNone;
  int64_t at_ms_ = 0;
  parser::RangeEdges edges_ = parser::RangeEdges::kPlain;
};

// The time that @ pins a selector or subquery to; t_ms if it has none.
int64_t PinnedTime(parser::AtKind at, int64_t at_ms, int64_t t_ms, const QuerySpan& query);

// "line:column: what"; an error at a place in the query's text.
absl::Status ErrorAt(absl::StatusCode code, const parser::Ast& ast, const parser::Node& node,
                     std::string_view what);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_SELECTOR_H_
