// Prometheus' HTTP API over a Database: one request and what it may cost in, one reply
// out. No sockets and no clock.
//
//   Route route = ParseRoute("/api/v1/query?query=up");
//   HttpReply reply = HandleProm("GET", route, {now, elapsed}, env);
//
// Source      contracts: PromQL, HTTP API; docs/http-api.md says what differs.
// Threads     From any thread; what PromEnv points to is asked concurrently.
// Limits      PromBounds, and the Database's own.
#ifndef TACHO_ADAPTER_CORE_PROM_API_H_
#define TACHO_ADAPTER_CORE_PROM_API_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "adapter/core/api_paths.h"
#include "adapter/core/deadlines.h"
#include "adapter/core/http_reply.h"
#include "adapter/core/prom_status.h"
#include "adapter/core/query_pool.h"
#include "tacho/database.h"
#include "tacho/time.h"

namespace tacho::adapter {

struct PromBounds {
  // Of one query, the wait for its turn included; the parameter timeout can only shorten
  // it. Prometheus' default.
  Duration timeout = absl::Minutes(2);
  // Of one reply; half of what all clients together may leave untaken.
  size_t max_reply_bytes = size_t{32} << 20;
  // Label sets of one reply of /api/v1/series; they are held before they are written.
  size_t max_series = 200'000;
};

// What replies are made from. All that it points to outlives the calls.
struct PromEnv {
  Database database;
  QueryPool* queries;
  Deadlines* deadlines;
  const StatusSource* status;
  PromBounds bounds;
};

struct PromMoment {
  Timestamp now;
  std::function<Duration()> elapsed;  // since the request came
  // Cancelled once who asks has gone.
  std::shared_ptr<Interrupt> interrupt = std::make_shared<Interrupt>();
};

// Whether this kind of route is answered here.
[[nodiscard]] bool IsPromRoute(RouteKind kind);
// "GET", or "GET, POST".
[[nodiscard]] std::string_view PromMethods(RouteKind kind);

// The parameters of a form are in route.params already.
[[nodiscard]] HttpReply HandleProm(std::string_view method, const Route& route,
                                   const PromMoment& moment, const PromEnv& env);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_PROM_API_H_
