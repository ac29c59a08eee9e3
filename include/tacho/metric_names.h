// MetricNames: which metrics an expression can read, by name alone. For whoever must
// decide what to keep before there is any data:
//
//   MetricNames::Of("rate(a_total[1m]) / {__name__=~'b_.*', x='1'}")->MaySelect("b_2")
//
// Threads     Immutable.
// Cost        The name matchers of each selector, one by one.
#ifndef TACHO_METRIC_NAMES_H_
#define TACHO_METRIC_NAMES_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "tacho/export.h"

namespace tacho {

class TACHO_EXPORT MetricNames {
 public:
  //   kInvalidArgument    "line:column: parse error: ...", or a regex that does not compile
  //   kResourceExhausted  longer, deeper or larger than QueryLimits' defaults
  [[nodiscard]] static absl::StatusOr<MetricNames> Of(std::string_view promql);

  // Whether some selector of the expression matches some series of this metric.
  [[nodiscard]] bool MaySelect(std::string_view metric) const;

 private:
  struct Selectors;
  explicit MetricNames(std::shared_ptr<const Selectors> selectors);
  std::shared_ptr<const Selectors> selectors_;
};

}  // namespace tacho

#endif  // TACHO_METRIC_NAMES_H_
