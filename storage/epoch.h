// Epochs: how a writer knows that nobody reads any more what it took away.
//
// A reader enters before it loads the first published pointer and leaves after it
// used the last. A writer publishes the replacement, then retires the old object
// with Retire(); it is freed once every reader that entered before has left.
//
// I1  A reader that entered at epoch e can only hold objects retired at or after e.
// I2  An object retired at epoch r is freed only when every active reader entered
//     after r.
//
// Threads     All of it is safe from any thread. Enter and Leave are two atomic
//             operations each; no reader ever waits for a writer. With more than
//             kReaderSlots readers at once, further ones wait for a slot.
// Source      Epoch-based reclamation as in K. Fraser, "Practical lock-freedom",
//             2004; sequentially consistent atomics, no fences, so that
//             ThreadSanitizer understands it.
#ifndef TACHO_STORAGE_EPOCH_H_
#define TACHO_STORAGE_EPOCH_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "storage/mutex.h"

namespace tacho::storage {

class Epochs {
 public:
  static constexpr size_t kReaderSlots = 128;

  Epochs() = default;
  Epochs(const Epochs&) = delete;
  Epochs& operator=(const Epochs&) = delete;

  [[nodiscard]] size_t Enter();
  void Leave(size_t slot) { slots_[slot].epoch.store(kIdle, std::memory_order_seq_cst); }

  // The epoch to tag an object with that was just unpublished.
  uint64_t Advance() { return epoch_.fetch_add(1, std::memory_order_seq_cst); }
  // Objects tagged below this may be freed.
  [[nodiscard]] uint64_t SafeBelow() const;

 private:
  static constexpr uint64_t kIdle = UINT64_MAX;
  struct alignas(64) Slot {
    std::atomic<uint64_t> epoch{kIdle};
  };
  std::atomic<uint64_t> epoch_{1};
  std::atomic<size_t> used_{0};  // slots from here on were never taken
  std::array<Slot, kReaderSlots> slots_;
};

// Held while a thread uses what it loaded from published pointers.
class [[nodiscard]] ReadGuard {
 public:
  explicit ReadGuard(Epochs& epochs) : epochs_(&epochs), slot_(epochs.Enter()) {}
  ~ReadGuard() {
    if (epochs_ != nullptr) epochs_->Leave(slot_);
  }
  ReadGuard(ReadGuard&& other) noexcept : epochs_(other.epochs_), slot_(other.slot_) {
    other.epochs_ = nullptr;
  }
  ReadGuard(const ReadGuard&) = delete;
  ReadGuard& operator=(const ReadGuard&) = delete;

 private:
  Epochs* epochs_;
  size_t slot_;
};

// Objects that wait for their last reader. One owner at a time (its lock protects it).
class RetireList {
 public:
  explicit RetireList(Epochs& epochs) : epochs_(epochs) {}
  ~RetireList();  // frees all: no reader may be left
  RetireList(const RetireList&) = delete;
  RetireList& operator=(const RetireList&) = delete;

  // Room for n more, so that the next n calls of Retire do not allocate.
  void Reserve(size_t n) { retired_.reserve(retired_.size() + n); }
  // Call after the object was unpublished.
  template <typename T, typename Deleter>
  void Retire(std::unique_ptr<T, Deleter> object) {
    if (object == nullptr) return;
    Retired& place = retired_.emplace_back();
    place.destroy = [](void* p) { Deleter()(static_cast<T*>(p)); };
    place.epoch = epochs_.Advance();
    place.object = const_cast<void*>(static_cast<const void*>(object.release()));
  }
  // Frees what no reader can hold any more.
  void Collect();
  [[nodiscard]] size_t size() const { return retired_.size(); }

 private:
  struct Retired {
    uint64_t epoch = 0;
    void* object = nullptr;
    void (*destroy)(void*) = nullptr;
  };

  Epochs& epochs_;
  std::vector<Retired> retired_;  // epochs ascending
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_EPOCH_H_
