// UpstreamQuerier: rules evaluated by the servers of --prometheus-url.
//
// Threads     Safe from any thread; Ask waits for the network, UpstreamOptions::timeout
//             at most.
#ifndef TACHO_ADAPTER_NET_UPSTREAM_QUERIER_H_
#define TACHO_ADAPTER_NET_UPSTREAM_QUERIER_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "adapter/core/querier.h"
#include "adapter/net/upstream_client.h"
#include "tacho/database.h"

namespace tacho::adapter {

class UpstreamQuerier final : public Querier {
 public:
  // All outlive it. `parser` holds no data: it says how far back a query looks.
  UpstreamQuerier(const UpstreamOptions& options, Database parser, UpstreamClient* client,
                  UpstreamStats* stats)
      : options_(options), parser_(std::move(parser)), client_(client), stats_(stats) {}

  //   kResourceExhausted  the query is longer than max_query_bytes
  //   kInvalidArgument    the servers refuse it
  //   kUnavailable        no server has answered, or not with all of the data, or nonsense
  [[nodiscard]] absl::StatusOr<Answer> Ask(std::string_view promql, Timestamp t) override;

 private:
  [[nodiscard]] Duration WindowOf(std::string_view promql) const;

  const UpstreamOptions& options_;
  const Database parser_;
  UpstreamClient* const client_;
  UpstreamStats* const stats_;
};

// Unix seconds with three decimals.
[[nodiscard]] std::string FormatApiTime(Timestamp t);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_UPSTREAM_QUERIER_H_
