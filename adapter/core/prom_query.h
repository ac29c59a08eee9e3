// /api/v1/query and /api/v1/query_range.
//
// Threads     From any thread.
#ifndef TACHO_ADAPTER_CORE_PROM_QUERY_H_
#define TACHO_ADAPTER_CORE_PROM_QUERY_H_

#include "adapter/core/prom_api.h"

namespace tacho::adapter {

// Parameters query, time (now if absent), timeout, limit, lookback_delta, stats.
[[nodiscard]] HttpReply HandleQuery(const Route& route, const PromMoment& moment,
                                    const PromEnv& env);
// Parameters query, start, end, step, timeout, limit, lookback_delta, stats.
[[nodiscard]] HttpReply HandleQueryRange(const Route& route, const PromMoment& moment,
                                         const PromEnv& env);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_PROM_QUERY_H_
