// The limit: what reading two rows of every target costs at least. The loop that a rate
// cannot do without, over contiguous memory, and nothing else.
#ifndef TACHO_BENCH_LIMIT_H_
#define TACHO_BENCH_LIMIT_H_

#include <cstddef>
#include <vector>

namespace tacho::bench {

class RowDifference {
 public:
  explicit RowDifference(size_t series);
  // The sum of all differences; a plain vectorised sum, one pass.
  [[nodiscard]] double Run() const;

 private:
  std::vector<double> first_;
  std::vector<double> last_;
};

}  // namespace tacho::bench

#endif  // TACHO_BENCH_LIMIT_H_
