// HttpUrl: an http or https URL, taken apart strictly: what one program takes for the
// host and another for the path is how requests go where they should not.
//
// Refused     User names and passwords, fragments, blanks and controls, other schemes.
// Threads     Plain values and pure functions.
#ifndef TACHO_ADAPTER_CORE_HTTP_URL_H_
#define TACHO_ADAPTER_CORE_HTTP_URL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tacho::adapter {

struct HostPort {
  std::string host;  // without brackets
  uint16_t port = 0;
  friend bool operator==(const HostPort&, const HostPort&) = default;
};
//   kInvalidArgument    not host, host:port or [v6]:port
[[nodiscard]] absl::StatusOr<HostPort> ParseAddress(std::string_view address,
                                                    uint16_t default_port);

[[nodiscard]] constexpr uint16_t DefaultPort(bool tls) { return tls ? 443 : 80; }

struct HttpUrl {
  bool tls = false;            // https
  HostPort address;            // with the scheme's port if there was none
  std::string host_header;     // as written: host or host:port
  std::string path_and_query;  // begins with /

  [[nodiscard]] bool SameOrigin(const HttpUrl& other) const {
    return tls == other.tls && address == other.address;
  }
  [[nodiscard]] std::string ToString() const;
};

//   kInvalidArgument    says what is wrong, without quoting a password
[[nodiscard]] absl::StatusOr<HttpUrl> ParseHttpUrl(std::string_view text);

// What a Location header means to whoever asked for `base`: a whole URL, //host/path,
// /path, ?query or a path beside base's.
//   kInvalidArgument    as ParseHttpUrl
[[nodiscard]] absl::StatusOr<HttpUrl> ResolveLocation(const HttpUrl& base,
                                                      std::string_view location);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_HTTP_URL_H_
