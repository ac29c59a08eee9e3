#include "adapter/net/scrape_client.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <cerrno>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"
#include "adapter/net/credentials.h"
#include "adapter/net/version.h"

namespace tacho::adapter {
namespace {

constexpr size_t kReadBlock = size_t{32} << 10;

// All of a head but for its end.
std::string HeadOf(const ScrapeEndpoint& endpoint, std::string_view method,
                   const std::string& path_and_query, const std::string& host,
                   const std::string& authorization) {
  std::string out = absl::StrCat(Abs(method), " ", path_and_query, " HTTP/1.1\r\nHost: ", host);
  out.append("\r\nUser-Agent: tacho/").append(kVersion);
  absl::StrAppend(&out, "\r\nAccept: ", endpoint.accept);
  if (endpoint.compression) absl::StrAppend(&out, "\r\nAccept-Encoding: gzip");
  if (!authorization.empty()) absl::StrAppend(&out, "\r\nAuthorization: ", authorization);
  if (!endpoint.extra_header.empty()) absl::StrAppend(&out, "\r\n", endpoint.extra_header);
  return out;
}

}  // namespace

std::string ScrapeRequest(const ScrapeEndpoint& endpoint, const HttpUrl& url,
                          const std::string& authorization) {
  return HeadOf(endpoint, "GET", url.path_and_query, url.host_header, authorization) + "\r\n\r\n";
}

std::string CallRequest(const ScrapeEndpoint& endpoint, const HttpCall& call,
                        const std::string& authorization) {
  const char* const method = call.form.has_value() ? "POST" : "GET";
  std::string out =
      HeadOf(endpoint, method, call.path_and_query, endpoint.url.host_header, authorization);
  if (!call.form.has_value()) return out + "\r\n\r\n";
  absl::StrAppend(&out, "\r\nContent-Type: application/x-www-form-urlencoded",
                  "\r\nContent-Length: ", call.form->size(), "\r\n\r\n", *call.form);
  return out;
}

// What a client holds only while a request is under way.
struct ScrapeClient::InFlight {
  InFlight(const ScrapeEndpoint& endpoint, BodyBuffers* buffers, Done callback)
      : url(endpoint.url),
        reader(std::in_place, endpoint.max_body, buffers, endpoint.keep_error_body),
        done(std::move(callback)) {}

