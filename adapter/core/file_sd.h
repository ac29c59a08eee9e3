// Target files (file_sd_configs): [{"targets": ["host:port"], "labels": {...}}], as
// JSON or YAML by the file's ending. Reading is pure; who watches the files keeps
// the last good groups of each, because a file caught half-written must not
// take its targets away.
//
// Threads     FileGroups has one user at a time; the functions no shared state.
// Limits      kMaxTargetFileBytes, else as YamlLimits; JSON at most 8 levels deep.
#ifndef TACHO_ADAPTER_CORE_FILE_SD_H_
#define TACHO_ADAPTER_CORE_FILE_SD_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapter/core/sd_config.h"

namespace tacho::adapter {

// 5,000 targets with their pod labels take about 2 MB.
inline constexpr size_t kMaxTargetFileBytes = size_t{4} << 20;

// `path` names the format (.json, .yml, .yaml) and is used in messages. Adds the
// label __meta_filepath, as Prometheus does.
//   kInvalidArgument    "path:line:column: what is wrong"
//   kResourceExhausted  a limit
[[nodiscard]] absl::StatusOr<std::vector<TargetGroup>> ParseTargetFile(std::string_view path,
                                                                       std::string_view bytes);

//   kInvalidArgument    no .json, .yml or .yaml ending, or a pattern character before
//                       the last slash
[[nodiscard]] absl::Status CheckFilePattern(std::string_view pattern);

// The paths, sorted, that a pattern stands for now. Reads one folder.
[[nodiscard]] std::vector<std::string> ExpandFilePattern(const std::string& pattern);

// The groups of all files of one job.
class FileGroups {
 public:
  // Takes a file's new content. An error leaves the file's groups as they were.
  absl::Status Update(const std::string& path, std::string_view bytes);
  // Forgets the files that are not in `paths` (sorted or not).
  void Keep(const std::vector<std::string>& paths);

  [[nodiscard]] std::vector<TargetGroup> All() const;  // by path, then in file order

 private:
  std::map<std::string, std::vector<TargetGroup>> groups_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_FILE_SD_H_
