// Raw TCP on loopback for tests: a client that sends any bytes, and a server whose
// replies are scripted.
#ifndef TACHO_TESTS_ADAPTER_NET_RAW_SOCKET_H_
#define TACHO_TESTS_ADAPTER_NET_RAW_SOCKET_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tacho::adapter {

// A connected socket. Reads give up after 10 s, so that a test fails and does not hang.
class RawConnection {
 public:
  explicit RawConnection(int fd);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  // False once the other side has closed.
  bool Send(std::string_view bytes);
  // At least one byte, or none if the other side closed or nothing came.
  std::string ReadSome();
  std::string ReadToEnd();
  // Up to and with `end`; less if the connection closes before.
  std::string ReadUntil(std::string_view end);
  // Waits until the other side closes.
  bool WaitForClose();
  // Closes with a reset instead of an end.
  void Reset();

 private:
  int fd_;
};

// A connection to 127.0.0.1:port, or to "127.0.0.1:port".
int ConnectTo(uint16_t port);
uint16_t PortOf(std::string_view address);

// Listens on a free port of 127.0.0.1 and runs the script once for each connection, each
// on a thread of its own. A connection closes when its script returns.
class RawServer {
 public:
  using Script = std::function<void(RawConnection&)>;
  explicit RawServer(Script script);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  [[nodiscard]] uint16_t port() const { return port_; }
  [[nodiscard]] int connections();

 private:
  void AcceptLoop();

  const Script script_;
  int listener_;
  uint16_t port_ = 0;
  std::mutex mutex_;
  std::vector<std::thread> threads_;  // guarded by mutex_
  std::thread acceptor_;
};

}  // namespace tacho::adapter

#endif  // TACHO_TESTS_ADAPTER_NET_RAW_SOCKET_H_
