// A naive store: every series is a list of what happened to it. It is slow, knows
// nothing of shapes, rows in memory or positions, and is what the real store is held to.
//
// An event is a sample or a staleness marker. It belongs to the row that brought it, and
// is forgotten with that row.
#ifndef TACHO_TESTS_STORAGE_MODEL_H_
#define TACHO_TESTS_STORAGE_MODEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "storage/history.h"
#include "tacho/database.h"

namespace tacho::testing {

struct ModelSample {
  std::string series;
  double value = 0;
  std::optional<int64_t> own_time;
};

struct ModelReport {
  Refusal row = Refusal::kNone;  // why all of it was refused
  uint32_t stored = 0;
  uint32_t ended = 0;
  uint32_t refused = 0;
  Refusal first_refusal = Refusal::kNone;
};

struct ModelLimits {
  int64_t retention_ms = 0;
  int64_t max_ahead_ms = 0;
};

class ModelTarget {
 public:
  explicit ModelTarget(const ModelLimits& limits) : limits_(limits) {}

  ModelReport Row(int64_t time_ms, bool mark_missing, std::span<const ModelSample> samples,
                  std::optional<int64_t> clock_ms);
  Refusal MarkStale(int64_t time_ms, std::optional<int64_t> clock_ms);
  void Remove(int64_t time_ms, std::optional<int64_t> clock_ms);
  void Revive() { removed_ = false; }
  void Expire(int64_t horizon_ms);

  [[nodiscard]] bool removed() const { return removed_; }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] size_t rows() const { return rows_.size(); }
  [[nodiscard]] std::vector<std::string> series() const;

  [[nodiscard]] std::vector<storage::SamplePoint> Samples(const std::string& series,
                                                          int64_t after_ms,
                                                          int64_t until_ms) const;
  [[nodiscard]] std::optional<storage::SamplePoint> Latest(const std::string& series,
                                                           int64_t ref_ms,
                                                           int64_t lookback_ms) const;

 private:
  struct Event {
    int64_t row_ms;
    int64_t time_ms;
    std::optional<double> value;  // none: a staleness marker
    bool own_time = false;
  };
  using Events = std::vector<Event>;

  [[nodiscard]] Refusal CheckTime(int64_t time_ms, std::optional<int64_t> clock_ms) const;
  void EndAll(int64_t time_ms);
  // Appends one sample; what refuses it, or kNone (then *stored says whether it is new).
  Refusal Append(int64_t row_ms, const ModelSample& sample, bool* stored);

  ModelLimits limits_;
  std::map<std::string, Events> series_;
  std::vector<int64_t> rows_;
  std::set<std::string> live_;  // of the newest row
  std::optional<int64_t> ended_;  // after the newest row
  bool removed_ = false;
};

}  // namespace tacho::testing

#endif  // TACHO_TESTS_STORAGE_MODEL_H_
