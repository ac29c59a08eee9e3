#include "storage/row.h"

#include <bit>
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tacho/sample.h"

namespace tacho::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RowTest, HoldsItsValuesBehindItsHeader) {
  const std::vector<double> values = {1, -2.5, 0};
  const RowPtr row = Row::Create(1000, values, {});
  EXPECT_EQ(row->time_ms(), 1000);
  ASSERT_EQ(row->size(), 3u);
  EXPECT_EQ(row->values(), reinterpret_cast<const double*>(row.get() + 1));
  EXPECT_EQ((*row)[0], 1);
  EXPECT_EQ((*row)[1], -2.5);
  EXPECT_THAT(row->gaps(), IsEmpty());
  EXPECT_THAT(row->resets(), IsEmpty());
  EXPECT_FALSE(row->timed());
}

// They are signalling NaNs: arithmetic would quieten them into something else.
TEST(RowTest, MarkersAndHolesKeepTheirBits) {
  const std::vector<double> values = {StaleMarker(), Hole(), NormalNan()};
  const RowPtr row = Row::Create(1, values, {.gaps = {0, 1}});
  EXPECT_EQ(std::bit_cast<uint64_t>((*row)[0]), kStaleMarkerBits);
  EXPECT_EQ(std::bit_cast<uint64_t>((*row)[1]), kHoleBits);
  EXPECT_EQ(std::bit_cast<uint64_t>((*row)[2]), kNormalNanBits);
  EXPECT_TRUE(IsGap((*row)[0]));
  EXPECT_TRUE(IsGap((*row)[1]));
  EXPECT_FALSE(IsGap((*row)[2]));  // a NaN is a value
}

TEST(RowTest, KeepsItsMarks) {
  const std::vector<double> values = {Hole(), 1, 2};
  const RowPtr row = Row::Create(1, values, {.gaps = {0}, .resets = {1, 2}});
  EXPECT_EQ(row->gap_count(), 1u);
  EXPECT_EQ(row->reset_count(), 2u);
  EXPECT_THAT(row->gaps(), ElementsAre(0));
  EXPECT_THAT(row->resets(), ElementsAre(1, 2));
}

TEST(RowTest, ASampleIsOfItsRowsTimeUnlessItBroughtItsOwn) {
  const std::vector<double> values = {1, 2, 3};
  const RowPtr row = Row::Create(100, values, {.own_times = {kNoTime, 70}});
  EXPECT_TRUE(row->timed());
  EXPECT_EQ(row->TimeOf(0), 100);
  EXPECT_EQ(row->TimeOf(1), 70);
  EXPECT_EQ(row->TimeOf(2), 100);  // beyond the list
  EXPECT_FALSE(row->HasOwnTime(0));
  EXPECT_TRUE(row->HasOwnTime(1));
  EXPECT_FALSE(row->HasOwnTime(2));
}

TEST(RowTest, CountsEightBytesAPositionAndTheMarks) {
  const std::vector<double> values(100, 1.0);
  const RowPtr plain = Row::Create(1, values, {});
  EXPECT_EQ(plain->bytes(), sizeof(Row) + 100 * 8);
  RowMarks marks;
  marks.gaps.assign(10, 0);
  const RowPtr marked = Row::Create(1, values, std::move(marks));
  EXPECT_EQ(marked->bytes(), plain->bytes() + sizeof(RowMarks) + 10 * 4);
}

TEST(RowTest, ARowOfNothingIsARow) {
  const RowPtr row = Row::Create(5, {}, {});
  EXPECT_EQ(row->size(), 0u);
  EXPECT_EQ(row->bytes(), sizeof(Row));
}

}  // namespace
}  // namespace tacho::storage
