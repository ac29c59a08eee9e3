// Poison: memory that is nobody's for the moment, of an allocator of our own.
//
// AddressSanitizer reports who touches it until Unpoison; other builds do nothing.
// Threads     Any; the memory is the caller's.
#ifndef TACHO_STORAGE_POISON_H_
#define TACHO_STORAGE_POISON_H_

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define TACHO_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TACHO_POISONS 1
#endif
#endif

#ifdef TACHO_POISONS
#include <sanitizer/asan_interface.h>
#endif

namespace tacho::storage {

inline void Poison([[maybe_unused]] const void* memory, [[maybe_unused]] size_t bytes) {
#ifdef TACHO_POISONS
  __asan_poison_memory_region(memory, bytes);
#endif
}

inline void Unpoison([[maybe_unused]] const void* memory, [[maybe_unused]] size_t bytes) {
#ifdef TACHO_POISONS
  __asan_unpoison_memory_region(memory, bytes);
#endif
}

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_POISON_H_
