// HttpRequest: one request as the server hands it on, and HttpResponse: what it gets
// back, down to the bytes that are sent.
//
// Ownership   A request owns its text.
// Threads     Plain values and functions.
#ifndef TACHO_ADAPTER_NET_HTTP_REQUEST_H_
#define TACHO_ADAPTER_NET_HTTP_REQUEST_H_

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "adapter/core/http_reply.h"
#include "adapter/core/identity.h"
#include "tacho/query.h"

namespace tacho::adapter {

// Header fields go no further than what is named here: nothing behind the server can
// take a client's word for the front proxy's.
struct HttpRequest {
  std::string method;
  std::string target;
  std::string user_agent;
  std::string content_type;
  std::string accept = {};
  std::string body;
  Identity identity;                                 // of a plain listener: nobody's
  std::chrono::steady_clock::time_point received{};  // when it was whole
  // Of a query: cancelled once the client has gone. Else null.
  std::shared_ptr<Interrupt> interrupt = nullptr;
};

struct HttpResponse {
  HttpReply reply;
  std::string_view allow;  // of a 405: the methods; points to a constant
};

// A failure in the words of the Kubernetes API; the body is a Status.
[[nodiscard]] HttpReply StatusReply(int code, std::string_view reason, std::string_view message);

// The whole reply, head and body. `date` as in the Date header.
[[nodiscard]] std::string SerializeResponse(const HttpResponse& response, std::string_view date,
                                            bool close, bool omit_body);

// "Tue, 24 Nov 2026 03:22:03 GMT"
[[nodiscard]] std::string HttpDate(int64_t unix_seconds);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_HTTP_REQUEST_H_
