// Mutex: std::mutex with the annotations that Clang's thread-safety analysis reads.
//
// Why not absl::Mutex: Debian's build of it is not instrumented, and
// ThreadSanitizer reports false races through it.
#ifndef TACHO_STORAGE_MUTEX_H_
#define TACHO_STORAGE_MUTEX_H_

#include <mutex>

#include "absl/base/thread_annotations.h"

namespace tacho {

class ABSL_LOCKABLE Mutex {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }
  // Tells the analysis what it cannot see: the caller holds it through a member.
  void AssertHeld() const ABSL_ASSERT_EXCLUSIVE_LOCK() {}

 private:
  std::mutex mutex_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace tacho

#endif  // TACHO_STORAGE_MUTEX_H_
