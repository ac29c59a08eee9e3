// HttpSession: one connection of the server, request after request.
//
//   handshake -> await -> read head -> read body -> handle -> write -> await, or linger
//   and close. Who asks is settled with the head; what they may is the handler's to say.
//
// Ownership   Shared with its handlers under way: make it with std::make_shared. Ends
//             when none is left.
// Threads     On its socket's strand; only the handler runs elsewhere.
// Limits      At most one timer and one operation of the socket at a time.
#ifndef TACHO_ADAPTER_NET_HTTP_SESSION_H_
#define TACHO_ADAPTER_NET_HTTP_SESSION_H_

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "adapter/net/asio.h"
#include "adapter/net/front_door.h"
#include "adapter/net/http_head.h"
#include "adapter/net/http_server.h"
#include "adapter/net/http_stream.h"
#include "adapter/net/peer_limit.h"

namespace tacho::adapter {

// A lane whose requests may take long, with a bound of its own.
struct BoundedLane {
  asio::thread_pool* pool;
  Counter* in_flight;  // running, or waiting for a thread
  size_t max_in_flight;
  ServerLimit limit;
};

// What all sessions of a server share.
struct SessionEnv {
  const ServerOptions options;
  HttpHandler* const handler;
  ServerStats* const stats;
  asio::thread_pool* const pool;
  const BoundedLane queries;
  const BoundedLane upstream;
  const FrontDoor* const front_door;  // may be null

  // Null: the lane has no bound of its own.
  [[nodiscard]] const BoundedLane* Bounded(Lane lane) const {
    if (lane == Lane::kQuery) return &queries;
    return lane == Lane::kUpstream ? &upstream : nullptr;
  }
};

class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  // Counts itself in open_connections.
  HttpSession(HttpStream stream, std::unique_ptr<PeerLimit::Slot> slot, SessionEnv* env);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void Start();

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  void Handshake();
  void AwaitRequest(std::chrono::milliseconds timeout, ServerLimit limit);
  // What is under way must be done by then, or the limit has fired and the session ends.
  void SetDeadline(std::chrono::milliseconds timeout, ServerLimit limit);
  void ClearDeadline() { deadline_ = kNever; }
  void SetTimer();
  void Close();
  void Read();
  void OnRead(size_t bytes);
  void Advance();
  bool TakeHead();
  bool CheckHead(const RequestHead& head);
  void Refuse(ServerLimit limit, int status, std::string_view reason, std::string_view message);
  void RefuseHead(HeadError error);
  void Dispatch();
  void Post(asio::thread_pool* pool);
  void CancelWhenPeerEnds();
  void Answer(HttpResponse response);
  void Write(const HttpResponse& response, bool close);
  void Linger();
  void Drain(size_t budget);

  HttpStream stream_;
  const std::unique_ptr<PeerLimit::Slot> slot_;
  asio::steady_timer timer_;
  SessionEnv* const env_;
  Clock::time_point deadline_ = kNever;
  ServerLimit deadline_of_ = ServerLimit::kCount_;
  Clock::time_point wakes_at_ = kNever;  // the timer
  std::string buffer_;                   // the request so far, from its first byte
  HeadScanner scanner_;
  TlsPeer peer_;
  size_t requests_ = 0;
  bool head_taken_ = false;
  size_t body_bytes_ = 0;
  HttpRequest request_;
  bool keep_alive_ = false;
  const BoundedLane* lane_ = nullptr;  // in which the request is counted
  std::string reply_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_HTTP_SESSION_H_
