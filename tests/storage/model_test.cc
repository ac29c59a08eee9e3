// The store against a naive model, over thousands of random operations.
#include <cstdint>
#include <random>
#include <string>

#include "gtest/gtest.h"
#include "tests/storage/model_driver.h"

namespace tacho::testing {
namespace {

class SeededChoices final : public Choices {
 public:
  explicit SeededChoices(uint32_t seed) : engine_(seed) {}
  uint32_t Below(uint32_t n) override {
    return static_cast<uint32_t>(engine_() % n);
  }

 private:
  std::mt19937 engine_;
};

TEST(ModelTest, EveryReadAgreesWithTheNaiveModelAfterAnyOperations) {
  int compactions = 0;
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededChoices choices(seed);
    StoreDriver driver(choices);
    for (int step = 0; step < 200; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      ASSERT_EQ(driver.Step(), "");
      if (step % 8 == 0) {
        ASSERT_EQ(driver.Compare(), "");
      }
    }
    ASSERT_EQ(driver.Compare(), "");
    ASSERT_EQ(driver.Finish(), "");
    compactions += driver.compactions();
  }
  EXPECT_GT(compactions, 300) << "the operations no longer reach compaction";
}

}  // namespace
}  // namespace tacho::testing
