// Selecting series and metrics without evaluating anything: what Database::Series and
// Database::Metrics, and through them discovery, are made of.
//
// Threads     Safe from any thread.
#ifndef TACHO_ENGINE_SELECT_H_
#define TACHO_ENGINE_SELECT_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "engine/selector.h"
#include "storage/store.h"
#include "tacho/database.h"
#include "tacho/labels.h"
#include "tacho/options.h"
#include "tacho/time.h"

namespace tacho::engine {

// A vector selector, out of its text.
//   kInvalidArgument    "line:column: what is wrong"
absl::StatusOr<Selector> ParseSelector(std::string_view text, const Options& options);

// Whether the series has a sample (no staleness marker) in [min_ms, max_ms].
bool HasSampleIn(const storage::History& history, uint32_t position, int64_t min_ms,
                 int64_t max_ms);

// Calls visit for each series that the selector matches, whether or not it has samples,
// target by target, until it returns false.
void ForEachSeries(
    const storage::Store& store, const Selector& selector,
    absl::FunctionRef<bool(const storage::Target&, const storage::History&, uint32_t position)>
        visit);

// See Database::Series. Once `limit` series are found, no more are looked for.
absl::StatusOr<std::vector<Labels>> SelectSeries(const storage::Store& store,
                                                 const Options& options,
                                                 std::string_view selector_text, Timestamp since,
                                                 size_t limit);

// See Database::Metrics. Targets that share a shape and the names of their labels are
// looked at once.
absl::StatusOr<std::vector<MetricLabels>> SelectMetrics(const storage::Store& store,
                                                        const Options& options,
                                                        std::string_view selector_text);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_SELECT_H_
