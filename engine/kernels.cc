#include "engine/kernels.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "engine/multiversion.h"

namespace tacho::engine {
namespace {

// Positions that are tested for the zero clamp together.
constexpr size_t kBlock = 32;
// Independent sums: one 512-bit vector of doubles, or two of 256 bits.
constexpr size_t kLanes = 8;

double SecondsBetween(int64_t from_ms, int64_t to_ms) {
  return static_cast<double>(to_ms - from_ms) / 1000;
}

// Below this a product may round by more than safe_ratio's margin.
constexpr double kTiny = 1e-290;

// Whether some counter of the block may have its zero point inside the window. Fills
// out[] as if none had.
TACHO_INLINE bool FillUnclamped(const double* first, const double* last, size_t count,
                                const Extrapolation& e, double* out) {
  const double factor = e.factor;
  const double ratio = e.safe_ratio;
  uint64_t unsafe = 0;
  for (size_t i = 0; i < count; ++i) {
    const double result = last[i] - first[i];
    unsafe |= static_cast<uint64_t>((result > 0) & (first[i] < ratio * result + kTiny));
    out[i] = result * factor;
  }
  return unsafe != 0;
}

// The specification's steps 6 to 10 for each position.
TACHO_INLINE void FillClamped(const double* first, const double* last, size_t count,
                              const Extrapolation& e, double* out) {
  const Extrapolation x = e;
  for (size_t i = 0; i < count; ++i) {
    const double result = last[i] - first[i];
    const double to_zero = x.interval * (first[i] / result);
    const bool clamped = (result > 0) & (first[i] >= 0) & (to_zero < x.to_start);
    const double to_start = clamped ? to_zero : x.to_start;
    const double factor = ((x.interval + to_start) + x.to_end) / x.interval;
    out[i] = result * (factor / x.divisor);
  }
}

TACHO_INLINE void ExtrapolateBlock(const double* first, const double* last, size_t count,
                                   const Extrapolation& e, double* out) {
  if (FillUnclamped(first, last, count, e, out)) FillClamped(first, last, count, e, out);
}

// A vector of doubles as GCC and Clang know it; the compiler splits it where the
// machine's are shorter.
using Lanes = double __attribute__((vector_size(kLanes * sizeof(double))));

TACHO_INLINE void Load(const double* values, Lanes* lanes) {
  std::memcpy(lanes, values, sizeof(Lanes));
}

// Knuth's TwoSum, lane by lane; see CompensatedSum::AddFast.
template <typename V>
TACHO_INLINE void AddLanes(const V& x, V* sums, V* errors) {
  const V total = *sums + x;
  const V added = total - *sums;
  *errors += (*sums - (total - added)) + (x - added);
  *sums = total;
}

// Adds the upper half of the lanes to the lower one; what rounding drops stays in the
// errors.
template <typename Whole, typename Half>
TACHO_INLINE void Fold(const Whole& sums, const Whole& errors, Half* half_sums, Half* half_errors) {
  static_assert(sizeof(Whole) == 2 * sizeof(Half));
  Half upper[2];
  std::memcpy(half_sums, &sums, sizeof(Half));
  std::memcpy(&upper[0], reinterpret_cast<const char*>(&sums) + sizeof(Half), sizeof(Half));
  std::memcpy(half_errors, &errors, sizeof(Half));
  std::memcpy(&upper[1], reinterpret_cast<const char*>(&errors) + sizeof(Half), sizeof(Half));
  *half_errors += upper[1];
  AddLanes(upper[0], half_sums, half_errors);
}

TACHO_INLINE CompensatedSum Combine(const Lanes& sums, const Lanes& errors) {
  double __attribute__((vector_size(32))) sum4;
  double __attribute__((vector_size(32))) error4;
  double __attribute__((vector_size(16))) sum2;
  double __attribute__((vector_size(16))) error2;
  Fold(sums, errors, &sum4, &error4);
  Fold(sum4, error4, &sum2, &error2);
  CompensatedSum one{sum2[0], error2[0] + error2[1]};
  one.AddFast(sum2[1]);
  return one;
}

// --- One version per vector unit ----------------------------------------------------
//
// Called through the functions below: Clang 14 gives a function of several versions no
// name that other files could call.

TACHO_MULTIVERSION
void ExtrapolateVersions(const double* first, const double* last, size_t count,
                         const Extrapolation& e, double* out) {
  size_t i = 0;
  for (; i + kBlock <= count; i += kBlock) {
    ExtrapolateBlock(first + i, last + i, kBlock, e, out + i);
  }
  ExtrapolateBlock(first + i, last + i, count - i, e, out + i);
}

// Four vectors: a block.
TACHO_INLINE void SumOfBlock(const double* values, Lanes* sum) {
  Lanes a;
  Lanes b;
  Lanes c;
  Lanes d;
  Load(values, &a);
  Load(values + kLanes, &b);
  Load(values + 2 * kLanes, &c);
  Load(values + 3 * kLanes, &d);
  *sum = (a + b) + (c + d);
}

TACHO_MULTIVERSION
void SumCounterVersions(const double* first, const double* last, size_t count,
                        const Extrapolation& e, CompensatedSum* out) {
  Lanes sums = {};
  Lanes errors = {};
  Lanes x;
  double block[kBlock];
  size_t i = 0;
  for (; i + kBlock <= count; i += kBlock) {
    ExtrapolateBlock(first + i, last + i, kBlock, e, block);
    SumOfBlock(block, &x);
    AddLanes(x, &sums, &errors);
  }
  for (; i + kLanes <= count; i += kLanes) {
    ExtrapolateBlock(first + i, last + i, kLanes, e, block);
    Load(block, &x);
    AddLanes(x, &sums, &errors);
  }
  *out = Combine(sums, errors);
  for (; i < count; ++i) {
    ExtrapolateBlock(first + i, last + i, 1, e, block);
    out->AddFast(block[0]);
  }
}

TACHO_MULTIVERSION
void ScaleVersions(const double* first, const double* last, size_t count, double factor,
                   double* out) {
  for (size_t i = 0; i < count; ++i) out[i] = (last[i] - first[i]) * factor;
}

TACHO_MULTIVERSION
void DivideVersions(const double* first, const double* last, size_t count, double divisor,
                    double* out) {
  for (size_t i = 0; i < count; ++i) out[i] = (last[i] - first[i]) / divisor;
}

TACHO_MULTIVERSION
void SumVersions(const double* values, size_t count, CompensatedSum* out) {
  Lanes sums = {};
  Lanes errors = {};
  Lanes x;
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Load(values + i, &x);
    AddLanes(x, &sums, &errors);
  }
  *out = count < kLanes ? CompensatedSum() : Combine(sums, errors);
  for (; i < count; ++i) out->AddFast(values[i]);
}

// The greatest of sign * values, NaNs apart.
TACHO_MULTIVERSION
double ExtremeVersions(const double* values, size_t count, double sign) {
  double extreme = std::numeric_limits<double>::quiet_NaN();
  Lanes extremes = extreme + Lanes{};
  Lanes x;
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Load(values + i, &x);
    x *= sign;
    extremes = ((extremes >= x) | (x != x)) ? extremes : x;
  }
  const auto take = [&extreme](double v) { extreme = extreme >= v || v != v ? extreme : v; };
  for (size_t lane = 0; lane < kLanes; ++lane) take(extremes[lane]);
  for (; i < count; ++i) take(values[i] * sign);
  return extreme * sign;
}

}  // namespace

