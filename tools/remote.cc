#include "tools/remote.h"

#ifdef TACHO_WITH_ADAPTER
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <optional>

#include "absl/strings/str_cat.h"
#include "tacho/labels.h"
#endif

namespace tacho::tools {

#ifdef TACHO_WITH_ADAPTER
namespace {

namespace http = boost::beast::http;
namespace json = boost::json;

struct Place {
  std::string host;
  std::string port = "80";
  std::string path;
};

absl::StatusOr<Place> ParseUrl(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (url.starts_with("https://")) {
    return absl::FailedPreconditionError(
        "--url takes http:// only; kubectl port-forward gives a plain port to the server");
  }
  if (!url.starts_with(kScheme)) {
    return absl::FailedPreconditionError("--url is like http://127.0.0.1:9090");
  }
  url.remove_prefix(kScheme.size());
  Place place;
  const size_t slash = std::min(url.find('/'), url.size());
  place.path = std::string(url.substr(slash));
  while (place.path.ends_with('/')) place.path.pop_back();
  std::string_view host = url.substr(0, slash);
  const size_t colon = host.rfind(':');
  const size_t bracket = host.rfind(']');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    place.port = std::string(host.substr(colon + 1));
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  place.host = std::string(host);
  return place;
}

std::string Escape(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

http::request<http::string_body> RequestFor(const Place& place, const std::string& path,
                                            const Parameters& parameters) {
  const http::verb verb = parameters.empty() ? http::verb::get : http::verb::post;
  http::request<http::string_body> request(verb, place.path + path, 11);
  request.set(http::field::host, place.host + ":" + place.port);
  request.set(http::field::connection, "close");
  if (parameters.empty()) return request;
  request.set(http::field::content_type, "application/x-www-form-urlencoded");
  for (const auto& [name, value] : parameters) {
    if (!request.body().empty()) request.body() += "&";
    request.body() += Escape(name) + "=" + Escape(value);
  }
  request.prepare_payload();
  return request;
}

absl::Status NoAnswer(const std::string& url, const std::string& why) {
  return absl::UnavailableError(absl::StrCat(url, ": ", why));
}

// Everything that the server says, up to the end of the connection.
absl::StatusOr<std::string> Exchange(const std::string& url, const Place& place,
                                     const http::request<http::string_body>& request) {
  boost::asio::ip::tcp::iostream stream;
  stream.expires_after(std::chrono::milliseconds(absl::ToInt64Milliseconds(kPatience)));
  stream.connect(place.host, place.port);
  if (!stream) return NoAnswer(url, stream.error().message());
  stream << request << std::flush;
  std::string reply;
  std::string block(size_t{64} << 10, '\0');
  while (stream.read(block.data(), static_cast<std::streamsize>(block.size())),
         stream.gcount() > 0) {
    reply.append(block, 0, static_cast<size_t>(stream.gcount()));
    if (reply.size() > kMaxReplyBytes) {
      return NoAnswer(url, absl::StrCat("an answer of over ", kMaxReplyBytes, " bytes"));
    }
  }
  return reply;
}

absl::StatusOr<std::string> BodyOf(const std::string& url, const std::string& reply) {
  http::response_parser<http::string_body> parser;
  parser.body_limit(kMaxReplyBytes);
  parser.eager(true);
  boost::beast::error_code error;
  size_t used = 0;
  while (used < reply.size() && !error && !parser.is_done()) {
    const size_t n =
        parser.put(boost::asio::buffer(reply.data() + used, reply.size() - used), error);
    if (n == 0) break;
    used += n;
  }
  if (!error && !parser.is_done()) parser.put_eof(error);
  if (error || !parser.is_done()) return NoAnswer(url, "no HTTP answer that is whole");
  return std::move(parser.get().body());
}

const json::value* Member(const json::value* value, std::string_view name) {
  const json::object* object = value == nullptr ? nullptr : value->if_object();
  return object == nullptr ? nullptr : object->if_contains({name.data(), name.size()});
}

std::string Text(const json::value* value) {
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? "" : std::string(text->data(), text->size());
}

// [time, "value"]
std::optional<std::pair<std::string, std::string>> ReadPoint(const json::value& value) {
  const json::array* pair = value.if_array();
  if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_number() || !(*pair)[1].is_string()) {
    return std::nullopt;
  }
  return std::pair(SecondsText((*pair)[0].to_number<double>()), Text(&(*pair)[1]));
}

std::string ReadLabels(const json::value* metric) {
  std::vector<Label> labels;
  if (metric != nullptr && metric->is_object()) {
    for (const auto& [name, value] : metric->get_object()) {
      labels.push_back({std::string(name.data(), name.size()), Text(&value)});
    }
  }
  return Labels::FromUnsorted(std::move(labels)).ToString();
}

// False: it is not what Prometheus sends.
bool ReadSeries(const json::value& value, Answer* answer) {
  AnswerSeries series{ReadLabels(Member(&value, "metric")), {}};
  const json::value* one = Member(&value, "value");
  const json::value* many = Member(&value, "values");
  if ((one == nullptr) == (many == nullptr)) return false;
  if (many != nullptr && !many->is_array()) return false;
  const size_t count = many == nullptr ? 1 : many->get_array().size();
  for (size_t i = 0; i < count; ++i) {
    auto point = ReadPoint(many == nullptr ? *one : many->get_array()[i]);
    if (!point.has_value()) return false;
    series.points.push_back(*std::move(point));
  }
  answer->series.push_back(std::move(series));
  return true;
}

bool ReadResult(const json::value* data, Answer* answer) {
  const std::string type = Text(Member(data, "resultType"));
  const json::value* result = Member(data, "result");
  if (result == nullptr || !result->is_array()) return false;
  answer->ranged = type == "matrix";
  if (type == "scalar" || type == "string") {
    const auto point = ReadPoint(*result);
    if (point.has_value()) answer->plain.push_back(point->second);
    return point.has_value();
  }
  for (const json::value& series : result->get_array()) {
    if (!ReadSeries(series, answer)) return false;
  }
  return type == "vector" || type == "matrix";
}

// The reply, if it is one of Prometheus' API and no error.
absl::StatusOr<json::value> ReadReply(const std::string& url, const std::string& body) {
  boost::json::error_code error;
  json::value reply = json::parse(body, error);
  if (error || !reply.is_object()) {
    return NoAnswer(url, absl::StrCat("the answer is not JSON: ", body.substr(0, 200)));
  }
  if (Text(Member(&reply, "status")) == "error") {
    return absl::InvalidArgumentError(
        absl::StrCat(Text(Member(&reply, "errorType")), ": ", Text(Member(&reply, "error"))));
  }
  return reply;
}

absl::StatusOr<Answer> Read(const std::string& url, const std::string& body) {
  const absl::StatusOr<json::value> reply = ReadReply(url, body);
  if (!reply.ok()) return reply.status();
  Answer answer;
  if (!ReadResult(Member(&*reply, "data"), &answer)) {
    return NoAnswer(url, "the answer is not that of Prometheus' API");
  }
  for (const char* kind : {"warnings", "infos"}) {
    const json::value* notes = Member(&*reply, kind);
    if (notes == nullptr || !notes->is_array()) continue;
    for (const json::value& note : notes->get_array()) answer.notes.push_back(Text(&note));
  }
  return answer;
}

}  // namespace

absl::StatusOr<std::string> FetchRemote(const std::string& url, const std::string& path,
                                        const Parameters& parameters) {
  const absl::StatusOr<Place> place = ParseUrl(url);
  if (!place.ok()) return place.status();
  const auto reply = Exchange(url, *place, RequestFor(*place, path, parameters));
  if (!reply.ok()) return reply.status();
  return BodyOf(url, *reply);
}

absl::StatusOr<std::vector<std::string>> ReadRemoteList(const std::string& url,
                                                        const std::string& body) {
  const absl::StatusOr<json::value> reply = ReadReply(url, body);
  if (!reply.ok()) return reply.status();
  const json::value* data = Member(&*reply, "data");
  if (data == nullptr || !data->is_array()) {
    return NoAnswer(url, "the answer is not that of Prometheus' API");
  }
  std::vector<std::string> texts;
  for (const json::value& text : data->get_array()) texts.push_back(Text(&text));
  return texts;
}

absl::StatusOr<Answer> AskRemote(const RemoteQuery& query) {
  const absl::StatusOr<std::string> body = FetchRemote(
      query.url, query.range ? "/api/v1/query_range" : "/api/v1/query", query.parameters);
  if (!body.ok()) return body.status();
  return Read(query.url, *body);
}

#else

namespace {

absl::Status NotBuilt() {
  return absl::UnimplementedError("this tachotool was built without the adapter and its HTTP");
}

}  // namespace

absl::StatusOr<Answer> AskRemote(const RemoteQuery&) { return NotBuilt(); }
absl::StatusOr<std::string> FetchRemote(const std::string&, const std::string&,
                                        const std::vector<std::pair<std::string, std::string>>&) {
  return NotBuilt();
}
absl::StatusOr<std::vector<std::string>> ReadRemoteList(const std::string&, const std::string&) {
  return NotBuilt();
}

#endif

}  // namespace tacho::tools
