#include "bench/limit.h"

#include <cstring>

#include "engine/multiversion.h"

namespace tacho::bench {
namespace {

constexpr size_t kLanes = 16;
using Lanes = double __attribute__((vector_size(kLanes * sizeof(double))));

TACHO_MULTIVERSION
double SumOfDifferences(const double* first, const double* last, size_t count) {
  Lanes sums = {};
  Lanes a;
  Lanes b;
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    std::memcpy(&a, first + i, sizeof(a));
    std::memcpy(&b, last + i, sizeof(b));
    sums += b - a;
  }
  double sum = 0;
  for (; i < count; ++i) sum += last[i] - first[i];
  for (size_t lane = 0; lane < kLanes; ++lane) sum += sums[lane];
  return sum;
}

}  // namespace

RowDifference::RowDifference(size_t series) : first_(series), last_(series) {
  for (size_t i = 0; i < series; ++i) {
    first_[i] = 100'000 + static_cast<double>(i % 5'000);
    last_[i] = first_[i] + 7 * static_cast<double>(1 + i % 7);
  }
}

double RowDifference::Run() const {
  return SumOfDifferences(first_.data(), last_.data(), first_.size());
}

}  // namespace tacho::bench
