// StartTimes: when the counters behind a series' samples started, for the optional use of
// start timestamps in rates (PromqlFeatures::start_timestamps).
//
// Units       Unix milliseconds; 0: unknown.
// Source      docs/promql.md, section 1.5.
#ifndef TACHO_ENGINE_START_TIMES_H_
#define TACHO_ENGINE_START_TIMES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/window.h"
#include "storage/history.h"
#include "storage/target.h"
#include "tacho/database.h"

namespace tacho::engine {

class StartTimes {
 public:
  struct Series {
    const storage::Target* target;
    const storage::History* history;
    uint32_t position;
  };

  virtual ~StartTimes() = default;
  // One start per sample, into *starts; leaves it empty if none is known.
  virtual void Read(const Series& series, std::span<const storage::SamplePoint> samples,
                    std::vector<int64_t>* starts) const = 0;
};

// Start times as OpenMetrics bodies tell them: foo_created beside foo_total, foo_count,
// foo_sum and foo_bucket, in seconds, in the same rows. For one plan: it remembers what it found
// out last.
std::unique_ptr<StartTimes> CreatedSeries();

// Gives a database's queries other start times than CreatedSeries. Call before Prepare.
void UseStartTimes(Database& database, std::shared_ptr<const StartTimes> start_times);

// Whether sample i of the window is of another life of its counter than the one before,
// by their start times. i is at least 1.
bool StartedAnew(const WindowInput& in, size_t i);

// rate or increase, and irate, of a window with start times: in.starts is not empty.
std::optional<double> RateSince(const WindowInput& in, bool per_second);
std::optional<double> InstantRateSince(const WindowInput& in);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_START_TIMES_H_
