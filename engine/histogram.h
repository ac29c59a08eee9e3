// Classic histograms: quantiles and fractions of cumulative buckets.
//
// Units       Counts and bounds as the buckets have them.
// Threads     Pure functions.
// Source      docs/promql.md, section 4.7.
#ifndef TACHO_ENGINE_HISTOGRAM_H_
#define TACHO_ENGINE_HISTOGRAM_H_

#include <cstdint>
#include <limits>
#include <vector>

namespace tacho::engine {

struct Bucket {
  double upper;  // le
  double count;  // of all observations up to it
};

// Where counts fell from one bucket to the next and were lifted.
struct MonotonicityFix {
  bool forced = false;
  double min_bucket = std::numeric_limits<double>::infinity();  // upper bounds
  double max_bucket = -std::numeric_limits<double>::infinity();
  double max_diff = 0;
};

// Sorts and mends the buckets.
double BucketQuantile(double q, std::vector<Bucket>* buckets, MonotonicityFix* fix);

// The share of observations between lower and upper. Sorts the buckets.
double BucketFraction(double lower, double upper, std::vector<Bucket>* buckets);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_HISTOGRAM_H_
