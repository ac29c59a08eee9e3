// Queries over fleets, beside the limit that bounds them.
//
// Each benchmark names its limit, shows its ratio to it (measured in the same process,
// in turns with it) and prints a checksum of the answer.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/fleet.h"
#include "bench/limit.h"
#include "benchmark/benchmark.h"
#include "tacho/database.h"

namespace tacho::bench {
namespace {

using Clock = std::chrono::steady_clock;

// In turns, so that both meet the same machine; not one by one, so that neither runs in
// the other's cold cache.
constexpr int kTurn = 10;

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

double Median(std::vector<double> times) {
  if (times.empty()) return 0;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

double Checksum(const QueryResult& result) {
  double sum = 0;
  for (const ResultSample& sample : result.samples()) sum += sample.value;
  return sum;
}

// Times the query against the limit.
class Comparison {
 public:
  explicit Comparison(size_t limit_series) : limit_(limit_series) {}

  void Run(benchmark::State& state, const Query& query, Timestamp now) {
    double checksum = 0;
    size_t groups = 0;
    int turn = 0;
    for (auto _ : state) {
      if (turn++ % kTurn == 0) TimeLimit();
      const auto begin = Clock::now();
      const auto result = query.Evaluate(now);
      const double seconds = Seconds(begin);
      query_times_.push_back(seconds);
      state.SetIterationTime(seconds);
      checksum = Checksum(*result);
      groups = result->samples().size();
    }
    state.counters["checksum"] = checksum;
    state.counters["groups"] = static_cast<double>(groups);
    state.counters["limit_us"] = Median(limit_times_) * 1e6;
    state.counters["ratio_to_limit"] = Median(query_times_) / Median(limit_times_);
  }

 private:
  void TimeLimit() {
    for (int i = 0; i < kTurn; ++i) {
      const auto begin = Clock::now();
      benchmark::DoNotOptimize(limit_.Run());
      limit_times_.push_back(Seconds(begin));
    }
  }

  RowDifference limit_;
  std::vector<double> limit_times_;
  std::vector<double> query_times_;
};

void BM_LimitRowDifference(benchmark::State& state) {
  const auto series = static_cast<size_t>(state.range(0) * state.range(1));
  const RowDifference limit(series);
  double sum = 0;
  for (auto _ : state) benchmark::DoNotOptimize(sum = limit.Run());
  state.counters["checksum"] = sum;
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * series * 16));
}

void BM_PreparedSumRate(benchmark::State& state) {
  const auto targets = static_cast<uint32_t>(state.range(0));
  const auto positions = static_cast<uint32_t>(state.range(1));
  Fleet fleet = ReplicaFleet(targets, positions);
  const auto query =
      fleet.database().Prepare("sum(rate(http_requests_total[2m])) by (namespace,pod)");
  Comparison(size_t{targets} * positions).Run(state, *query, fleet.now());
}

void BM_PreparedSumRateUnshared(benchmark::State& state) {
  const auto nodes = static_cast<uint32_t>(state.range(0));
  const auto positions = static_cast<uint32_t>(state.range(1));
  Fleet fleet = CadvisorFleet(nodes, positions);
  const auto query = fleet.database().Prepare(
      "sum(rate(container_cpu_usage_seconds_total{container!=\"POD\"}[2m])) by (namespace,pod)");
  const auto first = query->Evaluate(fleet.now());
  state.counters["bytes_per_series"] = static_cast<double>(fleet.database().Stats().bytes) /
                                       static_cast<double>(fleet.database().Stats().series);
  Comparison(first->evidence().series).Run(state, *query, fleet.now());
}

// One namespace of 20, its pods by regex: what the adapter asks for one list of pods.
void BM_AdHocAdapterQuery(benchmark::State& state) {
  const auto targets = static_cast<uint32_t>(state.range(0));
  Fleet fleet = ReplicaFleet(targets, static_cast<uint32_t>(state.range(1)), 10);
  std::string pods;
  for (uint32_t pod = 3; pod < targets; pod += 20) {
    pods += (pods.empty() ? "web-5d4f8c7b9d-" : "|web-5d4f8c7b9d-") + std::to_string(pod);
  }
  const std::string text =
      "sum(rate(http_requests_total{namespace=\"ns-3\",pod=~\"" + pods + "\"}[2m])) by (pod)";
  double checksum = 0;
  for (auto _ : state) {
    const auto result = fleet.database().Ask(text, fleet.now());
    benchmark::DoNotOptimize(checksum = Checksum(*result));
  }
  state.counters["checksum"] = checksum;
  state.counters["pods"] = static_cast<double>(targets / 20);
}

BENCHMARK(BM_LimitRowDifference)
    ->ArgNames({"targets", "positions"})
    ->Args({1000, 100})
    ->Args({1000, 1000})
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_PreparedSumRate)
    ->ArgNames({"targets", "positions"})
    ->Args({10, 100})
    ->Args({1000, 100})
    ->Args({1000, 1000})
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_PreparedSumRateUnshared)
    ->ArgNames({"targets", "positions"})
    ->Args({4, 1000})
    ->Args({200, 5000})
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(BM_AdHocAdapterQuery)
    ->ArgNames({"targets", "positions"})
    ->Args({100, 10})
    ->Args({1000, 100})
    ->Args({1000, 1000})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tacho::bench
