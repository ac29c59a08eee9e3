// Ingest: samples per second of a body that is known, and of one that is not. Items are
// samples.
#include <cstdint>
#include <string>
#include <vector>

#include "bench/bodies.h"
#include "bench/fleet.h"
#include "benchmark/benchmark.h"
#include "tacho/database.h"

namespace tacho::bench {
namespace {

Timestamp At(int64_t step) {
  return Timestamp::FromUnixMillis(1'700'000'000'000 + step * kScrapeMs);
}

// One target, scraped again and again. Limit: the text at memory speed.
void BM_IngestSteady(benchmark::State& state) {
  std::vector<std::string> bodies;
  for (uint32_t step = 0; step < 16; ++step) {
    bodies.push_back(ApplicationBody(static_cast<uint32_t>(state.range(0)), step));
  }
  Database database;
  Target target = *database.AddTarget({{"pod", "web-0"}, {"job", "web"}});
  int64_t step = 0;
  int64_t samples = 0;
  int64_t bytes = 0;
  uint64_t replayed = 0;
  for (auto _ : state) {
    const std::string& body = bodies[static_cast<size_t>(step) % bodies.size()];
    const auto report = target.Ingest(body, Exposition::kText, At(step++));
    samples += report->stored;
    replayed += report->replayed;
    bytes += static_cast<int64_t>(body.size());
  }
  state.SetItemsProcessed(samples);
  state.SetBytesProcessed(bytes);
  state.counters["checksum"] = static_cast<double>(bodies[0].size());
  state.counters["replayed_share"] = static_cast<double>(replayed) / static_cast<double>(samples);
}

// A new target with a new shape each time, in a database that knows none.
void BM_IngestFirstSight(benchmark::State& state) {
  const std::string body =
      CadvisorBody(/*node=*/1, static_cast<uint32_t>(state.range(0)), /*step=*/0);
  int64_t samples = 0;
  uint64_t series = 0;
  for (auto _ : state) {
    Database database;
    Target target = *database.AddTarget({{"node", "n1"}});
    samples += target.Ingest(body, Exposition::kText, At(0))->stored;
    series = database.Stats().series;
  }
  state.SetItemsProcessed(samples);
  state.counters["checksum"] = static_cast<double>(series);
}

BENCHMARK(BM_IngestSteady)->Arg(100)->Arg(1000)->Arg(5000);
BENCHMARK(BM_IngestFirstSight)->Arg(1000)->Arg(5000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tacho::bench
