#include "adapter/net/body_buffers.h"

#include <utility>

namespace tacho::adapter {

std::string BodyBuffers::Take() {
  const MutexLock lock(mutex_);
  if (idle_.empty()) return {};
  std::string buffer = std::move(idle_.back());
  idle_.pop_back();
  return buffer;
}

void BodyBuffers::Give(std::string buffer) {
  if (buffer.capacity() > options_.max_idle_capacity) return;
  buffer.clear();
  const MutexLock lock(mutex_);
  if (idle_.size() < options_.max_idle_buffers) idle_.push_back(std::move(buffer));
}

bool BodyBuffers::Charge(size_t bytes) {
  const size_t before = in_use_.fetch_add(bytes, std::memory_order_relaxed);
  if (before + bytes <= options_.max_bytes_in_use) return true;
  Release(bytes);
  return false;
}

}  // namespace tacho::adapter
