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

// The instants that a selector looks at, at one evaluation time.
struct SelectorTimes {
  int64_t ref_ms = 0;       // instant selector: the newest sample at or before this
  int64_t lookback_ms = 0;  // and after ref_ms - lookback_ms
  RangeWindow window;       // range selector
};

class Selector {
 public:
  // Of a vector selector, or of a range selector over one.
  //   kInvalidArgument    a regex does not compile; names its place
  //   kUnimplemented      the @ modifier
  //   kFailedPrecondition reaches further back than retention
  static absl::StatusOr<Selector> Create(const parser::Ast& ast, parser::NodeId id,
                                         const Options& options);

  [[nodiscard]] const std::vector<storage::LabelMatcher>& matchers() const { return matchers_; }
  [[nodiscard]] bool is_range() const { return range_ns_ != 0; }

  [[nodiscard]] SelectorTimes At(Timestamp t) const;
  // How far back of t the oldest sample can be that matters.
  [[nodiscard]] Duration reach() const;
  [[nodiscard]] Duration window() const { return absl::Nanoseconds(range_ns_); }

 private:
  Selector() = default;
  absl::Status AddMatchers(const parser::Ast& ast, const parser::Node& node,
                           const Options& options);
  [[nodiscard]] absl::Status CheckReach(const parser::Ast& ast, const parser::Node& node,
                                        const Options& options) const;

  std::vector<storage::LabelMatcher> matchers_;
  int64_t range_ns_ = 0;  // 0: instant selector
  int64_t offset_ns_ = 0;
  int64_t lookback_ms_ = 0;
};

// "line:column: what"; an error at a place in the query's text.
absl::Status ErrorAt(absl::StatusCode code, const parser::Ast& ast, const parser::Node& node,
                     std::string_view what);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_SELECTOR_H_
