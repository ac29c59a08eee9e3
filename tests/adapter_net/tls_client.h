// A TLS client on loopback for tests: OpenSSL on a blocking socket.
#ifndef TACHO_TESTS_ADAPTER_NET_TLS_CLIENT_H_
#define TACHO_TESTS_ADAPTER_NET_TLS_CLIENT_H_

#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapter/net/openssl.h"
#include "adapter/net/tls_context.h"
#include "tests/adapter_net/raw_socket.h"

namespace tacho::adapter {

// Checks nothing of the server's certificate.
class TlsClient {
 public:
  explicit TlsClient(uint16_t port) : fd_(ConnectTo(port)) {
    std::signal(SIGPIPE, SIG_IGN);
    const timeval timeout{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_security_level(context_.get(), 0);
  }
  ~TlsClient() {
    tls_.reset();
    close(fd_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // For settings, before Handshake.
  SSL_CTX* context() { return context_.get(); }
  SSL* tls() { return tls_.get(); }

  // Offers to resume `session`, if there is one.
  bool Handshake(SSL_SESSION* session = nullptr) {
    tls_.reset(SSL_new(context_.get()));
    if (session != nullptr) SSL_set_session(tls_.get(), session);
    SSL_set_fd(tls_.get(), fd_);
    return SSL_connect(tls_.get()) == 1;
  }
  bool Send(std::string_view bytes) {
    return SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  // At least one byte, or none if the other side closed.
  std::string ReadSome() {
    std::array<char, 65536> block;
    const int n = SSL_read(tls_.get(), block.data(), static_cast<int>(block.size()));
    return n <= 0 ? std::string() : std::string(block.data(), static_cast<size_t>(n));
  }
  std::string ReadToEnd() {
    std::string out;
    for (std::string part = ReadSome(); !part.empty(); part = ReadSome()) out += part;
    return out;
  }
  std::string ReadUntil(std::string_view end) {
    std::string out;
    while (out.find(end) == std::string::npos) {
      const std::string part = ReadSome();
      if (part.empty()) break;
      out += part;
    }
    return out;
  }

 private:
  const int fd_;
  SslContextPtr context_;
  SslPtr tls_;
};

}  // namespace tacho::adapter

#endif  // TACHO_TESTS_ADAPTER_NET_TLS_CLIENT_H_
