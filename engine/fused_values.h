// DenseValues: the values of all bound positions of one target at one instant, computed
// at once: plain positions by a kernel over rows, the others one by one.
//
// Plain are positions whose samples in the window are exactly the window's rows, without
// gap or (for counters) reset. Not plain are the marked ones (row_marks.h), those born
// inside the window, and all of a target whose samples bring their own timestamps.
//
// Order       By dense index (bind_shape.h). Entries that no group owns are garbage.
// Threads     One thread; reuses its buffers.
// Cost        Plain: bound by memory. Else about 0.2 us a position. All instants of a target
//             are best asked for together and in order of time.
#ifndef TACHO_ENGINE_FUSED_VALUES_H_
#define TACHO_ENGINE_FUSED_VALUES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/bind.h"
#include "engine/functions.h"
#include "engine/kernels.h"
#include "engine/series_reader.h"

namespace tacho::engine {

class DenseValues {
 public:
  explicit DenseValues(const RangeFunction& function);

  // Ask the memory for what will be looked at after Turn: first where rows and groups are
  // named, then the rows.
  void AskForEntries(const BoundTarget& target) const;
  void AskForRows(const BoundTarget& target) const;

  // Turns to a target, whose history is loaded.
  void Turn(BoundTarget* target);

  // Finds the rows that decide at an instant of the target, and whether they do. False if no
  // position can have a value. `times` must outlive what is asked next.
  bool Locate(const SelectorTimes& times);

  // How many samples of each position are looked at; about, where it is not rows that decide.
  [[nodiscard]] uint32_t rows_read() const {
    if (whole_window_ && first_ != nullptr) return rows_.size();
    return function_.kernel == RowKernel::kLatest ? 1 : 2;
  }

  // The sum of all values of the located target, without computing them one by one, if
  // they are uniform and of a kind that allows it, and no run carries strangers along.
  [[nodiscard]] std::optional<CompensatedSum> SumAll() const;

  // Computes the values of the located target.
  void Compute();

  // By dense index. Absent ones are holes.
  [[nodiscard]] const double* values() const { return values_; }
  // Whether all are present and rest on the same times: oldest() and newest().
  [[nodiscard]] bool uniform() const { return uniform_; }
  [[nodiscard]] Timestamp oldest() const { return Timestamp::FromUnixMillis(oldest_ms_); }
  [[nodiscard]] Timestamp newest() const { return Timestamp::FromUnixMillis(newest_ms_); }
  // Where not uniform: of one dense index.
  [[nodiscard]] SeriesPoint At(uint32_t dense) const {
    return {values_[dense], times_of_[dense].oldest_ms, times_of_[dense].newest_ms};
  }
  [[nodiscard]] bool Has(uint32_t dense) const { return !storage::IsHole(values_[dense]); }

 private:
  struct Times {
    int64_t oldest_ms;
    int64_t newest_ms;
  };

  // Where the target's first window is, if it moved as the last target's did.
  [[nodiscard]] storage::EntryRange Expected(const BoundTarget& target) const;
  // After the window's end has moved there from `before`: asks the memory for the rows of the
  // next instants.
  void Foresee(uint32_t before);
  // The rows that decide: the window's, or the newest one for an instant selector.
  [[nodiscard]] storage::EntryRange Rows();
  [[nodiscard]] storage::EntryRange LatestRow();
  [[nodiscard]] storage::EntryRange WindowRows();
  // The index after the newest entry that is not younger.
  [[nodiscard]] uint32_t EndAt(int64_t until_ms);
  [[nodiscard]] bool IsStretched() const;  // rate, increase, delta

  void ComputeRuns();
  void ComputeRun(uint32_t begin, size_t count, double* out);
  void ComputeWindowRun(uint32_t begin, size_t count, double* out);

  // Reads marked_, and all positions from born_ on, one by one.
  void Patch();
  void PatchOne(uint32_t position);
  // Reads the positions of the run one by one whose value a kernel may not decide.
  void RedoInfinite(uint32_t begin, size_t count, double* out);

  const RangeFunction function_;
  const bool resets_matter_;
  const bool whole_window_;  // a kernel of all rows of the window
  const uint32_t least_rows_;
  SeriesReader reader_;
  uint32_t rows_hint_ = 0;  // rows in the previous window
  int64_t moved_ = 0;       // rows that a target's first window moved since it was looked at
  int64_t pace_ = 0;        // rows that a window moves from one instant to the next

  // The target.
  BoundTarget* target_ = nullptr;
  const storage::History* history_ = nullptr;
  const BoundShape* shape_ = nullptr;
  bool by_rows_ = false;   // rows, not single samples, decide
  bool first_time_ = true;  // no instant of it has been located
  uint32_t end_ = 0;       // of the window: the index after its newest entry

  // The located instant.
  const SelectorTimes* times_ = nullptr;
  storage::EntryRange rows_;
  const storage::Row* first_ = nullptr;  // null: no row decides anything
  const storage::Row* last_ = nullptr;
  uint32_t born_ = 0;  // positions from here on have fewer samples, or other times
  bool uniform_ = true;
  int64_t oldest_ms_ = 0;
  int64_t newest_ms_ = 0;
  Extrapolation extrapolation_;
  std::vector<uint32_t> marked_;
  std::vector<const double*> row_values_;  // for a window kernel
  std::vector<double> row_seconds_;

  const double* values_ = nullptr;  // buffer_, or a row itself
  std::vector<double> buffer_;
  std::vector<Times> times_of_;  // by dense index, if not uniform
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_FUSED_VALUES_H_
