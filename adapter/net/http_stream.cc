#include "adapter/net/http_stream.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <limits>
#include <utility>

namespace tacho::adapter {
namespace {

// OpenSSL's sizes are ints.
int SizeOf(size_t bytes) {
  return static_cast<int>(std::min<size_t>(bytes, std::numeric_limits<int>::max()));
}

// What a client that speaks HTTP to the TLS port is told, as Go's server does.
constexpr std::string_view kPlainRequest =
    "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Connection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

}  // namespace

HttpStream::HttpStream(Tcp::socket socket, SslPtr tls)
    : socket_(std::move(socket)), tls_(std::move(tls)) {
  ErrorCode ignored;
  socket_.set_option(Tcp::no_delay(true), ignored);
  if (tls_ == nullptr) return;
  socket_.native_non_blocking(true, ignored);
  SSL_set_fd(tls_.get(), socket_.native_handle());
  SSL_set_accept_state(tls_.get());
}

// Until OpenSSL is done: it says what of the socket it waits for.
void HttpStream::Run(Step step, Done done, bool posted) {
  if (!socket_.is_open())
    return asio::post(executor(), [d = std::move(done)] { d(asio::error::operation_aborted, 0); });
  ERR_clear_error();
  const int result = step();
  const int state = SSL_get_error(tls_.get(), result);
  if (state == SSL_ERROR_WANT_READ || state == SSL_ERROR_WANT_WRITE) {
    const auto what =
        state == SSL_ERROR_WANT_READ ? Tcp::socket::wait_read : Tcp::socket::wait_write;
    return socket_.async_wait(
        what, [this, s = std::move(step), d = std::move(done)](const ErrorCode& error) mutable {
          if (error) return d(error, 0);
          Run(std::move(s), std::move(d), /*posted=*/true);
        });
  }
  ErrorCode error;
  if (state == SSL_ERROR_ZERO_RETURN) error = asio::error::eof;
  if (state == SSL_ERROR_SYSCALL) error = asio::error::connection_reset;
  if (state == SSL_ERROR_SSL) {
    error = asio::error::invalid_argument;
    plain_request_ = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
    ERR_clear_error();
  }
  const size_t bytes = error ? 0 : static_cast<size_t>(result);
  if (posted) return done(error, bytes);
  asio::post(executor(), [error, bytes, d = std::move(done)] { d(error, bytes); });
}

void HttpStream::Handshake(Done done) {
  Run([this] { return SSL_do_handshake(tls_.get()); },
      [this, d = std::move(done)](const ErrorCode& error, size_t) {
        ErrorCode ignored;
        if (plain_request_) socket_.send(asio::buffer(kPlainRequest), 0, ignored);
        d(error, 0);
      },
      /*posted=*/false);
}

void HttpStream::ReadSome(asio::mutable_buffer buffer, Done done) {
  if (tls_ == nullptr) return socket_.async_read_some(buffer, std::move(done));
  Run([this, buffer] { return SSL_read(tls_.get(), buffer.data(), SizeOf(buffer.size())); },
      std::move(done), /*posted=*/false);
}

void HttpStream::Write(asio::const_buffer buffer, Done done) {
  if (tls_ == nullptr) {
    asio::async_write(socket_, buffer, std::move(done));
    return;
  }
  WriteRest(buffer, 0, std::move(done));
}

// One record at a time: others on this thread get their turn in between.
void HttpStream::WriteRest(asio::const_buffer rest, size_t written, Done done) {
  Run([this, rest] { return SSL_write(tls_.get(), rest.data(), SizeOf(rest.size())); },
      [this, rest, written, d = std::move(done)](const ErrorCode& error, size_t bytes) mutable {
        if (error || bytes == rest.size()) return d(error, written + bytes);
        WriteRest(rest + bytes, written + bytes, std::move(d));
      },
      /*posted=*/false);
}

HttpStream::Peeked HttpStream::Peek() {
  char byte = 0;
  if (tls_ == nullptr) {
    const ssize_t bytes = recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (bytes > 0) return Peeked::kBytes;
    const bool later = bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    return later ? Peeked::kNothing : Peeked::kEnd;
  }
  ERR_clear_error();
  const int result = SSL_peek(tls_.get(), &byte, 1);
  const int state = SSL_get_error(tls_.get(), result);
  ERR_clear_error();
  if (result > 0 || state == SSL_ERROR_WANT_WRITE) return Peeked::kBytes;
  return state == SSL_ERROR_WANT_READ ? Peeked::kNothing : Peeked::kEnd;
}

void HttpStream::AwaitEnd(Done done) {
  socket_.async_wait(Tcp::socket::wait_read,
                     [this, wait = ++wait_, d = std::move(done)](const ErrorCode& error) mutable {
                       if (error) return d(error, 0);
                       if (wait != wait_) return d(asio::error::operation_aborted, 0);
                       switch (Peek()) {
                         case Peeked::kNothing:
                           return AwaitEnd(std::move(d));
                         case Peeked::kBytes:
                           return d(asio::error::in_progress, 0);
                         case Peeked::kEnd:
                           return d({}, 0);
                       }
                     });
}

void HttpStream::StopAwaiting() {
  ++wait_;
  ErrorCode ignored;
  socket_.cancel(ignored);
}

void HttpStream::ShutdownSend() {
  // Closed meanwhile: OpenSSL knows the descriptor's number, which may be another's by now.
  if (!socket_.is_open()) return;
  if (tls_ != nullptr && SSL_is_init_finished(tls_.get()) == 1) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
    ERR_clear_error();
  }
  ErrorCode ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
}

void HttpStream::DrainSome(asio::mutable_buffer buffer, Done done) {
  socket_.async_read_some(buffer, std::move(done));
}

void HttpStream::Close() {
  ErrorCode ignored;
  socket_.close(ignored);
}

}  // namespace tacho::adapter
