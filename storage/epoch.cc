#include "storage/epoch.h"

#include <algorithm>
#include <thread>

namespace tacho::storage {
namespace {

void RaiseTo(std::atomic<size_t>& value, size_t floor) {
  size_t seen = value.load(std::memory_order_seq_cst);
  while (seen < floor && !value.compare_exchange_weak(seen, floor, std::memory_order_seq_cst)) {
  }
}

}  // namespace

size_t Epochs::Enter() {
  // Start at a slot of this thread's own, so that threads do not fight for one line.
  static std::atomic<size_t> next_hint{0};
  thread_local const size_t hint = next_hint.fetch_add(1, std::memory_order_relaxed);
  while (true) {
    for (size_t i = 0; i < kReaderSlots; ++i) {
      const size_t slot = (hint + i) % kReaderSlots;
      if (slots_[slot].epoch.load(std::memory_order_relaxed) != kIdle) continue;
      RaiseTo(used_, slot + 1);  // before the slot is taken: SafeBelow must look at it
      uint64_t idle = kIdle;
      const uint64_t epoch = epoch_.load(std::memory_order_seq_cst);
      if (slots_[slot].epoch.compare_exchange_strong(idle, epoch, std::memory_order_seq_cst)) {
        return slot;
      }
    }
    std::this_thread::yield();
  }
}

uint64_t Epochs::SafeBelow() const {
  uint64_t safe = epoch_.load(std::memory_order_seq_cst);
  const size_t used = used_.load(std::memory_order_seq_cst);
  for (size_t i = 0; i < used; ++i) {
    safe = std::min(safe, slots_[i].epoch.load(std::memory_order_seq_cst));
  }
  return safe;
}

RetireList::~RetireList() {
  for (const Retired& retired : retired_) retired.destroy(retired.object);
}

void RetireList::Collect() {
  if (retired_.empty()) return;
  const uint64_t safe = epochs_.SafeBelow();
  size_t freed = 0;
  while (freed < retired_.size() && retired_[freed].epoch < safe) {
    retired_[freed].destroy(retired_[freed].object);
    ++freed;
  }
  retired_.erase(retired_.begin(), retired_.begin() + static_cast<std::ptrdiff_t>(freed));
}

}  // namespace tacho::storage
