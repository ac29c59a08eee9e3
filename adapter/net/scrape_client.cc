#include "adapter/net/scrape_client.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/net/version.h"

namespace tacho::adapter {
namespace {

constexpr size_t kReadBlock = size_t{32} << 10;
constexpr std::string_view kAccept =
    "application/openmetrics-text;version=1.0.0;q=0.5,"
    "application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

}  // namespace

std::string ScrapeRequest(const ScrapeEndpoint& endpoint) {
  std::string out =
      absl::StrCat("GET ", endpoint.request_target, " HTTP/1.1\r\nHost: ", endpoint.host_header);
  out.append("\r\nUser-Agent: tacho/").append(kVersion);
  out.append("\r\nAccept: ").append(kAccept);
  absl::StrAppend(&out, "\r\nAccept-Encoding: gzip\r\nX-Prometheus-Scrape-Timeout-Seconds: ",
                  endpoint.timeout_seconds, "\r\n\r\n");
  return out;
}

// What a client holds only while a scrape is under way.
struct ScrapeClient::InFlight {
  InFlight(size_t max_body, BodyBuffers* buffers, Done callback)
      : reader(max_body, buffers), done(std::move(callback)) {}

  ReplyReader reader;
  Done done;
  bool kept_connection = false;
  std::array<char, kReadBlock> block;
};

ScrapeClient::ScrapeClient(Strand strand, ScrapeEndpoint endpoint, BodyBuffers* buffers,
                           Resolver* resolver)
    : strand_(std::move(strand)),
      endpoint_(std::move(endpoint)),
      request_(ScrapeRequest(endpoint_)),
      buffers_(buffers),
      resolver_(resolver),
      socket_(strand_),
      deadline_timer_(strand_) {}

ScrapeClient::~ScrapeClient() = default;

void ScrapeClient::Get(std::chrono::steady_clock::time_point deadline, Done done) {
  in_flight_ = std::make_unique<InFlight>(endpoint_.max_body, buffers_, std::move(done));
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
}

// Nothing may be waiting on an idle connection: neither its end nor bytes, which
// would be taken for the next reply.
bool ScrapeClient::KeptConnectionIsClean() {
  char byte = 0;
  const ssize_t n = recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void ScrapeClient::Begin() {
  ++attempt_;
  in_flight_->kept_connection = socket_.is_open() && KeptConnectionIsClean();
  if (in_flight_->kept_connection) return Send();
  CloseSocket();
  Resolve();
}

void ScrapeClient::Resolve() {
  ErrorCode not_an_address;
  asio::ip::make_address(endpoint_.host, not_an_address);
  if (!not_an_address) return Connect({endpoint_.host});
  resolver_->Resolve(endpoint_.host, [self = shared_from_this(),
                                      attempt = attempt_](std::vector<std::string> addresses) {
    asio::post(self->strand_, [self, attempt, found = std::move(addresses)] {
      if (self->attempt_ != attempt) return;
      if (!found.empty()) return self->Connect(found);
      self->FailNow(ScrapeFailure::kResolve,
                    absl::StrCat("lookup of ", self->endpoint_.host, " gave no address"));
    });
  });
}

void ScrapeClient::Connect(const std::vector<std::string>& addresses) {
  std::vector<Tcp::endpoint> endpoints;
  for (const std::string& text : addresses) {
    ErrorCode skip;
    const asio::ip::address address = asio::ip::make_address(text, skip);
    if (!skip) endpoints.emplace_back(address, endpoint_.port);
  }
  asio::async_connect(socket_, endpoints,
                      [self = shared_from_this(), attempt = attempt_](const ErrorCode& error,
                                                                      const Tcp::endpoint&) {
                        if (self->attempt_ != attempt) return;
                        if (!error) return self->Send();
                        self->FailNow(ScrapeFailure::kConnect,
                                      absl::StrCat("connect: ", error.message()));
                      });
}

void ScrapeClient::Send() {
  asio::async_write(
      socket_, asio::buffer(request_),
      [self = shared_from_this(), attempt = attempt_](const ErrorCode& error, size_t) {
        if (self->attempt_ != attempt) return;
        if (!error) return self->Read();
        self->OnRead(error, 0);
      });
}

void ScrapeClient::Read() {
  socket_.async_read_some(
      asio::buffer(in_flight_->block),
      [self = shared_from_this(), attempt = attempt_](const ErrorCode& error, size_t bytes) {
        if (self->attempt_ == attempt) self->OnRead(error, bytes);
      });
}

void ScrapeClient::OnRead(const ErrorCode& error, size_t bytes) {
  ReplyReader& reader = in_flight_->reader;
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
  in_flight_->reader.Fail(failure, std::move(error));
  Finish();
}

void ScrapeClient::Finish() {
  const std::unique_ptr<InFlight> scrape = std::move(in_flight_);
  deadline_timer_.cancel();
  if (!scrape->reader.keep_alive()) CloseSocket();
  scrape->done(scrape->reader.TakeReply());
}

}  // namespace tacho::adapter
