// A query's result as Prometheus' HTTP API writes it.
//
// Threads     Pure functions.
// Cost        One string, appended to. Stops at the bound instead of filling memory.
#ifndef TACHO_ADAPTER_CORE_PROM_RESULT_H_
#define TACHO_ADAPTER_CORE_PROM_RESULT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "tacho/query.h"

namespace tacho::adapter {

struct ResultBounds {
  uint64_t max_series = 0;  // 0: all; of a vector or matrix
  size_t max_bytes = SIZE_MAX;
};

// Appends "resultType":"vector","result":[...]. False: it would be longer than max_bytes.
// *truncated: max_series left something out.
[[nodiscard]] bool AppendResultJson(const QueryResult& result, const ResultBounds& bounds,
                                    bool* truncated, std::string* out);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_PROM_RESULT_H_
