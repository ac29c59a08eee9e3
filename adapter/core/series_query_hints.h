// What a rule's seriesQuery says outright about the series it finds, before any is
// there: so that a metric is listed from its rule alone. A reading by eye, not a
// parser: the engine checks the selector; here an odd one merely gives no hints.
#ifndef TACHO_ADAPTER_CORE_SERIES_QUERY_HINTS_H_
#define TACHO_ADAPTER_CORE_SERIES_QUERY_HINTS_H_

#include <string>
#include <string_view>
#include <vector>

namespace tacho::adapter {

struct SeriesQueryHints {
  std::string metric;               // empty: not spelled out
  std::vector<std::string> labels;  // that every series has: a!="" or a="x"
};

[[nodiscard]] SeriesQueryHints ReadSeriesQuery(std::string_view series_query);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_SERIES_QUERY_HINTS_H_
