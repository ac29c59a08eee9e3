// tacho_target_server: a fleet of synthetic /metrics endpoints behind one port.
//
//   tacho_target_server TARGETS POSITIONS [ADDRESS_FILE]
//
// GET /t/N is the body of target N: POSITIONS counters http_requests_total, told apart
// by path and code, that grow steadily from the server's start. The server binds a free
// loopback port, prints it (and writes it to ADDRESS_FILE), and ends with its parent.
//
// Limits      One thread; requests of up to 8 KiB; no request body.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  std::string in;
  std::string out;
  size_t sent = 0;
};

class Fleet {
 public:
  Fleet(uint32_t targets, uint32_t positions) : targets_(targets), start_(Clock::now()) {
    for (uint32_t p = 0; p < positions; ++p) {
      const std::string path = "/api/v1/items/" + std::to_string(p / 4);
      const char* code = p % 4 == 0 ? "200" : p % 4 == 1 ? "201" : p % 4 == 2 ? "404" : "500";
      lines_.push_back("http_requests_total{method=\"GET\",path=\"" + path + "\",code=\"" + code +
                       "\"} ");
    }
  }

  // The body of one target now; empty if there is no such target.
  std::string Body(uint32_t target) const {
    if (target >= targets_) return {};
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start_);
    const auto elapsed = static_cast<uint64_t>(ms.count());
    std::string body =
        "# HELP http_requests_total Requests answered.\n# TYPE http_requests_total counter\n";
    char digits[24];
    for (uint64_t p = 0; p < lines_.size(); ++p) {
      const uint64_t per_1000_s = 500 + (target * 7919 + p * 104729) % 50'000;
      const uint64_t value = 100'000 + p + elapsed * per_1000_s / 1'000'000;
      body += lines_[p];
      body.append(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
      body += '\n';
    }
    return body;
  }

 private:
  const uint32_t targets_;
  const Clock::time_point start_;
  std::vector<std::string> lines_;
};

// N of "GET /t/N HTTP/1.1"; UINT32_MAX if it is something else.
uint32_t TargetOf(std::string_view request) {
  constexpr std::string_view kStart = "GET /t/";
  uint32_t target = UINT32_MAX;
  if (request.starts_with(kStart)) {
    request.remove_prefix(kStart.size());
    std::from_chars(request.data(), request.data() + request.size(), target);
  }
  return target;
}

std::string Reply(const Fleet& fleet, std::string_view request) {
  const std::string body = fleet.Body(TargetOf(request));
  if (body.empty()) return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

class Server {
 public:
  Server(const Fleet& fleet, int listener) : fleet_(fleet), listener_(listener) {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    Watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
  }

  [[noreturn]] void Run() {
    std::vector<epoll_event> events(256);
    while (true) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<size_t>(i)].data.fd;
        if (fd == listener_) {
          Accept();
        } else if (!Serve(fd)) {
          close(fd);
          connections_.erase(fd);
        }
      }
    }
  }

 private:
  void Watch(int fd, uint32_t what, int operation) const {
    epoll_event event{};
    event.events = what;
    event.data.fd = fd;
    epoll_ctl(epoll_, operation, fd, &event);
  }

  void Accept() {
    while (true) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      connections_[fd] = {};
      Watch(fd, EPOLLIN, EPOLL_CTL_ADD);
    }
  }

  // Reads what is there, answers whole requests, writes what fits. False: closed.
  bool Serve(int fd) {
    Connection& c = connections_[fd];
    char buffer[8192];
    const ssize_t got = read(fd, buffer, sizeof(buffer));
    if (got == 0 || (got < 0 && errno != EAGAIN)) return false;
    if (got > 0) c.in.append(buffer, static_cast<size_t>(got));
    for (size_t end = c.in.find("\r\n\r\n"); end != std::string::npos;
         end = c.in.find("\r\n\r\n")) {
      c.out += Reply(fleet_, c.in);
      c.in.erase(0, end + 4);
    }
    if (c.in.size() > sizeof(buffer)) return false;
    return Flush(fd, c);
  }

  bool Flush(int fd, Connection& c) const {
    while (c.sent < c.out.size()) {
      const ssize_t put = send(fd, c.out.data() + c.sent, c.out.size() - c.sent, MSG_NOSIGNAL);
      if (put < 0) {
        if (errno != EAGAIN) return false;
        Watch(fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
        return true;
      }
      c.sent += static_cast<size_t>(put);
    }
    c.out.clear();
    c.sent = 0;
    Watch(fd, EPOLLIN, EPOLL_CTL_MOD);
    return true;
  }

  const Fleet& fleet_;
  const int listener_;
  int epoll_ = -1;
  std::map<int, Connection> connections_;
};

// A listening socket on a free loopback port, which goes to *port; -1 if that fails.
int Listen(uint16_t* port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, raw, length) != 0 || listen(fd, 4096) != 0 || getsockname(fd, raw, &length) != 0) {
    return -1;
  }
  *port = ntohs(address.sin_port);
  return fd;
}

// Every target of every system keeps a connection.
void RaiseFileLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s TARGETS POSITIONS [ADDRESS_FILE]\n", argv[0]);
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  RaiseFileLimit();
  const Fleet fleet(static_cast<uint32_t>(std::atoi(argv[1])),
                    static_cast<uint32_t>(std::atoi(argv[2])));
  uint16_t port = 0;
  const int listener = Listen(&port);
  if (listener < 0) {
    std::perror("listen on loopback");
    return 1;
  }
  std::printf("127.0.0.1:%u\n", unsigned{port});
  std::fflush(stdout);
  if (argc > 3) std::ofstream(argv[3]) << "127.0.0.1:" << port << "\n";
  Server(fleet, listener).Run();
}
