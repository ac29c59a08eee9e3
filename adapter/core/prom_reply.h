// The envelope of Prometheus' HTTP API: success with data and what its author should
// know, or an error with its type.
//
// Threads     Pure functions.
#ifndef TACHO_ADAPTER_CORE_PROM_REPLY_H_
#define TACHO_ADAPTER_CORE_PROM_REPLY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "adapter/core/http_reply.h"
#include "tacho/query.h"

namespace tacho::adapter {

enum class PromError : uint8_t {
  kBadData,      // 400
  kExecution,    // 422
  kCanceled,     // 499
  kTimeout,      // 503
  kUnavailable,  // 503
  kInternal,     // 500
};

// HttpReply::reason of replies that a bound cut off.
inline constexpr std::string_view kQueryTimeoutReason = "query_timeout";
inline constexpr std::string_view kQueryReplyReason = "query_reply_bytes";
inline constexpr std::string_view kQuerySeriesReason = "query_series";

// `data` is JSON.
[[nodiscard]] HttpReply PromSuccess(std::string data, std::span<const Annotation> notes = {});
[[nodiscard]] HttpReply PromFailure(PromError type, std::string_view message);
// A parameter that cannot be used: invalid parameter "step": ...
[[nodiscard]] HttpReply InvalidParameter(std::string_view name, std::string_view message);
// A time that cannot be used, in the words of the endpoints that may do without one.
[[nodiscard]] HttpReply InvalidTime(std::string_view name, const absl::Status& status);
// What Database::Prepare refused: the caller's text, so bad_data, but for what only the
// database's bounds forbid.
[[nodiscard]] HttpReply PrepareFailure(const absl::Status& status);
// What Query::Evaluate refused.
[[nodiscard]] HttpReply EvaluateFailure(const absl::Status& status);
// A reply that would have crossed the bound on its bytes.
[[nodiscard]] HttpReply ReplyTooLarge(size_t max_bytes);
[[nodiscard]] HttpReply TooManySeries(size_t max_series);
// 405, in plain text.
[[nodiscard]] HttpReply PromMethodNotAllowed();

// What a reply says when a limit cut it.
[[nodiscard]] Annotation TruncatedByLimit();

// ["a","b"]
[[nodiscard]] std::string StringsJson(std::span<const std::string> strings);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_PROM_REPLY_H_
