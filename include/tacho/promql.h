// PromQL as text: what tacho understands of an expression, without data.
//
// Threads     Pure functions.
// Limits      Options::query; Options::promql says which parts of the language are on.
#ifndef TACHO_PROMQL_H_
#define TACHO_PROMQL_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tacho/export.h"
#include "tacho/options.h"

namespace tacho {

// The expression laid out for people, long ones over several lines.
//   kInvalidArgument    "line:column: parse error: ...": mend the expression
//   kResourceExhausted  longer, deeper or larger than QueryLimits allows
[[nodiscard]] TACHO_EXPORT absl::StatusOr<std::string> FormatPromql(std::string_view promql,
                                                                    const Options& options = {});

// The expression's tree as Prometheus' /api/v1/parse_query gives it: one object of JSON
// per node, with type and the fields of that type. Refuses as FormatPromql does.
[[nodiscard]] TACHO_EXPORT absl::StatusOr<std::string> PromqlToJson(std::string_view promql,
                                                                    const Options& options = {});

}  // namespace tacho

#endif  // TACHO_PROMQL_H_
