// Row: one scrape of one target. One timestamp, one double per position.
//
// Units       Unix milliseconds; values are raw doubles and may be the staleness
//             marker (tacho/sample.h) or a hole.
// Order       Rows of a target have strictly increasing times. gaps and resets are
//             ascending.
// Ownership   Immutable once published; freed when no reader can see it.
// Threads     Built by the target's one writer, read by anyone.
// Cost        8 bytes per position, plus 4 per reset or gap, plus 8 per position in
//             the rare row whose samples bring their own timestamps.
//
// Why resets are listed and not summed: rate must equal the plain kernel bit for
// bit. A running correction with expired resets subtracted is not that: in doubles
// (c + x) - x need not be c, and the answer would depend on history.
#ifndef TACHO_STORAGE_ROW_H_
#define TACHO_STORAGE_ROW_H_

#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/row_arena.h"
#include "tacho/sample.h"

namespace tacho::storage {

// A position without a sample in this row: the series is not there yet, has ended
// in an earlier row, or brought nothing new. A NaN that no input can produce; as with
// the staleness marker, compare bits only.
inline constexpr uint64_t kHoleBits = 0x7ff0000000000003;
inline double Hole() { return std::bit_cast<double>(kHoleBits); }
inline bool IsHole(double v) { return std::bit_cast<uint64_t>(v) == kHoleBits; }
inline bool IsGap(double v) { return IsHole(v) || IsStaleMarker(v); }

inline bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

inline constexpr int64_t kNoTime = INT64_MIN;

// The times that rows and samples may have: so far inside int64 that the difference of
// two, or the sum of one and a window, is exact.
inline constexpr int64_t kMinTime = -(int64_t{1} << 61);
inline constexpr int64_t kMaxTime = int64_t{1} << 61;

class Row;
struct RowDeleter {
  void operator()(Row* row) const;
};
using RowPtr = std::unique_ptr<Row, RowDeleter>;

// The rare parts of a row.
struct RowMarks {
  std::vector<uint32_t> gaps;      // positions that hold a hole or a staleness marker
  std::vector<uint32_t> resets;    // positions whose value is below their series' previous one
  std::vector<int64_t> own_times;  // by position, kNoTime: the row's; empty if none has its own
};

// The values follow the header in the same allocation: a kernel that reads two rows
// of each of a thousand targets must not chase a pointer more.
class Row {
 public:
  // In the arena's memory, which outlives it, or, with a null one, in its own.
  static RowPtr Create(int64_t time_ms, std::span<const double> values, RowMarks marks,
                       RowArena* arena = nullptr);

  [[nodiscard]] int64_t time_ms() const { return time_ms_; }
  [[nodiscard]] uint32_t size() const { return size_; }
  [[nodiscard]] const double* values() const { return reinterpret_cast<const double*>(this + 1); }
  [[nodiscard]] double operator[](uint32_t position) const { return values()[position]; }

  [[nodiscard]] uint32_t gap_count() const { return gap_count_; }
  [[nodiscard]] uint32_t reset_count() const { return reset_count_; }
  [[nodiscard]] std::span<const uint32_t> gaps() const;
  [[nodiscard]] std::span<const uint32_t> resets() const;

  // Whether some samples bring their own timestamps.
  [[nodiscard]] bool timed() const { return timed_ != 0; }
  [[nodiscard]] bool HasOwnTime(uint32_t position) const;
  // When the sample at this position was taken.
  [[nodiscard]] int64_t TimeOf(uint32_t position) const;

  [[nodiscard]] size_t bytes() const;

 private:
  friend struct RowDeleter;
  Row(int64_t time_ms, uint32_t size, std::unique_ptr<const RowMarks> marks, uint32_t distance);
  [[nodiscard]] size_t SizeInMemory() const { return sizeof(Row) + size_t{size_} * sizeof(double); }
  ~Row() = default;

  const int64_t time_ms_;
  const uint32_t size_;
  const uint32_t gap_count_;
  const uint32_t reset_count_;
  const uint32_t timed_ : 1;
  const uint32_t distance_ : 31;                 // RowArena::Place; 0: memory of its own
  const std::unique_ptr<const RowMarks> marks_;  // null if there are none
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_ROW_H_
