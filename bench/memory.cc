// memory: bytes per series of full fleets, resident and accounted, as JSON.
//
//   bench/memory [targets positions nodes node_positions]
//
// Default: 1,000 targets of 1,000 shared series, and 200 nodes of 5,000 series of their
// own, ten minutes at 15 s each. Each fleet is measured in a process of its own.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "bench/fleet.h"

namespace tacho::bench {
namespace {

uint64_t ResidentBytes() {
  uint64_t size = 0;
  uint64_t resident = 0;
  std::FILE* statm = std::fopen("/proc/self/statm", "r");
  if (statm == nullptr) return 0;
  const int read = std::fscanf(statm, "%lu %lu", &size, &resident);
  std::fclose(statm);
  return read == 2 ? resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

void Report(const char* name, Fleet (*make)(uint32_t, uint32_t, uint32_t), uint32_t targets,
            uint32_t positions, bool last) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child != 0) {
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) std::exit(1);
    return;
  }
  const uint64_t before = ResidentBytes();
  Fleet fleet = make(targets, positions, 40);
  const auto resident = static_cast<double>(ResidentBytes() - before);
  const DatabaseStats stats = fleet.database().Stats();
  const auto series = static_cast<double>(stats.series);
  const double samples = static_cast<double>(stats.rows) * positions;
  std::printf(
      "  \"%s\": {\"targets\": %u, \"series\": %lu, \"rows\": %lu, \"shapes\": %lu, "
      "\"resident_bytes_per_series\": %.1f, \"accounted_bytes_per_series\": %.1f, "
      "\"resident_bytes_per_sample\": %.2f}%s\n",
      name, targets, stats.series, stats.rows, stats.shapes, resident / series,
      static_cast<double>(stats.bytes) / series, resident / samples, last ? "" : ",");
  std::fflush(stdout);
  _exit(0);
}

uint32_t Argument(int argc, char** argv, int index, uint32_t standard) {
  return index < argc ? static_cast<uint32_t>(std::strtoul(argv[index], nullptr, 10)) : standard;
}

}  // namespace
}  // namespace tacho::bench

int main(int argc, char** argv) {
  using namespace tacho::bench;
  std::printf("{\n");
  Report("shared", ReplicaFleet, Argument(argc, argv, 1, 1000), Argument(argc, argv, 2, 1000),
         false);
  Report("unshared", CadvisorFleet, Argument(argc, argv, 3, 200), Argument(argc, argv, 4, 5000),
         true);
  std::printf("}\n");
  return 0;
}
