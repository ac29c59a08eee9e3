// Typical expressions over a fleet, ad hoc: parsed, planned and evaluated each time. Range
// expressions go over ten minutes in steps of 15 s.
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "bench/bodies.h"
#include "bench/fleet.h"
#include "benchmark/benchmark.h"
#include "tacho/database.h"

namespace tacho::bench {
namespace {

struct Expression {
  bool range;
  std::string text;
};

std::vector<Expression> ReadExpressions() {
  std::ifstream file(TACHO_BENCH_EXPRESSIONS);
  std::vector<Expression> all;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const size_t space = line.find(' ');
    all.push_back({line.substr(0, space) == "range", line.substr(space + 1)});
  }
  if (all.empty()) {
    std::cerr << "no expressions in " TACHO_BENCH_EXPRESSIONS "\n";
    std::exit(1);
  }
  return all;
}

const std::vector<Expression>& Expressions() {
  static const auto* const kAll = new std::vector<Expression>(ReadExpressions());
  return *kAll;
}

// Made once per size: the expressions share it.
Fleet& SharedFleet(uint32_t targets) {
  static auto* const fleets = new std::map<uint32_t, Fleet>;
  return fleets->try_emplace(targets, ApplicationFleet(targets, 96)).first->second;
}

double Checksum(const QueryResult& result) {
  double sum = 1;
  for (const ResultSample& sample : result.samples()) sum += std::fabs(sample.value);
  for (const ResultSeries& series : result.series()) sum += std::fabs(series.points()[0].value);
  return sum;
}

size_t Size(const QueryResult& result) { return result.samples().size() + result.series().size(); }

void BM_Expression(benchmark::State& state) {
  const Expression& expression = Expressions()[static_cast<size_t>(state.range(0))];
  Fleet& fleet = SharedFleet(static_cast<uint32_t>(state.range(1)));
  const TimeRange range{fleet.now() - absl::Minutes(8), fleet.now(), absl::Seconds(15)};
  size_t size = 0;
  double checksum = 0;
  for (auto _ : state) {
    const auto query = fleet.database().Prepare(expression.text);
    const auto result =
        expression.range ? query->EvaluateRange(range) : query->Evaluate(fleet.now());
    if (!result.ok()) return state.SkipWithError(result.status().ToString().c_str());
    size = Size(*result);
    checksum = Checksum(*result);
  }
  state.counters["checksum"] = checksum;
  state.counters["results"] = static_cast<double>(size);
  state.SetLabel((expression.range ? "range " : "") + expression.text);
}

// Of 1,000 targets, and of a few as a smoke test.
BENCHMARK(BM_Expression)
    ->ArgNames({"expression", "targets"})
    ->Apply([](benchmark::internal::Benchmark* b) {
      for (size_t i = 0; i < Expressions().size(); ++i) {
        for (const int64_t targets : {20, 1000}) b->Args({static_cast<int64_t>(i), targets});
      }
    })
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tacho::bench
