// Prometheus' HTTP API, as far as the adapter speaks it: GET /api/v1/query, to the
// byte.
//
// Units       Times are Unix seconds with milliseconds; values are decimal text.
// Threads     Pure functions, but for what the Querier does.
#ifndef TACHO_ADAPTER_CORE_PROM_JSON_H_
#define TACHO_ADAPTER_CORE_PROM_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapter/core/api_paths.h"
#include "adapter/core/http_reply.h"
#include "adapter/core/querier.h"
#include "tacho/time.h"

namespace tacho::adapter {

// Parameters query and time (Unix seconds or RFC 3339; now if absent).
[[nodiscard]] HttpReply HandlePrometheusQuery(const Route& route, Querier& querier, Timestamp now);

[[nodiscard]] std::string PrometheusJson(const Answer& answer);
[[nodiscard]] std::string PrometheusErrorJson(std::string_view error_type,
                                              std::string_view message);

// As a vector's value: shortest digits, an exponent below 1e-6 and from 1e21 on.
[[nodiscard]] std::string FormatSampleValue(double value);
// As a scalar's value: shortest digits, never an exponent.
[[nodiscard]] std::string FormatScalarValue(double value);

//   kInvalidArgument    neither seconds nor RFC 3339
[[nodiscard]] absl::StatusOr<Timestamp> ParsePrometheusTime(std::string_view text);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_PROM_JSON_H_
