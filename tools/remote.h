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

}  // namespace tacho::tools

#endif  // TACHO_TOOLS_REMOTE_H_
