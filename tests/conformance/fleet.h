// Fleet: random targets that are written step by step, and the plain list of samples that
// each series then is. It writes rows with gaps, markers, resets and odd values, and
// bodies some of whose series bring timestamps of their own; it fails scrapes, removes and
// revives targets, and adds series as it goes.
#ifndef TACHO_TESTS_CONFORMANCE_FLEET_H_
#define TACHO_TESTS_CONFORMANCE_FLEET_H_

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tacho/database.h"
#include "tests/conformance/reference.h"

namespace tacho::testing {

class Fleet {
 public:
  // Series are named a or b, with a label i; targets have the labels pod and zone.
  explicit Fleet(uint64_t seed);

  // Something happens to each target; some time passes.
  void Step();
  // Neither in the past of all samples nor far after them, give or take.
  int64_t SomeTime();
  int64_t Between(int64_t low, int64_t high);
  bool OneIn(int n) { return Between(1, n) == 1; }

  const Database& db() const { return db_; }
  // By all labels, the name too.
  const std::map<Labels, ReferenceSeries>& model() const { return model_; }

 private:
  enum class Habit : uint8_t { kCounter, kGauge, kOdd };
  struct Series {
    Labels in_body;
    Labels whole;
    Habit habit = Habit::kCounter;
    double value = 0;
    bool own_time = false;  // brings a timestamp in the body
  };
  struct Seat {
    Labels labels;
    std::optional<Target> target;  // none while removed
    std::vector<Series> series;
    bool text = false;  // written by body, not by row
  };

  void AddSeries(Seat& seat);
  void Write(Seat& seat, int64_t ms);
  void WriteRow(Seat& seat, int64_t ms);
  void WriteBody(Seat& seat, int64_t ms);
  void EndAll(const Seat& seat, int64_t ms);
  double Next(Series& series);
  double OddValue();

  std::mt19937_64 random_;
  Database db_;
  std::vector<Seat> seats_;
  std::map<Labels, ReferenceSeries> model_;
  int64_t now_ms_ = 100'000;  // timestamps in a body are not negative
};

}  // namespace tacho::testing

#endif  // TACHO_TESTS_CONFORMANCE_FLEET_H_
