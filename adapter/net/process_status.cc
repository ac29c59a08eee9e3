#include "adapter/net/process_status.h"

#include <unistd.h>

#include <array>
#include <climits>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <thread>

#include "adapter/net/version.h"

namespace tacho::adapter {
namespace {

std::string Hostname() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

uint64_t Threads() {
  std::error_code error;
  std::filesystem::directory_iterator tasks("/proc/self/task", error);
  if (error) return 0;
  return static_cast<uint64_t>(std::distance(begin(tasks), end(tasks)));
}

}  // namespace

ProcessStatus::ProcessStatus(const TargetBoard* board, const Options& options, Timestamp start_time)
    : board_(board) {
  std::error_code ignored;
  fixed_.start_time = start_time;
  fixed_.working_directory = std::filesystem::current_path(ignored).string();
  fixed_.hostname = Hostname();
  fixed_.cores = std::thread::hardware_concurrency();
  fixed_.memory_limit = options.storage.max_bytes;
  fixed_.retention = options.retention;
}

RuntimeInfo ProcessStatus::Runtime() const {
  RuntimeInfo info = fixed_;
  info.threads = Threads();
  return info;
}

std::string_view ProcessStatus::version() const { return kVersion; }

}  // namespace tacho::adapter
