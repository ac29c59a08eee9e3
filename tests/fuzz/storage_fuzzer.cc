// The input is a sequence of operations on a store, byte by byte; the store must agree
// with the naive model after each few of them, and be empty when all has been taken away.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/storage/model_driver.h"

namespace {

class ByteChoices final : public tacho::testing::Choices {
 public:
  ByteChoices(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  uint32_t Below(uint32_t n) override {
    uint32_t chosen = Byte();
    if (n > 256) chosen = chosen << 8 | Byte();
    return chosen % n;
  }
  [[nodiscard]] bool done() const { return at_ >= size_; }

 private:
  uint32_t Byte() { return at_ < size_ ? data_[at_++] : 0; }

  const uint8_t* const data_;
  const size_t size_;
  size_t at_ = 0;
};

void Require(const std::string& difference) {
  if (difference.empty()) return;
  std::fprintf(stderr, "%s\n", difference.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteChoices choices(data, size);
  tacho::testing::StoreDriver driver(choices);
  for (int step = 1; !choices.done(); ++step) {
    Require(driver.Step());
    if (step % 8 == 0) Require(driver.Compare());
  }
  Require(driver.Compare());
  Require(driver.Finish());
  return 0;
}
