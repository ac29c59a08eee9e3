#include "adapter/core/query_pool.h"

#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::StatusIs;
using ::testing::StartsWith;

constexpr Timestamp kTime = Timestamp::FromUnixMillis(1000);

TEST(QueryPoolTest, AQueryComesBackWhenItsLeaseEnds) {
  QueryPool pool(Database(), 4);
  {
    const auto lease = pool.Take("1 + 1");
    ASSERT_TRUE(lease.ok());
    EXPECT_EQ((*lease)->Evaluate(kTime)->scalar(), 2);
    EXPECT_EQ(pool.idle(), 0U);
  }
  EXPECT_EQ(pool.idle(), 1U);
  const auto again = pool.Take("1 + 1");
  EXPECT_EQ(pool.idle(), 0U);
}

TEST(QueryPoolTest, ATextInUseIsPreparedAgainAndKeptOnce) {
  QueryPool pool(Database(), 4);
  {
    const auto first = pool.Take("1");
    const auto second = pool.Take("1");
    ASSERT_TRUE(first.ok() && second.ok());
  }
  EXPECT_EQ(pool.idle(), 1U);
}

TEST(QueryPoolTest, TheOldestGoesWhenThereIsNoRoom) {
  QueryPool pool(Database(), 2);
  for (const char* text : {"1", "2", "3"}) ASSERT_TRUE(pool.Take(text).ok());
  EXPECT_EQ(pool.idle(), 2U);
}

TEST(QueryPoolTest, AMovedLeaseComesBackOnce) {
  QueryPool pool(Database(), 4);
  {
    auto taken = pool.Take("1");
    const QueryPool::Lease moved = *std::move(taken);
    EXPECT_EQ(moved->Evaluate(kTime)->scalar(), 1);
  }
  EXPECT_EQ(pool.idle(), 1U);
}

TEST(QueryPoolTest, WhatIsRefusedIsNotKept) {
  QueryPool pool(Database(), 4);
  EXPECT_THAT(pool.Take("1 +"), StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("1:")));
  EXPECT_EQ(pool.idle(), 0U);
}

}  // namespace
}  // namespace tacho::adapter
