#include "adapter/net/http_server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/net/front_door.h"
#include "adapter/net/http_session.h"

namespace tacho::adapter {
namespace {

// After an accept that failed, as it does when file descriptors run out. Trying again
// at once would keep a core busy until one is free.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::milliseconds kDrainStep{5};

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const ServerOptions& options, HttpHandler* handler, ServerStats* stats, Logger* log,
       const FrontDoor* front_door)
      : peers_(options.max_connections_per_peer),
        env_{options,
             handler,
             stats,
             &pool_,
             {&query_pool_, &stats->queries_in_flight, options.max_queries, ServerLimit::kAdHoc},
             {&upstream_pool_, &stats->upstream_in_flight, options.max_upstream_requests,
              ServerLimit::kUpstream},
             front_door},
        log_(log),
        acceptor_(io_),
        pause_(io_),
        pool_(static_cast<size_t>(options.handler_threads)),
        query_pool_(static_cast<size_t>(options.query_threads)),
        upstream_pool_(static_cast<size_t>(options.upstream_threads)) {}

  ~Impl() { Stop(std::chrono::milliseconds(0)); }

  absl::Status Start() {
    ErrorCode error;
    const asio::ip::address address = asio::ip::make_address(env_.options.address, error);
    if (error) {
      return absl::InvalidArgumentError(
          absl::StrCat("listen address ", env_.options.address, " is not a numeric IP address"));
    }
    const Tcp::endpoint endpoint(address, env_.options.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return absl::UnavailableError(
          absl::StrCat("cannot listen on ", ToText(endpoint), ": ", error.message()));
    }
    bound_ = ToText(acceptor_.local_endpoint(error));
    Accept();
    thread_ = std::thread([this] { io_.run(); });
    return absl::OkStatus();
  }

  void Stop(std::chrono::milliseconds grace) {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] {
      ErrorCode ignored;
      acceptor_.close(ignored);
      pause_.cancel();
    });
    const auto deadline = std::chrono::steady_clock::now() + grace;
    while (Busy() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(kDrainStep);
    }
    pool_.stop();
    query_pool_.stop();
    upstream_pool_.stop();
    io_.stop();
    thread_.join();
    pool_.join();
    query_pool_.join();
    upstream_pool_.join();
  }

  [[nodiscard]] const std::string& address() const { return bound_; }

 private:
  static std::string ToText(const Tcp::endpoint& endpoint) {
    const std::string host = endpoint.address().to_string();
    return endpoint.address().is_v6() ? absl::StrCat("[", host, "]:", endpoint.port())
                                      : absl::StrCat(host, ":", endpoint.port());
  }

  [[nodiscard]] bool Busy() const {
    return env_.stats->in_flight > 0 || env_.stats->buffered_reply_bytes > 0;
  }

  void Accept() {
    acceptor_.async_accept(asio::make_strand(io_),
                           [this](const ErrorCode& error, Tcp::socket socket) {
                             if (!acceptor_.is_open()) return;
                             if (error) return PauseAccepting(error);
                             Admit(std::move(socket));
                             Accept();
                           });
  }

  void Admit(Tcp::socket socket) {
    if (env_.stats->open_connections >= env_.options.max_connections) {
      return env_.stats->CountLimit(ServerLimit::kConnections);  // the socket closes here
    }
    ErrorCode gone;
    const Tcp::endpoint peer = socket.remote_endpoint(gone);
    if (gone) return;
    std::unique_ptr<PeerLimit::Slot> slot = peers_.Take(peer.address());
    if (slot == nullptr) return env_.stats->CountLimit(ServerLimit::kPeer);
    SslPtr tls = env_.front_door == nullptr ? nullptr : env_.front_door->NewSession();
    if (env_.front_door != nullptr && tls == nullptr) return;  // never in the clear instead
    Add(&env_.stats->connections);
    HttpStream stream(std::move(socket), std::move(tls));
    std::make_shared<HttpSession>(std::move(stream), std::move(slot), &env_)->Start();
  }

  void PauseAccepting(const ErrorCode& error) {
    log_->Warn("accept failed", {{"err", error.message()}});
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](const ErrorCode&) {
      if (acceptor_.is_open()) Accept();
    });
  }

  // Sessions live in handlers of io_ and tasks of the pools: the tasks must go before io_,
  // whose sockets the sessions hold, and env_, in which they count themselves, last.
  PeerLimit peers_;
  SessionEnv env_;
  Logger* const log_;
  asio::io_context io_{1};
  // While a handler works in the pool, its session has nothing under way in io_. Once the
  // acceptor is closed too, io_ would find itself idle and return before the answer comes.
  asio::executor_work_guard<asio::io_context::executor_type> keep_running_{io_.get_executor()};
  Tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  asio::thread_pool pool_;
  asio::thread_pool query_pool_;
  asio::thread_pool upstream_pool_;
  std::string bound_;
  std::thread thread_;
};

HttpServer::HttpServer(const ServerOptions& options, HttpHandler* handler, ServerStats* stats,
                       Logger* log, const FrontDoor* front_door)
    : impl_(std::make_unique<Impl>(options, handler, stats, log, front_door)) {}
HttpServer::~HttpServer() = default;

absl::Status HttpServer::Start() { return impl_->Start(); }
void HttpServer::Stop(std::chrono::milliseconds grace) { impl_->Stop(grace); }
std::string HttpServer::address() const { return impl_->address(); }

}  // namespace tacho::adapter
