#include "adapter/net/http_session.h"

#include <sys/resource.h>

#include <exception>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "adapter/core/replies.h"

namespace tacho::adapter {
namespace {

constexpr int kQueryNice = 5;
constexpr size_t kReadStep = 2048;
constexpr size_t kIdleCapacity = 2 * kReadStep;
// How long, and for how many bytes, a client may still send after it was refused. It
// is to read why, and a reset would take the reply away from it.
constexpr std::chrono::milliseconds kLingerTime{1'000};
constexpr size_t kLingerBytes = size_t{64} << 10;

// What an expensive query takes of a busy machine, the others must not miss. On Linux the
// call is about this thread alone.
void YieldToOthers() {
  thread_local const int done = setpriority(PRIO_PROCESS, 0, kQueryNice);
  static_cast<void>(done);
}

HttpResponse RunHandler(HttpHandler* handler, const HttpRequest& request) {
  try {
    return handler->Handle(request);
  } catch (const std::exception&) {  // no memory, most likely: this request fails, not all
    return {StatusReply(500, "InternalError", "the request could not be answered"), {}};
  }
}

}  // namespace

HttpSession::HttpSession(HttpStream stream, std::unique_ptr<PeerLimit::Slot> slot, SessionEnv* env)
    : stream_(std::move(stream)),
      slot_(std::move(slot)),
      timer_(stream_.executor()),
      env_(env),
      scanner_(env->options.head) {
  Add(&env_->stats->open_connections);
}

HttpSession::~HttpSession() {
  env_->stats->open_connections.fetch_sub(1, std::memory_order_relaxed);
}

void HttpSession::Start() {
  asio::post(stream_.executor(), [self = shared_from_this()] {
    if (self->stream_.tls() != nullptr) return self->Handshake();
    self->AwaitRequest(self->env_->options.header_timeout, ServerLimit::kHeaderTimeout);
  });
}

void HttpSession::Handshake() {
  peer_.tls = stream_.tls();
  SetDeadline(env_->options.handshake_timeout, ServerLimit::kHandshake);
  stream_.Handshake([self = shared_from_this()](const ErrorCode& error, size_t) {
    FrontDoorStats& stats = self->env_->stats->front_door;
    Add(error ? &stats.failed_handshakes : &stats.handshakes);
    if (error) return self->Close();
    self->AwaitRequest(self->env_->options.header_timeout, ServerLimit::kHeaderTimeout);
  });
}

void HttpSession::SetDeadline(std::chrono::milliseconds timeout, ServerLimit limit) {
  deadline_ = Clock::now() + timeout;
  deadline_of_ = limit;
  if (deadline_ < wakes_at_) SetTimer();
}

// A request has several deadlines one after the other, and most pass without a thing. So the
// timer is set anew only for one that is earlier; it wakes too early now and then, and looks.
void HttpSession::SetTimer() {
  wakes_at_ = deadline_;
  timer_.expires_at(deadline_);
  timer_.async_wait([self = shared_from_this()](const ErrorCode& error) {
    if (error) return;
    self->wakes_at_ = kNever;
    if (self->deadline_ == kNever) return;
    if (Clock::now() < self->deadline_) return self->SetTimer();
    const ServerLimit limit = self->deadline_of_;
    if (limit != ServerLimit::kCount_) self->env_->stats->CountLimit(limit);
    self->Close();
  });
}

void HttpSession::Close() {
  ClearDeadline();
  timer_.cancel();
  stream_.Close();
}

void HttpSession::AwaitRequest(std::chrono::milliseconds timeout, ServerLimit limit) {
  buffer_.clear();
  if (buffer_.capacity() > kIdleCapacity) buffer_.shrink_to_fit();
  reply_ = std::string();
  request_ = HttpRequest();
  scanner_.Reset();
  head_taken_ = false;
  SetDeadline(timeout, limit);
  Read();
}

void HttpSession::Read() {
  const size_t used = buffer_.size();
  buffer_.resize(used + kReadStep);
  stream_.ReadSome(asio::buffer(buffer_.data() + used, kReadStep),
                   [self = shared_from_this(), used](const ErrorCode& error, size_t bytes) {
                     self->buffer_.resize(used + bytes);
                     if (error) return self->Close();
                     if (used == 0) {  // the first byte ends idleness
                       self->SetDeadline(self->env_->options.header_timeout,
                                         ServerLimit::kHeaderTimeout);
                     }
                     self->Advance();
                   });
}

void HttpSession::Advance() {
  if (!head_taken_) {
    switch (scanner_.Scan(buffer_)) {
      case HeadScanner::State::kMore:
        return Read();
      case HeadScanner::State::kBad:
        return RefuseHead(scanner_.error());
      case HeadScanner::State::kComplete:
        if (!TakeHead()) return;
    }
  }
  const size_t whole = scanner_.head_bytes() + body_bytes_;
  if (buffer_.size() < whole) return Read();
  if (buffer_.size() > whole) {
    return Refuse(ServerLimit::kMalformed, 400, "BadRequest",
                  "bytes after the end of the request: pipelining is not served");
  }
  request_.body = buffer_.substr(scanner_.head_bytes());
  Dispatch();
}

// False: refused.
bool HttpSession::TakeHead() {
  RequestHead head;
  const std::string_view text(buffer_);
  const HeadError error =
      ParseRequestHead(text.substr(0, scanner_.head_bytes()), env_->options.head, &head);
  if (error != HeadError::kNone) {
    RefuseHead(error);
    return false;
  }
  if (!CheckHead(head)) return false;
  head_taken_ = true;
  keep_alive_ = head.KeepAlive();
  if (++requests_ >= env_->options.max_requests_per_connection && keep_alive_) {
    env_->stats->CountLimit(ServerLimit::kRequests);
    keep_alive_ = false;
  }
  body_bytes_ = static_cast<size_t>(head.framing.length);
  request_ = {.method = std::string(head.method),
              .target = std::string(head.target),
              .user_agent = std::string(head.fields.Get("user-agent")),
              .content_type = std::string(head.fields.Get("content-type")),
              .accept = std::string(head.fields.Get("accept")),
              .body = {},
              .identity = {},
              .interrupt = nullptr};
  if (env_->front_door != nullptr) {
    request_.identity = env_->front_door->Authenticate(head.fields, &peer_);
  }
  return true;
}

// What is well-formed and still not served, whatever the path. False: refused.
bool HttpSession::CheckHead(const RequestHead& head) {
  const bool get = head.method == "GET" || head.method == "HEAD";
  if (head.method == "CONNECT" || head.method == "TRACE") {
    Refuse(ServerLimit::kUpgrade, 405, "MethodNotAllowed",
           "the server does not allow this method on the requested resource");
  } else if (head.fields.Count("upgrade") > 0 || head.fields.HasToken("connection", "upgrade")) {
    Refuse(ServerLimit::kUpgrade, 400, "BadRequest", "the server does not upgrade connections");
  } else if (head.framing.kind == Framing::Kind::kChunked) {
    Refuse(ServerLimit::kMalformed, 400, "BadRequest",
           "Transfer-Encoding is not served; send Content-Length");
  } else if (head.fields.Count("expect") > 0) {
    Refuse(ServerLimit::kMalformed, 417, "ExpectationFailed", "Expect is not served");
  } else if (get && head.framing.length > 0) {
    Refuse(ServerLimit::kMalformed, 400, "BadRequest", "a GET request has no body");
  } else if (head.framing.length > env_->options.max_body_bytes) {
    Refuse(ServerLimit::kBodyBytes, 413, "RequestEntityTooLarge",
           "the request's body is too large");
  } else if (head.target.front() != '/') {
    Refuse(ServerLimit::kMalformed, 400, "BadRequest", "the request target must be a path");
  } else {
    return true;
  }
  return false;
}

void HttpSession::RefuseHead(HeadError error) {
  switch (error) {
    case HeadError::kTooLarge:
      return Refuse(ServerLimit::kHeaderBytes, 431, "RequestHeaderFieldsTooLarge",
                    "the request's head is too large");
    case HeadError::kTooManyFields:
      return Refuse(ServerLimit::kHeaderFields, 431, "RequestHeaderFieldsTooLarge",
                    "the request has too many header fields");
    case HeadError::kTargetTooLong:
      return Refuse(ServerLimit::kTargetBytes, 414, "RequestURITooLong",
                    "the request target is too long");
    case HeadError::kVersion:
      return Refuse(ServerLimit::kMalformed, 505, "HTTPVersionNotSupported",
                    "this version of HTTP is not served");
    case HeadError::kMalformed:
    case HeadError::kNone:
      return Refuse(ServerLimit::kMalformed, 400, "BadRequest", "malformed HTTP request");
  }
}

void HttpSession::Refuse(ServerLimit limit, int status, std::string_view reason,
                         std::string_view message) {
  env_->stats->CountLimit(limit);
  env_->stats->CountAnswer(RouteKind::kMalformed, status);
  Write({StatusReply(status, reason, message), {}}, /*close=*/true);
}

void HttpSession::Dispatch() {
  ClearDeadline();
  Add(&env_->stats->requests);
  request_.received = std::chrono::steady_clock::now();
  const Lane lane = env_->handler->LaneOf(request_);
  if (lane == Lane::kQuick) return Write(RunHandler(env_->handler, request_), !keep_alive_);
  if (env_->stats->in_flight.fetch_add(1) >= env_->options.max_in_flight) {
    env_->stats->in_flight.fetch_sub(1);
    return Refuse(ServerLimit::kInFlight, 429, "TooManyRequests",
                  "too many requests are being answered; try again later");
  }
  lane_ = env_->Bounded(lane);
  if (lane_ == nullptr) return Post(env_->pool);
  if (lane_->in_flight->fetch_add(1) >= lane_->max_in_flight) {
    env_->stats->CountLimit(lane_->limit);
    return Answer(env_->handler->TooMany(request_, lane));
  }
  if (lane_ == &env_->queries) CancelWhenPeerEnds();
  Post(lane_->pool);
}

// Nobody waits for the answer any more: the threads are for those who do. A client that only
// ends its side of the connection counts as gone, as with Go's server.
void HttpSession::CancelWhenPeerEnds() {
  request_.interrupt = std::make_shared<Interrupt>();
  stream_.AwaitEnd([self = shared_from_this()](const ErrorCode& error, size_t) {
    if (!error) self->request_.interrupt->Cancel();
  });
}

void HttpSession::Post(asio::thread_pool* pool) {
  asio::post(*pool, [self = shared_from_this()] {
    if (self->lane_ == &self->env_->queries) YieldToOthers();
    HttpResponse response = RunHandler(self->env_->handler, self->request_);
    asio::post(self->stream_.executor(),
               [self, answer = std::move(response)]() mutable { self->Answer(std::move(answer)); });
  });
}

void HttpSession::Answer(HttpResponse response) {
  if (request_.interrupt != nullptr) stream_.StopAwaiting();
  Write(response, !keep_alive_);
  env_->stats->in_flight.fetch_sub(1);
  if (lane_ != nullptr) lane_->in_flight->fetch_sub(1);
}

void HttpSession::Write(const HttpResponse& response, bool close) {
  Counter& buffered = env_->stats->buffered_reply_bytes;
  const std::string date = HttpDate(absl::ToUnixSeconds(absl::Now()));
  const bool head_only = request_.method == "HEAD";
  reply_ = SerializeResponse(response, date, close, head_only);
  if (buffered.fetch_add(reply_.size()) + reply_.size() > env_->options.max_buffered_reply_bytes) {
    buffered.fetch_sub(reply_.size());
    env_->stats->CountLimit(ServerLimit::kReplyBytes);
    return Close();
  }
  Add(&env_->stats->reply_bytes, reply_.size());
  SetDeadline(env_->options.write_timeout, ServerLimit::kWriteTimeout);
  stream_.Write(asio::buffer(reply_),
                [self = shared_from_this(), close](const ErrorCode& error, size_t) {
                  self->env_->stats->buffered_reply_bytes.fetch_sub(self->reply_.size());
                  if (error) return self->Close();
                  if (close) return self->Linger();
                  self->AwaitRequest(self->env_->options.idle_timeout, ServerLimit::kIdleTimeout);
                });
}

void HttpSession::Linger() {
  stream_.ShutdownSend();
  SetDeadline(kLingerTime, ServerLimit::kCount_);
  buffer_.resize(kReadStep);
  Drain(kLingerBytes);
}

void HttpSession::Drain(size_t budget) {
  stream_.DrainSome(asio::buffer(buffer_),
                    [self = shared_from_this(), budget](const ErrorCode& error, size_t bytes) {
                      if (error || bytes >= budget) return self->Close();
                      self->Drain(budget - bytes);
                    });
}

}  // namespace tacho::adapter
