// CompensatedSum: addition that carries its rounding error along.
//
// Source      A. Neumaier, 1974; the guards are those of Prometheus 3.x, so that sums
//             that overflow come out as there (docs/promql.md, "Neumaier increment").
#ifndef TACHO_ENGINE_COMPENSATED_H_
#define TACHO_ENGINE_COMPENSATED_H_

#include <cmath>

namespace tacho::engine {

struct CompensatedSum {
  double sum = 0;
  double error = 0;

  void Add(double x) {
    const double total = sum + x;
    if (std::isinf(total)) {
      error = 0;
    } else if (std::fabs(sum) >= std::fabs(x)) {
      error += (sum - total) + x;
    } else {
      error += (x - total) + sum;
    }
    sum = total;
  }

  // The same for sums that stay finite, without a branch: by Knuth's TwoSum, whose
  // error term is the same number. Where a sum is not finite at the end, it must be
  // redone with Add.
  void AddFast(double x) {
    const double total = sum + x;
    const double added = total - sum;
    error += (sum - (total - added)) + (x - added);
    sum = total;
  }

  [[nodiscard]] double Value() const { return sum + error; }
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_COMPENSATED_H_
