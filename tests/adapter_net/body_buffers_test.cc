#include "adapter/net/body_buffers.h"

#include <string>

#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

TEST(BodyBuffersTest, AReturnedBufferComesBackEmptyWithItsCapacity) {
  BodyBuffers buffers({});
  std::string buffer = buffers.Take();
  buffer.assign(100'000, 'x');
  buffers.Give(std::move(buffer));
  const std::string again = buffers.Take();
  EXPECT_TRUE(again.empty());
  EXPECT_GE(again.capacity(), 100'000U);
}

TEST(BodyBuffersTest, ALargeBufferIsNotKept) {
  BodyBuffers buffers({.max_idle_capacity = 1000});
  buffers.Give(std::string(1001, 'x'));
  EXPECT_LT(buffers.Take().capacity(), 1000U);
}

TEST(BodyBuffersTest, KeepsNoMoreIdleBuffersThanItMay) {
  BodyBuffers buffers({.max_idle_buffers = 1});
  buffers.Give(std::string(500, 'x'));
  buffers.Give(std::string(600, 'x'));
  EXPECT_GE(buffers.Take().capacity(), 500U);
  EXPECT_LT(buffers.Take().capacity(), 500U);
}

TEST(BodyBuffersTest, ARefusedChargeCountsNothing) {
  BodyBuffers buffers({.max_bytes_in_use = 100});
  EXPECT_TRUE(buffers.Charge(60));
  EXPECT_FALSE(buffers.Charge(41));
  EXPECT_EQ(buffers.in_use(), 60U);
  EXPECT_TRUE(buffers.Charge(40));
  buffers.Release(100);
  EXPECT_EQ(buffers.in_use(), 0U);
}

}  // namespace
}  // namespace tacho::adapter
