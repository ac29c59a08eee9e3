// SeriesFinder: which metrics a rule's seriesQuery selects now. With the Querier it is
// all that rules ask of an engine, so that another one can take the Database's place.
//
// Threads     Safe from any thread.
// Cost        Find never waits for a network: an engine behind one answers from what it
//             heard last, and changes its version when it hears more.
#ifndef TACHO_ADAPTER_CORE_SERIES_FINDER_H_
#define TACHO_ADAPTER_CORE_SERIES_FINDER_H_

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tacho/database.h"

namespace tacho::adapter {

class SeriesFinder {
 public:
  virtual ~SeriesFinder() = default;
  // Sorted. Any error concerns this selector only.
  [[nodiscard]] virtual absl::StatusOr<std::vector<MetricLabels>> Find(
      std::string_view selector) = 0;
  // Equal values mean that Find would answer the same.
  [[nodiscard]] virtual uint64_t version() const = 0;
};

class DatabaseSeries final : public SeriesFinder {
 public:
  explicit DatabaseSeries(Database database) : database_(std::move(database)) {}

  [[nodiscard]] absl::StatusOr<std::vector<MetricLabels>> Find(std::string_view selector) override {
    return database_.Metrics(selector);
  }
  [[nodiscard]] uint64_t version() const override { return database_.series_version(); }

 private:
  Database database_;
};

// Each metric once, with the names of all labels that its series have; sorted.
[[nodiscard]] std::vector<MetricLabels> MetricsOf(const std::vector<Labels>& series);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_SERIES_FINDER_H_
