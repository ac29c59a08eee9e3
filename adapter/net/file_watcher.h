// FileWatcher: says that something in some folders has changed, as soon as the system
// does (inotify). It does not say what: whoever is told looks at the files.
//
// Folders, because files are replaced: a rename over one, or Kubernetes' swap of the
// link ..data, happens in the folder. What it cannot see (a folder that is not there
// yet, a file behind a link into another folder) is for the caller's own polling.
//
// Threads     Made and used on the thread that runs the io_context.
// Cost        A descriptor; nothing while nothing happens.
// Limits      kMaxWatchedFolders; changes within kSettleTime are told once.
#ifndef TACHO_ADAPTER_NET_FILE_WATCHER_H_
#define TACHO_ADAPTER_NET_FILE_WATCHER_H_

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "adapter/net/asio.h"

namespace tacho::adapter {

inline constexpr size_t kMaxWatchedFolders = 1024;
inline constexpr std::chrono::milliseconds kSettleTime{50};

class FileWatcher {
 public:
  FileWatcher(asio::io_context& io, std::function<void()> changed);

  // Watches them from now on, and no others. Those that are not there are left out.
  //   kUnavailable        the system has no inotify, or no more of it; the caller's
  //                       polling has to do
  [[nodiscard]] absl::Status Watch(const std::set<std::string>& folders);
  void Stop();

 private:
  void Wait();
  void OnEvents();

  const std::function<void()> changed_;
  asio::posix::stream_descriptor inotify_;
  asio::steady_timer settle_timer_;
  bool settling_ = false;
  std::array<char, 4096> events_;
};

// The folders that hold what these file patterns name.
[[nodiscard]] std::set<std::string> FoldersOf(const std::set<std::string>& patterns);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_FILE_WATCHER_H_
