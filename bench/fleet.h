// Fleet: a database full of targets, as a scraper would have filled it: every target
// scraped every 15 s, each at its own moment, through the public API.
#ifndef TACHO_BENCH_FLEET_H_
#define TACHO_BENCH_FLEET_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tacho/database.h"

namespace tacho::bench {

inline constexpr int64_t kScrapeMs = 15'000;

class Fleet {
 public:
  // The body of a target at a scrape.
  using BodyOf = std::function<const std::string&(uint32_t target, uint32_t step)>;

  // The labels of the n-th target.
  using LabelsOf = std::function<Labels(uint32_t n)>;

  Fleet(uint32_t targets, LabelsOf labels_of, BodyOf body_of);

  // Scrapes all targets once.
  void Scrape();
  void Scrape(uint32_t times) {
    for (uint32_t i = 0; i < times; ++i) Scrape();
  }
  // Removes `count` targets, longest there first, and puts new pods in their places.
  void Replace(uint32_t count);

  // Just after the last scrape of all targets.
  [[nodiscard]] Timestamp now() const;
  [[nodiscard]] Database& database() { return database_; }
  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(targets_.size()); }

 private:
  Target Add();
  [[nodiscard]] Timestamp TimeOf(uint32_t place) const;

  Database database_;
  LabelsOf labels_of_;
  BodyOf body_of_;
  std::vector<Target> targets_;
  std::vector<uint32_t> order_;  // in which they are scraped
  uint32_t step_ = 0;
  uint32_t added_ = 0;
  uint32_t replace_at_ = 0;
};

// `targets` replicas with `series` series of http_requests_total each, in 20 namespaces
// of equal size. Ten minutes of rows, unless steps says otherwise.
Fleet ReplicaFleet(uint32_t targets, uint32_t series, uint32_t steps = 40);

// `targets` replicas of an application with counters, gauges and histograms.
Fleet ApplicationFleet(uint32_t targets, uint32_t series, uint32_t steps = 40);

// `nodes` targets, each with `series` series that no other has.
Fleet CadvisorFleet(uint32_t nodes, uint32_t series, uint32_t steps = 40);

}  // namespace tacho::bench

#endif  // TACHO_BENCH_FLEET_H_
