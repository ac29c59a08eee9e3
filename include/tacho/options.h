// Options: every bound that tacho holds itself to, with its default and reason.
// A bound that fires refuses what crossed it with kResourceExhausted, is counted
// in DatabaseStats, and leaves everything else working.
//
// Units       Named in each field; sizes in bytes unless said otherwise.
#ifndef TACHO_OPTIONS_H_
#define TACHO_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "tacho/label_rewriter.h"
#include "tacho/time.h"

namespace tacho {

// What may be stored.
struct StorageLimits {
  uint64_t max_bytes = uint64_t{4} << 30;  // everything the database holds; a hard limit
  uint32_t max_targets = 5'000;            // one per scraped endpoint
  uint64_t max_series = 5'000'000;         // live and recently ended, over all targets
  uint32_t max_samples_per_scrape = 50'000;
  size_t max_body_bytes = size_t{16} << 20;  // decompressed; the largest honest body seen is 1.5 MB
  uint32_t max_labels_per_series = 64;
  uint32_t max_label_name_bytes = 256;  // also of a metric name
  uint32_t max_label_value_bytes = 1024;
};

// What a query may cost. A query that would cross one is refused when it is
// prepared where that is possible, else when it is evaluated.
struct QueryLimits {
  size_t max_query_bytes = 8192;
  uint32_t max_depth = 100;           // nesting of the expression
  uint32_t max_nodes = 10'000;        // size of the expression
  uint64_t max_samples = 50'000'000;  // samples that an evaluation may look at
  uint64_t max_points = 20'000'000;   // values that it may hold at a time, the result's included
  uint32_t max_steps = 11'000;        // of a range query, after its start: as Prometheus counts
  int64_t max_regex_bytes = 1 << 20;  // memory of one compiled matcher
};

// Parts of the language that Prometheus holds behind flags of its own. An expression that
// uses one that is off is refused when it is prepared; the message names the flag.
struct PromqlFeatures {
  // mad_over_time, sort_by_label, info, limitk, limit_ratio, ...
  bool experimental_functions = false;
  bool duration_expressions = true;       // rate(x[2 * step()]); on since Prometheus 3.14
  bool extended_range_selectors = false;  // anchored, smoothed
  bool fill_modifiers = false;            // a + fill(0) b
  // rate, increase, irate and resets take the start of a counter from its _created series.
  bool start_timestamps = false;
  // Names that functions remove are removed at the end of the query only.
  bool delayed_name_removal = false;
};

struct Options {
  // Rows older than this, measured from their target's newest, are dropped. A
  // query whose window and offset reach further back is refused when prepared:
  // it could only be answered low.
  Duration retention = absl::Minutes(10);
  // How far back an instant selector looks for a sample (PromQL's default).
  Duration lookback = absl::Minutes(5);
  // Samples further than this ahead of the time given to Database::Advance, or
  // of their scrape's time, are refused: one wild clock must not end retention.
  Duration max_ahead = absl::Minutes(10);
  StorageLimits storage = {};
  QueryLimits query = {};
  PromqlFeatures promql = {};
};

// How one target's bodies are read.
struct TargetOptions {
  // A label of the body that the target has too: true keeps the body's, false
  // renames it to exported_<name>, as in Prometheus.
  bool honor_labels = false;
  // Timestamps in the body: true keeps them (such series get no staleness marker
  // when they vanish), false stamps every sample with the scrape's time.
  bool honor_timestamps = false;
  // Renames and drops series; null: every series is kept as it is. What is dropped counts
  // towards no limit of samples, series or labels.
  std::shared_ptr<const LabelRewriter> rewriter = nullptr;
  // Each of these: 0 stands for the limit in StorageLimits, which holds in any case.
  uint32_t sample_limit = 0;              // per scrape
  size_t body_size_limit = 0;             // per scrape
  uint32_t label_limit = 0;               // of a series, its name and the target's included
  uint32_t label_name_length_limit = 0;   // bytes
  uint32_t label_value_length_limit = 0;  // bytes; also of a metric's name
};

}  // namespace tacho

#endif  // TACHO_OPTIONS_H_
