// AskRemote: a query put to a server that speaks Prometheus' HTTP API: an adapter, or
// Prometheus itself. Plain HTTP: for a server behind TLS, forward a port.
//
// Limits      kMaxReplyBytes; kPatience for the whole exchange.
#ifndef TACHO_TOOLS_REMOTE_H_
#define TACHO_TOOLS_REMOTE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/answer.h"

namespace tacho::tools {

inline constexpr size_t kMaxReplyBytes = size_t{256} << 20;
inline constexpr absl::Duration kPatience = absl::Seconds(120);

struct RemoteQuery {
  std::string url;     // http://host:port, perhaps with a path in front of /api/v1
  bool range = false;  // query_range, else query
  std::vector<std::pair<std::string, std::string>> parameters;
};

//   kInvalidArgument    the server refused the query; its words
//   kUnavailable        no answer, or none that is Prometheus'
//   kUnimplemented      https, or a tachotool that was built without the adapter
absl::StatusOr<Answer> AskRemote(const RemoteQuery& query);

// The body of the reply to a POST of `parameters` to `path`, which is /api/v1/...; without
// parameters a GET. Whatever its HTTP status: Prometheus says in the body what is wrong.
//   kUnavailable        no answer
//   kUnimplemented      as AskRemote
absl::StatusOr<std::string> FetchRemote(
    const std::string& url, const std::string& path,
    const std::vector<std::pair<std::string, std::string>>& parameters);

// The texts of a reply whose data is a list of them. Errors as AskRemote.
absl::StatusOr<std::vector<std::string>> ReadRemoteList(const std::string& url,
                                                        const std::string& body);

}  // namespace tacho::tools

#endif  // TACHO_TOOLS_REMOTE_H_