Extrapolation Extrapolation::Of(int64_t first_ms, int64_t last_ms, size_t count,
                                const RangeWindow& window, bool per_second) {
  Extrapolation e;
  e.to_start = SecondsBetween(window.start_ms, first_ms);
  e.to_end = SecondsBetween(last_ms, window.end_ms);
  e.interval = SecondsBetween(first_ms, last_ms);
  const double average = e.interval / static_cast<double>(count - 1);
  const double threshold = average * 1.1;
  if (e.to_start >= threshold) e.to_start = average / 2;
  if (e.to_end >= threshold) e.to_end = average / 2;
  e.divisor = per_second ? window.seconds : 1;
  e.factor = ((e.interval + e.to_start) + e.to_end) / e.interval / e.divisor;
  // The clamp binds when interval * (first / result) < to_start. Each operation there
  // and here rounds by at most 2^-53, so a margin of 1e-12 is ample.
  e.safe_ratio = e.to_start / e.interval * (1 + 1e-12);
  return e;
}

void ExtrapolateCounters(const double* first, const double* last, size_t count,
                         const Extrapolation& e, double* out) {
  ExtrapolateVersions(first, last, count, e, out);
}

CompensatedSum SumOfCounters(const double* first, const double* last, size_t count,
                             const Extrapolation& e) {
  CompensatedSum sum;
  SumCounterVersions(first, last, count, e, &sum);
  return sum;
}

void ScaleDifferences(const double* first, const double* last, size_t count, double factor,
                      double* out) {
  ScaleVersions(first, last, count, factor, out);
}

void DivideDifferences(const double* first, const double* last, size_t count, double divisor,
                       double* out) {
  DivideVersions(first, last, count, divisor, out);
}

CompensatedSum SumOf(const double* values, size_t count) {
  CompensatedSum sum;
  SumVersions(values, count, &sum);
  return sum;
}

double MinOf(const double* values, size_t count) { return ExtremeVersions(values, count, -1); }
double MaxOf(const double* values, size_t count) { return ExtremeVersions(values, count, 1); }

}  // namespace tacho::engine
