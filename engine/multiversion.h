// TACHO_MULTIVERSION: compiles a function once per vector unit of x86-64 and lets the
// loader choose. Elsewhere, and where it cannot work, the function is compiled once.
//
// Limits      The choice is made by an ifunc resolver, which runs before a sanitizer's
//             runtime is up: under the sanitizers there is one version.
#ifndef TACHO_ENGINE_MULTIVERSION_H_
#define TACHO_ENGINE_MULTIVERSION_H_

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TACHO_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define TACHO_SANITIZED 1
#endif
#endif

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(TACHO_SANITIZED)
#define TACHO_MULTIVERSION __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define TACHO_MULTIVERSION
#endif

// Must become part of its multiversioned caller: on its own it would be compiled for
// the oldest unit only.
#define TACHO_INLINE inline __attribute__((always_inline))

#endif  // TACHO_ENGINE_MULTIVERSION_H_