  HttpUrl url;  // the endpoint's, or where it redirected to
  std::optional<HttpCall> call;
  std::string request;
  std::optional<ReplyReader> reader;
  Done done;
  int redirects = 0;
  std::string refused_redirect;  // why, if one was
  bool kept_connection = false;
  std::array<char, kReadBlock> block;
};

ScrapeClient::ScrapeClient(Strand strand, ScrapeEndpoint endpoint, BodyBuffers* buffers,
                           Resolver* resolver)
    : strand_(std::move(strand)),
      endpoint_(std::move(endpoint)),
      buffers_(buffers),
      resolver_(resolver),
      socket_(strand_),
      deadline_timer_(strand_) {}

ScrapeClient::~ScrapeClient() = default;

void ScrapeClient::Get(std::chrono::steady_clock::time_point deadline, Done done) {
  in_flight_ = std::make_unique<InFlight>(endpoint_, buffers_, std::move(done));
  Start(deadline);
}

void ScrapeClient::Call(HttpCall call, std::chrono::steady_clock::time_point deadline, Done done) {
  in_flight_ = std::make_unique<InFlight>(endpoint_, buffers_, std::move(done));
  in_flight_->call = std::move(call);
  Start(deadline);
}

void ScrapeClient::Start(std::chrono::steady_clock::time_point deadline) {
  deadline_timer_.expires_at(deadline);
  // Counted, because a timer may have fired before it is cancelled: its handler then
  // comes without an error, perhaps when the next scrape has begun.
  deadline_timer_.async_wait(
      [self = shared_from_this(), scrape = ++scrape_](const ErrorCode& error) {
        if (error || self->in_flight_ == nullptr || self->scrape_ != scrape) return;
        self->FailNow(ScrapeFailure::kTimeout, "context deadline exceeded");
      });
  Begin();
}

void ScrapeClient::Cancel() {
  in_flight_.reset();
  deadline_timer_.cancel();
  CloseSocket();
}

void ScrapeClient::CloseSocket() {
  ++attempt_;
  ErrorCode ignored;
  socket_.close(ignored);
  if (stream_ != nullptr) stream_->Close();
  stream_.reset();
}

// Nothing may be waiting on an idle connection: neither its end nor bytes, which
// would be taken for the next reply. Nor may it rest on certificates of before.
bool ScrapeClient::KeptConnectionIsClean() {
  if (stream_ == nullptr) return false;
  if (stream_->tls() != nullptr &&
      (SSL_has_pending(stream_->tls()) != 0 || !endpoint_.tls->IsCurrent(tls_generation_))) {
    return false;
  }
  char byte = 0;
  const ssize_t n = recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void ScrapeClient::Begin() {
  ++attempt_;
  absl::StatusOr<std::string> authorization = std::string();
  if (endpoint_.credentials.has_value()) {
    authorization = AuthorizationHeader(*endpoint_.credentials);
    if (!authorization.ok()) {
      return FailNow(ScrapeFailure::kCredentials, std::string(authorization.status().message()));
    }
  }
  in_flight_->request = in_flight_->call.has_value()
                            ? CallRequest(endpoint_, *in_flight_->call, *authorization)
                            : ScrapeRequest(endpoint_, in_flight_->url, *authorization);
  in_flight_->kept_connection = KeptConnectionIsClean();
  if (in_flight_->kept_connection) return Send();
  CloseSocket();
  Resolve();
}

void ScrapeClient::Resolve() {
  ErrorCode not_an_address;
  const std::string& host = endpoint_.url.address.host;
  asio::ip::make_address(host, not_an_address);
  if (!not_an_address) return Connect({host});
  resolver_->Resolve(
      host, [self = shared_from_this(), attempt = attempt_](std::vector<std::string> addresses) {
        asio::post(self->strand_, [self, attempt, found = std::move(addresses)] {
          if (self->attempt_ != attempt) return;
          if (!found.empty()) return self->Connect(found);
          self->FailNow(
              ScrapeFailure::kResolve,
              absl::StrCat("lookup of ", self->endpoint_.url.address.host, " gave no address"));
        });
      });
}

void ScrapeClient::Connect(const std::vector<std::string>& addresses) {
  std::vector<Tcp::endpoint> endpoints;
  for (const std::string& text : addresses) {
    ErrorCode skip;
    const asio::ip::address address = asio::ip::make_address(text, skip);
    if (!skip) endpoints.emplace_back(address, endpoint_.url.address.port);
  }
  asio::async_connect(socket_, endpoints,
                      [self = shared_from_this(), attempt = attempt_](const ErrorCode& error,
                                                                      const Tcp::endpoint&) {
                        if (self->attempt_ != attempt) return;
                        if (!error) return self->Connected();
                        self->FailNow(ScrapeFailure::kConnect,
                                      absl::StrCat("connect: ", error.message()));
                      });
}

void ScrapeClient::Connected() {
  fd_ = socket_.native_handle();
  SslPtr ssl;
  if (endpoint_.url.tls) {
    absl::StatusOr<ClientTls::Session> session =
        endpoint_.tls->NewSession(endpoint_.url.address.host);
    if (!session.ok()) {
      return FailNow(ScrapeFailure::kTls, std::string(session.status().message()));
    }
    ssl = std::move(session->ssl);
    tls_generation_ = session->generation;
  }
  stream_ = std::make_shared<HttpStream>(std::move(socket_), std::move(ssl));
  if (stream_->tls() == nullptr) return Send();
  SSL_set_connect_state(stream_->tls());
  stream_->Handshake([self = shared_from_this(), stream = stream_, attempt = attempt_](
                         const ErrorCode& error, size_t) {
    if (self->attempt_ != attempt) return;
    if (!error) return self->Send();
    self->FailNow(ScrapeFailure::kTls, HandshakeError(stream->tls()));
  });
}

void ScrapeClient::Send() {
  stream_->Write(asio::buffer(in_flight_->request),
                 [self = shared_from_this(), stream = stream_, attempt = attempt_](
                     const ErrorCode& error, size_t) {
                   if (self->attempt_ != attempt) return;
                   if (!error) return self->Read();
                   self->OnRead(error, 0);
                 });
}

void ScrapeClient::Read() {
  stream_->ReadSome(asio::buffer(in_flight_->block),
                    [self = shared_from_this(), stream = stream_, attempt = attempt_](
                        const ErrorCode& error, size_t bytes) {
                      if (self->attempt_ == attempt) self->OnRead(error, bytes);
                    });
}

void ScrapeClient::OnRead(const ErrorCode& error, size_t bytes) {
  ReplyReader& reader = *in_flight_->reader;
  if (bytes > 0) {
    const std::string_view piece(in_flight_->block.data(), bytes);
    return reader.Feed(piece) == ReplyReader::State::kDone ? Finish() : Read();
  }
  if (in_flight_->kept_connection && !reader.started()) return Retry();
  if (error == asio::error::eof) {
    reader.Close();
  } else {
    reader.Fail(ScrapeFailure::kConnection, absl::StrCat("read: ", error.message()));
  }
  Finish();
}

void ScrapeClient::Retry() {
  CloseSocket();
  Begin();
}

void ScrapeClient::FailNow(ScrapeFailure failure, std::string error) {
  in_flight_->reader->Fail(failure, std::move(error));
  Finish();
}

// True: another request is under way. Its origin is the same, so the credentials may go
// along; its connection is a fresh one, as the redirect's body was not read.
bool ScrapeClient::FollowRedirect() {
  InFlight& scrape = *in_flight_;
  if (scrape.reader->location().empty() || !endpoint_.follow_redirects) return false;
  if (scrape.call.has_value()) return false;
  const auto refuse = [&scrape](std::string why) {
    scrape.refused_redirect = std::move(why);
    return false;
  };
  absl::StatusOr<HttpUrl> next = ResolveLocation(scrape.url, scrape.reader->location());
  if (!next.ok()) return refuse(absl::StrCat("Location: ", next.status().message()));
  if (!next->SameOrigin(scrape.url)) {
    return refuse(absl::StrCat("redirected to another origin, ", next->tls ? "https://" : "http://",
                               next->host_header, ", which is not followed; scrape it directly"));
  }
  if (++scrape.redirects > kMaxRedirects) {
    return refuse(absl::StrCat("stopped after ", kMaxRedirects, " redirects"));
  }
  scrape.url = *std::move(next);
  scrape.reader.emplace(endpoint_.max_body, buffers_, endpoint_.keep_error_body);
  CloseSocket();
  Begin();
  return true;
}

void ScrapeClient::Finish() {
  if (FollowRedirect()) return;
  const std::unique_ptr<InFlight> scrape = std::move(in_flight_);
  deadline_timer_.cancel();
  if (!scrape->reader->keep_alive()) CloseSocket();
  ScrapeReply reply = scrape->reader->TakeReply();
  if (!scrape->refused_redirect.empty()) {
    reply.failure = ScrapeFailure::kRedirect;
    reply.error = std::move(scrape->refused_redirect);
  }
  scrape->done(std::move(reply));
}

}  // namespace tacho::adapter
