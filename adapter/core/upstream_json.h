// UpstreamJson: what a Prometheus-compatible server says, read with suspicion: the
// replies of /api/v1/query and /api/v1/series.
//
// Unknown is never a number: a reply that the server itself calls partial (a warning that
// is not about the expression, or "isPartial") is refused, as a sum over a part of the
// data is too low.
//
// Evidence    The server says when it evaluated and not how old the samples were. A row's
//             newest sample is given the time that the reply names, its oldest that time
//             minus the query's window; how many targets stand behind it is not known (0),
//             so that whoever decides asks for coverage.
// Threads     Pure functions.
// Limits      kMaxUpstreamDepth of nesting; the size is the client's to bound.
#ifndef TACHO_ADAPTER_CORE_UPSTREAM_JSON_H_
#define TACHO_ADAPTER_CORE_UPSTREAM_JSON_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapter/core/querier.h"
#include "tacho/labels.h"
#include "tacho/time.h"

namespace tacho::adapter {

inline constexpr size_t kMaxUpstreamDepth = 16;

//   kInvalidArgument    the server refuses the query: its own words
//   kUnavailable        it answers an error of its own, only a part of the data, or no such
//                       reply; the message says what is wrong with it
[[nodiscard]] absl::StatusOr<Answer> ReadQueryReply(std::string_view body, Duration window);

// The label sets of the series, as they come. Errors as ReadQueryReply.
[[nodiscard]] absl::StatusOr<std::vector<Labels>> ReadSeriesReply(std::string_view body);

// What a reply with another status than 200 means: the server's own words if it gave any.
//   kInvalidArgument    400 and 422: the query is at fault, and every server will say so
//   kUnavailable        anything else: another server may answer
[[nodiscard]] absl::Status ReadErrorReply(int http_status, std::string_view body);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_UPSTREAM_JSON_H_
