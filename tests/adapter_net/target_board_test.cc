#include "adapter/net/target_board.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TargetStatus OfJob(const std::string& job) {
  TargetStatus target;
  target.job = job;
  return target;
}

TEST(TargetBoardTest, ListsWhatHasAPlace) {
  TargetBoard board;
  auto first = board.Add(OfJob("a"));
  const auto second = board.Add(OfJob("b"));
  ASSERT_THAT(board.List(), SizeIs(2));
  EXPECT_FALSE(board.List()[0].last.has_value());
  first->Record({Timestamp::FromUnixMillis(5), 0.25, "refused"});
  EXPECT_EQ(board.List()[0].last->error, "refused");
  EXPECT_EQ(board.List()[0].last->time.unix_millis(), 5);
  EXPECT_FALSE(board.List()[1].last.has_value());
  first.reset();
  ASSERT_THAT(board.List(), SizeIs(1));
  EXPECT_EQ(board.List()[0].job, "b");
}

TEST(TargetBoardTest, AnEmptyBoard) { EXPECT_THAT(TargetBoard().List(), IsEmpty()); }

}  // namespace
}  // namespace tacho::adapter
