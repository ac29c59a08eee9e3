// Mutex: std::mutex with the annotations that Clang's thread-safety analysis
// reads, and with the names that std::condition_variable_any asks for.
//
// Why not absl::Mutex: Debian's build of it is not instrumented, and
// ThreadSanitizer reports false races through it.
#ifndef TACHO_ADAPTER_NET_MUTEX_H_
#define TACHO_ADAPTER_NET_MUTEX_H_

#include <mutex>

#include "absl/base/thread_annotations.h"

namespace tacho::adapter {

class ABSL_LOCKABLE Mutex {
 public:
  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_MUTEX_H_
