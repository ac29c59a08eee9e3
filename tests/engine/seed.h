// The seed of a random test: fixed, so that a failure comes back, unless
// TACHO_SEED says otherwise. Printed, so that it can be said.
#ifndef TACHO_TESTS_ENGINE_SEED_H_
#define TACHO_TESTS_ENGINE_SEED_H_

#include <cstdint>
#include <cstdlib>
#include <iostream>

namespace tacho::testing {

inline uint64_t Seed() {
  const char* text = std::getenv("TACHO_SEED");
  const uint64_t seed = text != nullptr ? std::strtoull(text, nullptr, 10) : 20'26'11'24;
  std::cout << "TACHO_SEED=" << seed << "\n";
  return seed;
}

}  // namespace tacho::testing

#endif  // TACHO_TESTS_ENGINE_SEED_H_
