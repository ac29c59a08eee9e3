// Parameters of Prometheus' HTTP API, read as Prometheus reads them. The messages are its
// own, without the words "invalid parameter ..." that the caller puts in front.
//
// Threads     Pure functions.
#ifndef TACHO_ADAPTER_CORE_PROM_PARAMS_H_
#define TACHO_ADAPTER_CORE_PROM_PARAMS_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "tacho/time.h"

namespace tacho::adapter {

// Seconds since 1970, as a float (a fraction is rounded to milliseconds), or RFC 3339.
//   kInvalidArgument    neither: cannot parse "abc" to a valid timestamp
[[nodiscard]] absl::StatusOr<Timestamp> ParseApiTime(std::string_view text);

// Seconds, as a float, or 1h30m and the like.
//   kInvalidArgument    neither: cannot parse "abc" to a valid duration
[[nodiscard]] absl::StatusOr<Duration> ParseApiDuration(std::string_view text);

// A number of things; nothing and 0 mean all of them.
//   kInvalidArgument    not a whole number, or a negative one
[[nodiscard]] absl::StatusOr<uint64_t> ParseApiLimit(std::string_view text);

// A double as Go's ParseFloat reads it: decimal or hexadecimal, with underscores between
// digits, any case of inf and nan. Nothing where the text is none, or beyond all doubles.
[[nodiscard]] std::optional<double> ParseGoFloat(std::string_view text);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_PROM_PARAMS_H_
