#include "engine/window_kernels.h"

#include <algorithm>
#include <cmath>

#include "engine/multiversion.h"

namespace tacho::engine {
namespace {

// Positions whose state is held at once: four vectors of 512 bits for each number of it;
// and one vector, where there are few.
constexpr size_t kBlock = 32;
constexpr size_t kFew = 8;
// Up to so many are done one by one.
constexpr size_t kSingles = 2;

// --- What a kernel keeps of a block of positions ----------------------------------------
//
// Start takes the first row, Add each of the others, Finish gives the results. Loops of a
// fixed length over plain arrays: the compiler turns them into vectors.

template <size_t kSize>
struct Sums {
  double sum[kSize];
  double error[kSize];

  TACHO_INLINE void Start(const double* v) {
    for (size_t i = 0; i < kSize; ++i) {
      sum[i] = v[i];
      error[i] = 0;
    }
  }
  TACHO_INLINE void Add(const double* v) {
    for (size_t i = 0; i < kSize; ++i) {
      CompensatedSum total{sum[i], error[i]};
      total.AddFast(v[i]);
      sum[i] = total.sum;
      error[i] = total.error;
    }
  }
};

template <size_t kSize>
struct SumState : Sums<kSize> {
  TACHO_INLINE void Finish(double, double* out) const {
    for (size_t i = 0; i < kSize; ++i) out[i] = this->sum[i] + this->error[i];
  }
};

template <size_t kSize>
struct AvgState : Sums<kSize> {
  TACHO_INLINE void Finish(double n, double* out) const {
    for (size_t i = 0; i < kSize; ++i) out[i] = this->sum[i] / n + this->error[i] / n;
  }
};

// A NaN gives way to what comes after it.
template <size_t kSize, bool kMax>
struct ExtremeState {
  double extreme[kSize];

  TACHO_INLINE void Start(const double* v) {
    for (size_t i = 0; i < kSize; ++i) extreme[i] = v[i];
  }
  TACHO_INLINE void Add(const double* v) {
    for (size_t i = 0; i < kSize; ++i) {
      const bool better = kMax ? extreme[i] < v[i] : extreme[i] > v[i];
      extreme[i] = (better | (extreme[i] != extreme[i])) ? v[i] : extreme[i];
    }
  }
  TACHO_INLINE void Finish(double, double* out) const {
    for (size_t i = 0; i < kSize; ++i) out[i] = extreme[i];
  }
};

template <size_t kSize>
using MinState = ExtremeState<kSize, false>;
template <size_t kSize>
using MaxState = ExtremeState<kSize, true>;

// Welford's, compensated.
template <size_t kSize>
struct VarianceState {
  Sums<kSize> mean;
  Sums<kSize> squares;
  double n = 1;

  TACHO_INLINE void Start(const double* v) {
    mean.Start(v);
    double zeros[kSize];
    for (size_t i = 0; i < kSize; ++i) zeros[i] = v[i] - v[i];  // or NaN
    squares.Start(zeros);
  }
  TACHO_INLINE void Add(const double* v) {
    n += 1;
    double distance[kSize];
    double share[kSize];
    for (size_t i = 0; i < kSize; ++i) {
      distance[i] = v[i] - (mean.sum[i] + mean.error[i]);
      share[i] = distance[i] / n;
    }
    mean.Add(share);
    for (size_t i = 0; i < kSize; ++i) {
      distance[i] *= v[i] - (mean.sum[i] + mean.error[i]);
    }
    squares.Add(distance);
  }
  TACHO_INLINE void Finish(double, double* out) const {
    for (size_t i = 0; i < kSize; ++i) out[i] = (squares.sum[i] + squares.error[i]) / n;
  }
};

template <size_t kSize>
struct DeviationState : VarianceState<kSize> {
  TACHO_INLINE void Finish(double count, double* out) const {
    VarianceState<kSize>::Finish(count, out);
    for (size_t i = 0; i < kSize; ++i) out[i] = std::sqrt(out[i]);
  }
};

template <typename State>
TACHO_INLINE void ComputeBlock(const WindowRows& rows, size_t begin, double* out) {
  State state;
  state.Start(rows.values[0] + begin);
  for (size_t row = 1; row < rows.values.size(); ++row) state.Add(rows.values[row] + begin);
  state.Finish(static_cast<double>(rows.values.size()), out);
}

// Fewer positions than the state has room for, by way of a copy.
template <typename State, size_t kSize>
TACHO_INLINE void ComputeTail(const WindowRows& rows, size_t begin, size_t count, double* out) {
  State state;
  double in[kSize] = {};
  double results[kSize];
  std::copy_n(rows.values[0] + begin, count, in);
  state.Start(in);
  for (size_t row = 1; row < rows.values.size(); ++row) {
    std::copy_n(rows.values[row] + begin, count, in);
    state.Add(in);
  }
  state.Finish(static_cast<double>(rows.values.size()), results);
  std::copy_n(results, count, out);
}

template <template <size_t> typename State>
TACHO_INLINE void ComputeAll(const WindowRows& rows, size_t count, double* out) {
  size_t i = 0;
  for (; i + kBlock <= count; i += kBlock) ComputeBlock<State<kBlock>>(rows, i, out + i);
  for (; i + kFew <= count; i += kFew) ComputeBlock<State<kFew>>(rows, i, out + i);
  if (count - i > kSingles) return ComputeTail<State<kFew>, kFew>(rows, i, count - i, out + i);
  for (; i < count; ++i) ComputeBlock<State<1>>(rows, i, out + i);
}

// --- deriv --------------------------------------------------------------------------------

// What depends on the times only.
struct TimeSums {
  CompensatedSum x;
  CompensatedSum xx;
};

TimeSums SumTimes(std::span<const double> seconds) {
  TimeSums sums;
  for (const double s : seconds) {
    sums.x.Add(s);
    sums.xx.Add(s * s);
  }
  return sums;
}

template <size_t kSize>
struct SlopeState {
  Sums<kSize> y;
  Sums<kSize> xy;
  double first[kSize];
  uint64_t moves[kSize];  // not 0: the value is not always the same

