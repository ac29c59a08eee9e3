#include "adapter/net/file_watcher.h"

#include <sys/inotify.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {
namespace {

constexpr uint32_t kEvents = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                             IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

absl::Status SystemError(absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(errno)));
}

}  // namespace

FileWatcher::FileWatcher(asio::io_context& io, std::function<void()> changed)
    : changed_(std::move(changed)), inotify_(io), settle_timer_(io) {}

absl::Status FileWatcher::Watch(const std::set<std::string>& folders) {
  Stop();
  if (folders.empty()) return absl::OkStatus();
  const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) return SystemError("inotify_init1");
  inotify_.assign(fd);
  if (folders.size() > kMaxWatchedFolders) {
    return absl::UnavailableError(absl::StrCat("more than ", kMaxWatchedFolders, " folders"));
  }
  for (const std::string& folder : folders) {
    if (inotify_add_watch(fd, folder.c_str(), kEvents) >= 0 || errno == ENOENT) continue;
    return SystemError(absl::StrCat("inotify_add_watch ", folder));
  }
  Wait();
  return absl::OkStatus();
}

void FileWatcher::Stop() {
  ErrorCode ignored;
  inotify_.close(ignored);
  settle_timer_.cancel();
  settling_ = false;
}

void FileWatcher::Wait() {
  inotify_.async_read_some(asio::buffer(events_), [this](const ErrorCode& error, size_t) {
    if (!error) OnEvents();
  });
}

// What the events say does not matter; only that there were some.
void FileWatcher::OnEvents() {
  Wait();
  if (std::exchange(settling_, true)) return;
  settle_timer_.expires_after(kSettleTime);
  settle_timer_.async_wait([this](const ErrorCode& error) {
    if (error) return;
    settling_ = false;
    changed_();
  });
}

std::set<std::string> FoldersOf(const std::set<std::string>& patterns) {
  std::set<std::string> folders;
  for (const std::string& pattern : patterns) {
    const size_t slash = pattern.rfind('/');
    folders.insert(slash == std::string::npos ? "." : pattern.substr(0, slash + 1));
  }
  return folders;
}

}  // namespace tacho::adapter
