// Listing what is stored: series, label names, label values. See Database::Series,
// LabelNames and LabelValues.
//
// Threads     Safe from any thread.
// Cost        One look per selected series; label sets that were seen with a sample are
//             not looked at again for names.
#ifndef TACHO_ENGINE_LIST_H_
#define TACHO_ENGINE_LIST_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/store.h"
#include "tacho/database.h"
#include "tacho/labels.h"
#include "tacho/options.h"

namespace tacho::engine {

absl::StatusOr<std::vector<Labels>> ListSeries(const storage::Store& store, const Options& options,
                                               const SeriesFilter& filter, size_t limit);

absl::StatusOr<std::vector<std::string>> ListLabelNames(const storage::Store& store,
                                                        const Options& options,
                                                        const SeriesFilter& filter);

absl::StatusOr<std::vector<std::string>> ListLabelValues(const storage::Store& store,
                                                         const Options& options,
                                                         std::string_view name,
                                                         const SeriesFilter& filter);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_LIST_H_
