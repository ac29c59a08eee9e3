// HttpReply: what the adapter answers, before the server adds its own headers. A
// reply never redirects, never upgrades and never carries Retry-After (client-go
// would wait for it and hold up one of the HPA's few workers).
#ifndef TACHO_ADAPTER_CORE_HTTP_REPLY_H_
#define TACHO_ADAPTER_CORE_HTTP_REPLY_H_

#include <string>
#include <string_view>

namespace tacho::adapter {

inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kPlainType = "text/plain; charset=utf-8";

struct HttpReply {
  int status = 200;
  std::string_view content_type = kJsonType;  // points to a constant
  std::string body;
  // Why a known metric has no value ("nan", "stale", ...); empty otherwise. A constant;
  // for the adapter's own counters.
  std::string_view reason;
  std::string log;  // what the operator should read in the log; never sent
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_HTTP_REPLY_H_
