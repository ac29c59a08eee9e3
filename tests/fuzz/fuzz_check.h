// FuzzCheck: ends a fuzzer that has found something, saying what.
#ifndef TACHO_TESTS_FUZZ_FUZZ_CHECK_H_
#define TACHO_TESTS_FUZZ_FUZZ_CHECK_H_

#include <cstdio>
#include <cstdlib>

namespace tacho::testing {

inline void FuzzCheck(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "FOUND: %s\n", what);
  std::abort();
}

}  // namespace tacho::testing

#endif  // TACHO_TESTS_FUZZ_FUZZ_CHECK_H_
