// Typical expressions over a fleet. Ad hoc: parsed, planned, bound to the targets and
// evaluated each time; prepared: evaluated only, as a rule or a dashboard's query that is
// asked again. Range expressions go over eight minutes in steps of 15 s.
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

absl::StatusOr<QueryResult> Ask(const Query& query, const Fleet& fleet, bool range) {
  if (!range) return query.Evaluate(fleet.now());
  return query.EvaluateRange({fleet.now() - absl::Minutes(8), fleet.now(), absl::Seconds(15)});
}

void Measure(benchmark::State& state, bool prepared) {
  const Expression& expression = Expressions()[static_cast<size_t>(state.range(0))];
  Fleet& fleet = SharedFleet(static_cast<uint32_t>(state.range(1)));
  size_t size = 0;
  double checksum = 0;
  absl::StatusOr<Query> query = fleet.database().Prepare(expression.text);
  for (auto _ : state) {
    if (!prepared) query = fleet.database().Prepare(expression.text);
    const absl::StatusOr<QueryResult> result = Ask(*query, fleet, expression.range);
    if (!result.ok()) return state.SkipWithError(result.status().ToString().c_str());
    size = Size(*result);
    checksum = Checksum(*result);
  }
  state.counters["checksum"] = checksum;
  state.counters["results"] = static_cast<double>(size);
  state.SetLabel((expression.range ? "range " : "") + expression.text);
}

void BM_Expression(benchmark::State& state) { Measure(state, /*prepared=*/false); }
void BM_PreparedExpression(benchmark::State& state) { Measure(state, /*prepared=*/true); }

// Of 1,000 targets, and of a few as a smoke test.
void OfAllExpressions(benchmark::internal::Benchmark* b) {
  for (size_t i = 0; i < Expressions().size(); ++i) {
    for (const int64_t targets : {20, 1000}) b->Args({static_cast<int64_t>(i), targets});
  }
  b->ArgNames({"expression", "targets"})->Unit(benchmark::kMicrosecond);
}
BENCHMARK(BM_Expression)->Apply(OfAllExpressions);
BENCHMARK(BM_PreparedExpression)->Apply(OfAllExpressions);

}  // namespace
}  // namespace tacho::bench
