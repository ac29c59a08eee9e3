// tacho-adapter: see --help.
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>

#include "adapter/net/adapter_options.h"
#include "adapter/net/app.h"
#include "adapter/net/upstream_flags.h"
#include "adapter/net/version.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

constexpr int kUsageError = 2;

// Large blocks, most of all replies, go back to the system when they are done with. Without
// this glibc keeps more and more of them, in each of the many threads that answer queries.
void KeepLittleMemory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 256 << 10);
  mallopt(M_TRIM_THRESHOLD, 4 << 20);
#endif
}

int Report(const absl::Status& status, int code) {
  if (status.ok()) return EXIT_SUCCESS;
  std::fprintf(stderr, "tacho-adapter: %s\n", std::string(status.message()).c_str());
  return code;
}

int Check(const tacho::adapter::AdapterOptions& options) {
  std::string report;
  const absl::Status status = tacho::adapter::CheckConfiguration(options, &report);
  std::fputs(report.c_str(), stdout);
  return Report(status, EXIT_FAILURE);
}

}  // namespace

int main(int argc, char** argv) {
  tacho::adapter::AdapterOptions options;
  const tacho::adapter::FlagSet flags = AdapterFlags(&options);
  const std::span<const char* const> args(argv, static_cast<size_t>(argc));
  const absl::Status parsed = flags.Parse(args.subspan(1));
  if (!parsed.ok()) return Report(parsed, kUsageError);
  if (options.help) {
    std::fputs(flags.Help().c_str(), stdout);
    return EXIT_SUCCESS;
  }
  if (options.version) {
    std::printf("tacho-adapter %s\n", std::string(tacho::adapter::kVersion).c_str());
    return EXIT_SUCCESS;
  }
  if (const absl::Status finished = FinishUpstream(&options); !finished.ok()) {
    return Report(finished, kUsageError);
  }
  const absl::Status usable = CheckOptions(options);
  if (!usable.ok()) return Report(usable, kUsageError);
  if (options.check) return Check(options);
  KeepLittleMemory();
  return Report(RunAdapter(options), EXIT_FAILURE);
}
