// Window kernels: functions of all samples of a window (avg_over_time, deriv, ...), for
// many neighbouring positions at once: row by row instead of series by series.
//
// As with the kernels of two rows (kernels.h), all positions have a sample in every row
// of the window, at the row's time.
//
// I1  Per position, the bits are those of the plain functions (functions_range.cc), or
//     the value is not finite: then, unless IsExact, the plain function must be asked.
//
// Threads     Pure functions.
// Cost        Bound by memory: 8 bytes read a position and row.
#ifndef TACHO_ENGINE_WINDOW_KERNELS_H_
#define TACHO_ENGINE_WINDOW_KERNELS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/compensated.h"
#include "engine/functions.h"

namespace tacho::engine {

// Whether the kernel is one of these.
bool IsWindowKernel(RowKernel kernel);
// Whether also values that are not finite are right.
bool IsExact(RowKernel kernel);
// How few rows give a value.
uint32_t LeastRows(RowKernel kernel);

// The rows of a window, oldest first: at least LeastRows.
struct WindowRows {
  std::span<const double* const> values;  // of each row, the first position's
  std::span<const double> seconds;        // of each row, since the first; kDeriv only
};

// out[i] = the function of values[0][i], values[1][i], ...
void ComputeWindow(RowKernel kernel, const WindowRows& rows, size_t count, double* out);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_WINDOW_KERNELS_H_
