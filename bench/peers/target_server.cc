// tacho_target_server: a fleet of synthetic /metrics endpoints behind one port.
//
//   tacho_target_server TARGETS POSITIONS [ADDRESS_FILE]
//
// GET /t/N        the body of target N: POSITIONS counters http_requests_total, told apart
//                 by path and code, that grow steadily from the server's start
// GET /app/N      about POSITIONS series of an application (bench/bodies.h), at a pace
//                 of each target's own
// GET /stamped/N  the same with the samples' own times: one every five seconds, the
//                 first of them later than all scrapers have started
//
// The server binds a free loopback port, prints it (and writes it to ADDRESS_FILE), and
// ends with its parent.
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
#include <utility>
#include <vector>

#include "bench/bodies.h"

namespace {

using Clock = std::chrono::steady_clock;

// Times of /stamped/N, in Unix milliseconds: multiples of the grid and a phase, that no
// query's window begins at.
constexpr int64_t kGridMs = 5'000;
constexpr int64_t kPhaseMs = 4'217;
constexpr int64_t kQuietMs = 15'000;  // before the first of them

int64_t UnixMillis() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

// A time behind each sample of a body.
std::string WithTime(std::string_view body, int64_t ms) {
  const std::string stamp = " " + std::to_string(ms) + "\n";
  std::string out;
  for (size_t end = body.find('\n'); end != std::string_view::npos; end = body.find('\n')) {
    out += body.substr(0, end);
    out += body[0] == '#' ? "\n" : stamp;
    body.remove_prefix(end + 1);
  }
  return out;
}

struct Connection {
  std::string in;
  std::string out;
  size_t sent = 0;
};

class Fleet {
 public:
  Fleet(uint32_t targets, uint32_t positions)
      : targets_(targets),
        positions_(positions),
        start_(Clock::now()),
        first_((UnixMillis() + kQuietMs) / kGridMs) {
    for (uint32_t p = 0; p < positions; ++p) {
      const std::string path = "/api/v1/items/" + std::to_string(p / 4);
      const char* code = p % 4 == 0 ? "200" : p % 4 == 1 ? "201" : p % 4 == 2 ? "404" : "500";
      lines_.push_back("http_requests_total{method=\"GET\",path=\"" + path + "\",code=\"" + code +
                       "\"} ");
    }
  }

  // What is at a path now; empty if there is nothing.
  std::string Body(std::string_view path) const {
    for (const auto& [start, body] : kKinds) {
      if (!path.starts_with(start)) continue;
      path.remove_prefix(start.size());
      uint32_t target = UINT32_MAX;
      std::from_chars(path.data(), path.data() + path.size(), target);
      return target < targets_ ? (this->*body)(target) : "";
    }
    return {};
  }

 private:
  using BodyOf = std::string (Fleet::*)(uint32_t target) const;
  static const std::pair<std::string_view, BodyOf> kKinds[3];

  std::string Requests(uint32_t target) const {
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

  // `steps` steps of the application; no two targets of the first hundred go at one pace.
  std::string Application(uint32_t target, int64_t steps) const {
    const auto step = static_cast<uint32_t>(steps * (1 + target % 100));
    return tacho::bench::ApplicationBody(positions_, step);
  }
  std::string Application(uint32_t target) const {
    return Application(target,
                       std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start_)
                           .count());
  }

  std::string Stamped(uint32_t target) const {
    const int64_t step = (UnixMillis() - kPhaseMs) / kGridMs;
    if (step < first_) return "# Nothing yet.\n";
    return WithTime(Application(target, step - first_), step * kGridMs + kPhaseMs);
  }

  const uint32_t targets_;
  const uint32_t positions_;
  const Clock::time_point start_;
  const int64_t first_;  // step of the grid
  std::vector<std::string> lines_;
};

const std::pair<std::string_view, Fleet::BodyOf> Fleet::kKinds[3] = {
    {"/t/", &Fleet::Requests}, {"/app/", &Fleet::Application}, {"/stamped/", &Fleet::Stamped}};

std::string Reply(const Fleet& fleet, std::string_view request) {
  constexpr std::string_view kMethod = "GET ";
  const std::string body =
      request.starts_with(kMethod) ? fleet.Body(request.substr(kMethod.size())) : "";
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
