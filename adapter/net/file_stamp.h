// FileStamp: whether a path still leads to the file that it led to, unchanged: writes in
// place, renames over it and swapped symlinks (as Kubernetes mounts ConfigMaps and
// Secrets) all show.
//
// Threads     Pure.
// Cost        One stat.
#ifndef TACHO_ADAPTER_NET_FILE_STAMP_H_
#define TACHO_ADAPTER_NET_FILE_STAMP_H_

#include <cstdint>
#include <string>

namespace tacho::adapter {

// What a file was when last looked at.
struct FileStamp {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t size = -1;  // -1: there is no file
  int64_t modified_ns = 0;
  [[nodiscard]] bool exists() const { return size >= 0; }
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
[[nodiscard]] FileStamp StampOf(const std::string& path);  // symlinks followed

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_FILE_STAMP_H_
