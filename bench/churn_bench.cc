// Pods come and go: 1 % of them are replaced at every scrape. What a query costs right
// after, beside the same fleet at rest, and whether memory stays flat.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "bench/fleet.h"
#include "benchmark/benchmark.h"
#include "tacho/database.h"

namespace tacho::bench {
namespace {

using Clock = std::chrono::steady_clock;

class ChurnedFleet {
 public:
  ChurnedFleet(uint32_t targets, uint32_t positions)
      : fleet_(ReplicaFleet(targets, positions)),
        query_(
            *fleet_.database().Prepare("sum(rate(http_requests_total[2m])) by (namespace,pod)")) {
    Evaluate();
  }

  // One scrape of all, `replaced` of them new; the seconds that the first query takes.
  double Round(uint32_t replaced) {
    fleet_.Replace(replaced);
    fleet_.Scrape();
    return Evaluate();
  }
  double Evaluate() {
    const auto begin = Clock::now();
    const auto result = query_.Evaluate(fleet_.now());
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    groups_ = static_cast<double>(result->samples().size());
    return seconds;
  }
  [[nodiscard]] double bytes() { return static_cast<double>(fleet_.database().Stats().bytes); }
  [[nodiscard]] double groups() const { return groups_; }

 private:
  Fleet fleet_;
  Query query_;
  double groups_ = 0;
};

double Median(std::vector<double> times) {
  std::ranges::sort(times);
  return times[times.size() / 2];
}

// Iterations are scrapes; the time is that of the first query after each.
void BM_PodChurn(benchmark::State& state) {
  const auto targets = static_cast<uint32_t>(state.range(0));
  ChurnedFleet fleet(targets, static_cast<uint32_t>(state.range(1)));
  std::vector<double> quiet;
  for (int i = 0; i < 20; ++i) quiet.push_back(fleet.Round(0));
  const uint32_t replaced = std::max<uint32_t>(1, targets / 100);
  // A retention later, as many targets go as come.
  for (int i = 0; i < 50; ++i) fleet.Round(replaced);
  const double bytes_before = fleet.bytes();
  std::vector<double> churned;
  for (auto _ : state) {
    churned.push_back(fleet.Round(replaced));
    state.SetIterationTime(churned.back());
  }
  const double quiet_median = Median(quiet);
  state.counters["quiet_us"] = quiet_median * 1e6;
  state.counters["median_ratio_to_quiet"] = Median(churned) / quiet_median;
  state.counters["worst_ratio_to_quiet"] = *std::ranges::max_element(churned) / quiet_median;
  state.counters["memory_growth"] = fleet.bytes() / bytes_before;
  state.counters["checksum"] = fleet.groups();
}

BENCHMARK(BM_PodChurn)
    ->ArgNames({"targets", "positions"})
    ->Args({100, 10})
    ->Iterations(20)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_PodChurn)
    ->ArgNames({"targets", "positions"})
    ->Args({1000, 100})
    ->Iterations(240)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tacho::bench
