// /api/v1/series, labels, label/<name>/values and metadata.
//
// Threads     From any thread.
// Limits      PromBounds::max_series and max_reply_bytes.
#ifndef TACHO_ADAPTER_CORE_PROM_SERIES_H_
#define TACHO_ADAPTER_CORE_PROM_SERIES_H_

#include "adapter/core/prom_api.h"

namespace tacho::adapter {

// Parameters match[] (at least one), start, end, limit.
[[nodiscard]] HttpReply HandleSeries(const Route& route, const PromEnv& env);
// Parameters match[], start, end, limit.
[[nodiscard]] HttpReply HandleLabels(const Route& route, const PromEnv& env);
// The same; the name is route.label.
[[nodiscard]] HttpReply HandleLabelValues(const Route& route, const PromEnv& env);
// Parameters metric, limit, limit_per_metric.
[[nodiscard]] HttpReply HandleMetadata(const Route& route, const PromEnv& env);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_PROM_SERIES_H_
