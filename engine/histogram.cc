#include "engine/histogram.h"

#include <algorithm>
#include <cmath>

namespace tacho::engine {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// Counts that differ by less than this share are taken for equal: what is left of sums of
// rates in floating point.
constexpr double kTolerance = 1e-12;

bool AlmostEqual(double a, double b) {
  if (a == b) return true;
  const double size = std::fabs(a) + std::fabs(b);
  const double difference = std::fabs(a - b);
  constexpr double kSmallest = std::numeric_limits<double>::min();
  if (a == 0 || b == 0 || size < kSmallest) return difference < kTolerance * kSmallest;
  return difference / std::min(size, std::numeric_limits<double>::max()) < kTolerance;
}

// Sorts by bound and adds up buckets of equal bounds; false if the last one does not hold
// everything.
bool Order(std::vector<Bucket>* buckets) {
  std::ranges::stable_sort(*buckets, [](const Bucket& a, const Bucket& b) {
    return std::isnan(a.upper) ? !std::isnan(b.upper) : a.upper < b.upper;
  });
  if (buckets->empty() || buckets->back().upper != kInfinity) return false;
  size_t kept = 0;
  for (size_t i = 1; i < buckets->size(); ++i) {
    if ((*buckets)[i].upper == (*buckets)[kept].upper) {
      (*buckets)[kept].count += (*buckets)[i].count;
    } else {
      (*buckets)[++kept] = (*buckets)[i];
    }
  }
  buckets->resize(kept + 1);
  return true;
}

// Makes counts grow from bucket to bucket.
void Mend(std::vector<Bucket>* buckets, MonotonicityFix* fix) {
  double previous = buckets->front().count;
  for (Bucket& bucket : *buckets) {
    if (bucket.count == previous) continue;
    if (AlmostEqual(bucket.count, previous)) {
      bucket.count = previous;
    } else if (bucket.count < previous) {
      fix->forced = true;
      fix->min_bucket = std::min(fix->min_bucket, bucket.upper);
      fix->max_bucket = std::max(fix->max_bucket, bucket.upper);
      fix->max_diff = std::max(fix->max_diff, previous - bucket.count);
      bucket.count = previous;
    } else {
      previous = bucket.count;
    }
  }
}

// The cumulative count at v, which is in the bucket that begins at `begin` with `below`.
double CountAt(double v, double begin, double below, const Bucket& bucket) {
  if (begin == -kInfinity) return bucket.count;
  if (bucket.upper == kInfinity) return below;
  return below + (bucket.count - below) * (v - begin) / (bucket.upper - begin);
}

double RankOf(double v, const std::vector<Bucket>& buckets) {
  double below = 0;
  double begin = buckets.front().upper > 0 ? 0 : -kInfinity;
  if (v <= begin) return 0;
  for (const Bucket& bucket : buckets) {
    if (v == begin) return below;
    if (v < bucket.upper) return CountAt(v, begin, below, bucket);
    below = bucket.count;
    begin = bucket.upper;
  }
  return buckets.back().count;
}

}  // namespace

double BucketQuantile(double q, std::vector<Bucket>* buckets, MonotonicityFix* fix) {
  if (std::isnan(q)) return kNan;
  if (q < 0) return -kInfinity;
  if (q > 1) return kInfinity;
  if (!Order(buckets)) return kNan;
  Mend(buckets, fix);
  const std::vector<Bucket>& all = *buckets;
  if (all.size() < 2) return kNan;
  const double total = all.back().count;
  if (total == 0) return kNan;
  // If the total is no number no bucket reaches the rank: the last but one's bound it is.
  double rank = q * total;
  const auto last = all.end() - 1;
  const auto found =
      std::partition_point(all.begin(), last, [&](const Bucket& b) { return !(b.count >= rank); });
  if (found == last) return (last - 1)->upper;
  if (found == all.begin() && found->upper <= 0) return found->upper;
  double begin = 0;
  double count = found->count;
  if (found != all.begin()) {
    begin = (found - 1)->upper;
    count -= (found - 1)->count;
    rank -= (found - 1)->count;
  }
  return begin + (found->upper - begin) * (rank / count);
}

double BucketFraction(double lower, double upper, std::vector<Bucket>* buckets) {
  if (!Order(buckets)) return kNan;
  const double total = buckets->back().count;
  if (total == 0 || std::isnan(total) || std::isnan(lower) || std::isnan(upper)) return kNan;
  if (lower >= upper) return 0;
  const double below_lower = std::min(RankOf(lower, *buckets), total);
  const double below_upper = std::min(RankOf(upper, *buckets), total);
  return (below_upper - below_lower) / total;
}

}  // namespace tacho::engine
