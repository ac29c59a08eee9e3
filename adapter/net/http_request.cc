#include "adapter/net/http_request.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "adapter/core/json_writer.h"

namespace tacho::adapter {
namespace {

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 499:
      return "Client Closed Request";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

}  // namespace

HttpReply StatusReply(int code, std::string_view reason, std::string_view message) {
  HttpReply reply;
  reply.status = code;
  reply.body = R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":)";
  AppendJsonString(message, &reply.body);
  reply.body.append(R"(,"reason":)");
  AppendJsonString(reason, &reply.body);
  absl::StrAppend(&reply.body, R"(,"code":)", code, "}\n");
  return reply;
}

std::string HttpDate(int64_t unix_seconds) {
  return absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::FromUnixSeconds(unix_seconds),
                          absl::UTCTimeZone());
}

std::string SerializeResponse(const HttpResponse& response, std::string_view date, bool close,
                              bool omit_body) {
  const HttpReply& reply = response.reply;
  std::string out = absl::StrCat("HTTP/1.1 ", reply.status, " ");
  out.append(ReasonPhrase(reply.status)).append("\r\nDate: ").append(date);
  out.append("\r\nContent-Type: ").append(reply.content_type);
  absl::StrAppend(&out, "\r\nContent-Length: ", reply.body.size());
  out.append("\r\nCache-Control: no-cache, private\r\nX-Content-Type-Options: nosniff");
  if (!response.allow.empty()) out.append("\r\nAllow: ").append(response.allow);
  out.append(close ? "\r\nConnection: close\r\n\r\n" : "\r\nConnection: keep-alive\r\n\r\n");
  if (!omit_body) out.append(reply.body);
  return out;
}

}  // namespace tacho::adapter
