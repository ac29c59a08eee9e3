#include "tests/adapter_net/raw_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace tacho::adapter {
namespace {

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

RawConnection::RawConnection(int fd) : fd_(fd) {
  const timeval timeout{10, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

RawConnection::~RawConnection() { close(fd_); }

bool RawConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

std::string RawConnection::ReadSome() {
  std::array<char, 65536> block;
  const ssize_t n = recv(fd_, block.data(), block.size(), 0);
  return n <= 0 ? std::string() : std::string(block.data(), static_cast<size_t>(n));
}

std::string RawConnection::ReadToEnd() {
  std::string out;
  while (true) {
    const std::string part = ReadSome();
    if (part.empty()) return out;
    out += part;
  }
}

std::string RawConnection::ReadUntil(std::string_view end) {
  std::string out;
  while (out.find(end) == std::string::npos) {
    const std::string part = ReadSome();
    if (part.empty()) return out;
    out += part;
  }
  return out;
}

bool RawConnection::WaitForClose() {
  while (true) {
    char byte = 0;
    const ssize_t n = recv(fd_, &byte, 1, 0);
    if (n == 0) return true;
    if (n < 0) return errno == ECONNRESET;
  }
}

void RawConnection::Reset() {
  const linger hard{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close(std::exchange(fd_, -1));
}

int ConnectTo(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = Loopback(port);
  connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return fd;
}

uint16_t PortOf(std::string_view address) {
  return static_cast<uint16_t>(
      std::atoi(std::string(address.substr(address.rfind(':') + 1)).c_str()));
}

RawServer::RawServer(Script script)
    : script_(std::move(script)), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener_, 64);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { AcceptLoop(); });
}

void RawServer::AcceptLoop() {
  while (true) {
    const int fd = accept(listener_, nullptr, nullptr);
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    threads_.emplace_back([this, fd] {
      RawConnection connection(fd);
      script_(connection);
    });
  }
}

int RawServer::connections() {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(threads_.size());
}

RawServer::~RawServer() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  close(listener_);
}

}  // namespace tacho::adapter