  // From zero, as the plain one: 0 + -0 is 0.
  TACHO_INLINE void Start(const double* v) {
    const double zeros[kSize] = {};
    y.Start(zeros);
    xy.Start(zeros);
    for (size_t i = 0; i < kSize; ++i) {
      first[i] = v[i];
      moves[i] = 0;
    }
  }
  TACHO_INLINE void Add(const double* v, double seconds) {
    y.Add(v);
    double product[kSize];
    for (size_t i = 0; i < kSize; ++i) {
      product[i] = seconds * v[i];
      moves[i] |= static_cast<uint64_t>(v[i] != first[i]);
    }
    xy.Add(product);
  }
  TACHO_INLINE void Finish(const TimeSums& times, double n, double* out) const {
    const double x = times.x.Value();
    const double variance = times.xx.Value() - x * x / n;
    for (size_t i = 0; i < kSize; ++i) {
      const double sum = y.sum[i] + y.error[i];
      const double covariance = (xy.sum[i] + xy.error[i]) - x * sum / n;
      // Of a constant 0; of an infinite one NaN, which the sum is not: it is asked again.
      const double still = std::isinf(first[i]) ? first[i] : 0;
      out[i] = moves[i] != 0 ? covariance / variance : still;
    }
  }
};

template <size_t kSize>
TACHO_INLINE void SlopesOf(const WindowRows& rows, const TimeSums& times, size_t begin,
                           size_t count, double* out) {
  SlopeState<kSize> state;
  double in[kSize] = {};
  double results[kSize];
  std::copy_n(rows.values[0] + begin, count, in);
  state.Start(in);
  for (size_t row = 0; row < rows.values.size(); ++row) {
    std::copy_n(rows.values[row] + begin, count, in);
    state.Add(in, rows.seconds[row]);
  }
  state.Finish(times, static_cast<double>(rows.values.size()), results);
  std::copy_n(results, count, out);
}

// --- One version per vector unit (see kernels.cc) -------------------------------------------

TACHO_MULTIVERSION
void SumRows(const WindowRows& rows, size_t count, double* out) {
  ComputeAll<SumState>(rows, count, out);
}

TACHO_MULTIVERSION
void AvgRows(const WindowRows& rows, size_t count, double* out) {
  ComputeAll<AvgState>(rows, count, out);
}

TACHO_MULTIVERSION
void MinRows(const WindowRows& rows, size_t count, double* out) {
  ComputeAll<MinState>(rows, count, out);
}

TACHO_MULTIVERSION
void MaxRows(const WindowRows& rows, size_t count, double* out) {
  ComputeAll<MaxState>(rows, count, out);
}

TACHO_MULTIVERSION
void VarianceRows(const WindowRows& rows, size_t count, double* out) {
  ComputeAll<VarianceState>(rows, count, out);
}

TACHO_MULTIVERSION
void DeviationRows(const WindowRows& rows, size_t count, double* out) {
  ComputeAll<DeviationState>(rows, count, out);
}

TACHO_MULTIVERSION
void SlopeRows(const WindowRows& rows, const TimeSums& times, size_t count, double* out) {
  size_t i = 0;
  for (; i + kBlock <= count; i += kBlock) SlopesOf<kBlock>(rows, times, i, kBlock, out + i);
  for (; i + kSingles < count; i += kFew) {
    SlopesOf<kFew>(rows, times, i, std::min(kFew, count - i), out + i);
  }
  for (; i < count; ++i) SlopesOf<1>(rows, times, i, 1, out + i);
}

}  // namespace

bool IsWindowKernel(RowKernel kernel) { return kernel >= RowKernel::kSumOverTime; }

bool IsExact(RowKernel kernel) {
  switch (kernel) {
    case RowKernel::kSumOverTime:
    case RowKernel::kAvgOverTime:
    case RowKernel::kStddevOverTime:
    case RowKernel::kStdvarOverTime:
    case RowKernel::kDeriv:
      return false;
    default:
      return true;
  }
}

uint32_t LeastRows(RowKernel kernel) {
  return IsWindowKernel(kernel) && kernel != RowKernel::kDeriv ? 1 : 2;
}

void ComputeWindow(RowKernel kernel, const WindowRows& rows, size_t count, double* out) {
  switch (kernel) {
    case RowKernel::kSumOverTime:
      return SumRows(rows, count, out);
    case RowKernel::kAvgOverTime:
      return AvgRows(rows, count, out);
    case RowKernel::kMinOverTime:
      return MinRows(rows, count, out);
    case RowKernel::kMaxOverTime:
      return MaxRows(rows, count, out);
    case RowKernel::kStddevOverTime:
      return DeviationRows(rows, count, out);
    case RowKernel::kStdvarOverTime:
      return VarianceRows(rows, count, out);
    case RowKernel::kCountOverTime:
      std::fill_n(out, count, static_cast<double>(rows.values.size()));
      return;
    case RowKernel::kPresentOverTime:
      std::fill_n(out, count, 1.0);
      return;
    case RowKernel::kFirstOverTime:
      std::copy_n(rows.values.front(), count, out);
      return;
    case RowKernel::kLastOverTime:
      std::copy_n(rows.values.back(), count, out);
      return;
    case RowKernel::kDeriv:
      return SlopeRows(rows, SumTimes(rows.seconds), count, out);
    default:
      return;
  }
}

}  // namespace tacho::engine
