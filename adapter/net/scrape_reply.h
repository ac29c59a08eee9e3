// ScrapeReply: what came of one scrape on the wire: a body, or why there is none.
//
// Ownership   Whoever holds the reply gives body and charge back to BodyBuffers.
// Threads     Plain values.
#ifndef TACHO_ADAPTER_NET_SCRAPE_REPLY_H_
#define TACHO_ADAPTER_NET_SCRAPE_REPLY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tacho::adapter {

// Why a scrape failed; a label of tacho_scrapes_failed_total, so few and fixed.
enum class ScrapeFailure : uint8_t {
  kNone,
  kResolve,      // the host's name gave no address
  kConnect,      // refused or unreachable
  kTimeout,      // the deadline passed, wherever the scrape then was
  kConnection,   // reset, or closed before the reply was whole
  kProtocol,     // not HTTP/1.x as tacho accepts it
  kStatus,       // any status but 200
  kRedirect,     // to another origin, too many, or none that can be read
  kTls,          // a certificate that does not verify, no common version, a broken file
  kCredentials,  // their file cannot be read
  kTargetLimit,  // the job has more targets than its target_limit
  kEncoding,     // a Content-Encoding that was not offered, or corrupt gzip
  kBodyLimit,    // larger than body_size_limit, decompressed
  kRatio,        // decompresses to more than 100 times its size
  kBuffers,      // all scrapes together hold too much
  kTarget,       // the database has no room for the target
  kIngest,       // the database refused the body: it does not parse, or a limit
  kCount_
};
inline constexpr size_t kScrapeFailureCount = static_cast<size_t>(ScrapeFailure::kCount_);

// snake_case, as used in metrics.
[[nodiscard]] constexpr std::string_view ScrapeFailureName(ScrapeFailure failure) {
  constexpr std::array<std::string_view, kScrapeFailureCount> kNames = {
      "none",       "resolve",  "connect", "timeout",     "connection",   "protocol",
      "status",     "redirect", "tls",     "credentials", "target_limit", "encoding",
      "body_limit", "ratio",    "buffers", "target",      "ingest"};
  return kNames[static_cast<size_t>(failure)];
}

struct ScrapeReply {
  ScrapeFailure failure = ScrapeFailure::kNone;
  std::string error;   // one line, for the log
  std::string body;    // decompressed; goes back to BodyBuffers
  size_t charged = 0;  // of BodyBuffers, to be released with the body
  std::string content_type;
  int status = 0;  // of HTTP; 0: there was none
  uint64_t wire_bytes = 0;  // read from the connection
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_SCRAPE_REPLY_H_
