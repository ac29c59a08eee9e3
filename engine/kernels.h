// Kernels: the loops over contiguous values that the engine's speed rests on. Plain
// loops, compiled several times for several vector units; the right one is chosen
// when the program starts.
//
// A kernel sees one stretch of neighbouring positions of one target, all of whose
// series have the same sample times and no reset: then one set of factors serves all,
// and a rate is the difference of two rows.
//
// I1  Per position, the bits are those of the plain functions in rate.h. Sums differ
//     from serial compensated ones by order only, not by lost digits.
//
// Threads     Pure functions.
// Cost        Bound by memory: 16 bytes read a position.
#ifndef TACHO_ENGINE_KERNELS_H_
#define TACHO_ENGINE_KERNELS_H_

#include <cstddef>
#include <cstdint>

#include "engine/compensated.h"
#include "engine/rate.h"

namespace tacho::engine {

// What the extrapolation of all positions of one target at one instant has in common.
struct Extrapolation {
  double interval = 0;  // seconds from the first sample to the last
  double to_start = 0;  // as for a series that does not start at zero
  double to_end = 0;
  double divisor = 1;  // seconds of the window for rate, else 1: dividing by 1 is exact
  double factor = 0;   // of series whose zero point is before the window
  // A counter at or above this many times its growth certainly has its zero point
  // before the window: its clamp needs no division.
  double safe_ratio = 0;

  // Of `count` >= 2 samples from first_ms to last_ms.
  static Extrapolation Of(int64_t first_ms, int64_t last_ms, size_t count,
                          const RangeWindow& window, bool per_second);
};

// out[i] = rate or increase of a counter that went from first[i] to last[i].
void ExtrapolateCounters(const double* first, const double* last, size_t count,
                         const Extrapolation& e, double* out);

// The sum of what ExtrapolateCounters gives for counters that do not fall. None of it is
// negative, so four values are added plainly before each compensated step: that costs
// at most two roundings of what is added. Not finite: redo it serially.
CompensatedSum SumOfCounters(const double* first, const double* last, size_t count,
                             const Extrapolation& e);

// out[i] = (last[i] - first[i]) * factor: delta, and with a factor of 1 idelta.
void ScaleDifferences(const double* first, const double* last, size_t count, double factor,
                      double* out);

// out[i] = (last[i] - first[i]) / divisor: irate.
void DivideDifferences(const double* first, const double* last, size_t count, double divisor,
                       double* out);

// The sum, compensated lane by lane. Not finite: redo it serially (compensated.h).
CompensatedSum SumOf(const double* values, size_t count);

// NaN only if all are NaN, or if there are none.
double MinOf(const double* values, size_t count);
double MaxOf(const double* values, size_t count);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_KERNELS_H_
