// RandomStore: a small database to which everything happens that can: pods come
// and go and come back, bodies gain and lose series, counters restart, scrapes
// fail, values are absurd, bodies bring labels that their target has too, and
// timestamps of their own.
//
// Order       Equal seeds give equal stores.
#ifndef TACHO_TESTS_ENGINE_RANDOM_STORE_H_
#define TACHO_TESTS_ENGINE_RANDOM_STORE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tacho/database.h"

namespace tacho::testing {

class RandomStore {
 public:
  explicit RandomStore(uint64_t seed);

  // One thing happens to one pod; time goes on by up to four seconds.
  void Step();

  [[nodiscard]] Database& database() { return database_; }
  [[nodiscard]] Timestamp now() const { return Timestamp::FromUnixMillis(now_ms_); }

  int64_t Between(int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(random_);
  }
  template <typename T>
  const T& OneOf(const std::vector<T>& all) {
    return all[static_cast<size_t>(Between(0, static_cast<int64_t>(all.size()) - 1))];
  }

  // A selector of the metric `requests` or `depth`, with random matchers,
  // without braces.
  std::string RandomMatchers();
  // " by (...)", " without (...)" or nothing.
  std::string RandomGrouping();

 private:
  struct Pod {
    Labels labels;
    TargetOptions options;
    std::optional<Target> target;            // none while it is gone
    std::map<std::string, double> counters;  // by their line up to the value
  };

  void AddPod();
  void Scrape(Pod& pod);
  std::string NewLine();
  double NextValue(const std::string& line, double value);

  std::mt19937_64 random_;
  Database database_;
  std::vector<Pod> pods_;
  int64_t now_ms_ = 1'700'000'000'000;
};

}  // namespace tacho::testing

#endif  // TACHO_TESTS_ENGINE_RANDOM_STORE_H_
