// History: everything a reader may know of one target at one instant: its shape
// and its rows. Immutable; the writer publishes a new one with every row, so a
// reader sees all of a scrape or none of it.
//
// Order       entries() by time, oldest first, strictly increasing.
// Ownership   The target owns histories and rows, and frees them when no ReadGuard
//             that could see them is left. A History keeps its shape.
// Threads     Immutable.
//
// I1  Every entry has a row; its size is at most shape().size(), and sizes never
//     shrink from one entry to the next.
// I2  gaps and resets of an entry count the marks in its row and in all rows before it
//     that this history's target had in its layout: differences are exact.
// I3  If ended_ms of an entry is not kNotEnded, all series of its row ended then:
//     a staleness marker for each, kept as one number.
// I4  The rows of entries from whole_from() on have all positions of the shape.
//
// What decides whether a window is plain is kept with the entries and not asked of the
// rows: each row is another line of memory, and a query looks at thousands of them.
#ifndef TACHO_STORAGE_HISTORY_H_
#define TACHO_STORAGE_HISTORY_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/row.h"
#include "storage/shape.h"

namespace tacho::storage {

inline constexpr int64_t kNotEnded = INT64_MAX;

struct Entry {
  int64_t time_ms = 0;
  const Row* row = nullptr;
  int64_t ended_ms = kNotEnded;  // time_ms < ended_ms, and < the next entry's time_ms
  uint32_t gaps = 0;             // modulo 2^32
  uint32_t resets = 0;           // modulo 2^32
};

// A half-open index range of entries.
struct EntryRange {
  uint32_t begin = 0;
  uint32_t end = 0;
  [[nodiscard]] uint32_t size() const { return end - begin; }
};

class History;
struct HistoryDeleter {
  void operator()(const History* history) const;
};
using HistoryPtr = std::unique_ptr<const History, HistoryDeleter>;

// The entries follow the header in the same allocation.
class History {
 public:
  static HistoryPtr Create(std::shared_ptr<const Shape> shape, std::span<const Entry> entries);
  // The same, of entries the first `kept` of which are the last ones of `before`: looks at
  // no row again that is in both.
  static HistoryPtr After(const History& before, std::shared_ptr<const Shape> shape,
                          std::span<const Entry> entries, size_t kept);

  [[nodiscard]] const Shape& shape() const { return *shape_; }
  [[nodiscard]] const std::shared_ptr<const Shape>& shared_shape() const { return shape_; }
  [[nodiscard]] std::span<const Entry> entries() const {
    return {reinterpret_cast<const Entry*>(this + 1), count_};
  }
  // Whether any row is timed(): then a sample's time is Row::TimeOf, and a window of
  // samples is no window of rows.
  [[nodiscard]] bool timed() const { return timed_; }
  // I4; an index of entries, or their number if the newest row lacks positions.
  [[nodiscard]] uint32_t whole_from() const { return whole_from_; }

  // The entries with after_ms < time_ms <= until_ms.
  [[nodiscard]] EntryRange Window(int64_t after_ms, int64_t until_ms) const;

  // Whether the rows of the (not empty) range hold no gap, and none but the first a
  // reset: then, for every position below the first row's size, the samples of the
  // series in this window are its values in these rows, and they never fall.
  [[nodiscard]] bool Plain(EntryRange range) const;

  [[nodiscard]] size_t bytes() const { return sizeof(*this) + count_ * sizeof(Entry); }

 private:
  friend struct HistoryDeleter;
  static HistoryPtr Make(std::shared_ptr<const Shape> shape, std::span<const Entry> entries,
                         uint32_t whole_from, bool timed);
  History(std::shared_ptr<const Shape> shape, uint32_t count, uint32_t whole_from, bool timed)
      : shape_(std::move(shape)), count_(count), whole_from_(whole_from), timed_(timed) {}
  ~History() = default;

  const std::shared_ptr<const Shape> shape_;
  const uint32_t count_;
  const uint32_t whole_from_;
  const bool timed_;
};

// --- One series, sample by sample: the plain way, right for every history ---------

struct SamplePoint {
  int64_t time_ms;
  double value;
};

// The samples of one position with after_ms < time <= until_ms, oldest first, without
// holes and staleness markers (which a range selector never sees), into *out.
void ReadSamples(const History& history, uint32_t position, int64_t after_ms, int64_t until_ms,
                 std::vector<SamplePoint>* out);

// What an instant selector sees at ref_ms: the newest sample with
// ref_ms - lookback_ms < time <= ref_ms, unless the series had ended by then.
// False if there is none.
bool ReadLatest(const History& history, uint32_t position, int64_t ref_ms, int64_t lookback_ms,
                SamplePoint* out);

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_HISTORY_H_
