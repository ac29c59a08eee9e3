// StoreDriver: does the same random operations to a store and to the naive model, and
// says where they differ. What is random is asked of a Choices: a seeded generator in the
// property test, the input's bytes in the fuzzer.
#ifndef TACHO_TESTS_STORAGE_MODEL_DRIVER_H_
#define TACHO_TESTS_STORAGE_MODEL_DRIVER_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/store.h"
#include "tests/storage/model.h"

namespace tacho::testing {

class Choices {
 public:
  virtual ~Choices() = default;
  // A number below n; n > 0.
  virtual uint32_t Below(uint32_t n) = 0;
};

// What a history promises whatever it was made from (storage/history.h, I1 and I2; the
// lists of marks); empty if it holds, else what does not.
std::string CheckHistory(const storage::History& history);

class StoreDriver {
 public:
  explicit StoreDriver(Choices& choices);

  // Each answers with an empty string, or with what differs.
  std::string Step();
  std::string Compare();
  // Takes everything away and looks whether anything is left.
  std::string Finish();

  // How many rows made their target's positions be renumbered.
  [[nodiscard]] int compactions() const { return compactions_; }

 private:
  static constexpr size_t kTargets = 3;
  static constexpr size_t kLoneSeries = 2;
  // A model is there as long as the store should know the target; the ref may be older.
  struct Seat {
    storage::TargetRef ref;
    std::optional<ModelTarget> model;
    uint32_t first_series = 0;  // series come and go as this moves on
    bool timed = false;         // some of its samples bring timestamps
  };
  struct BodySample {
    uint32_t series = 0;
    double value = 0;
    std::optional<int64_t> own_time;
  };

  std::string AddTarget(Seat& seat, size_t number);
  std::string WriteRow(Seat& seat);
  std::string AppendAlone(size_t number);
  std::string MarkStale(Seat& seat);
  void Remove(Seat& seat);
  void Advance();

  std::vector<BodySample> RandomBody(Seat& seat, int64_t time_ms);
  double RandomValue();
  int64_t RandomTime();
  std::string CompareReport(const ModelReport& expected,
                            const absl::StatusOr<IngestReport>& got) const;
  std::string CompareTarget(const Seat& seat);
  std::string CompareSeries(const ModelTarget& model, const std::string& series,
                            const storage::History& history, std::optional<uint32_t> position);
  std::string CompareTotals() const;

  Choices& choices_;
  const ModelLimits limits_{.retention_ms = 1000, .max_ahead_ms = 300};
  storage::Store store_;
  const uint64_t bytes_at_first_;
  std::array<Seat, kTargets> seats_;
  std::array<Seat, kLoneSeries> lone_;
  int64_t time_ms_ = 0;
  std::optional<int64_t> clock_ms_;
  int compactions_ = 0;
};

}  // namespace tacho::testing

#endif  // TACHO_TESTS_STORAGE_MODEL_DRIVER_H_
