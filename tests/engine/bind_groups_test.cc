#include "engine/bind_groups.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Labels Pod(const std::string& name) { return {{"pod", name}}; }

std::vector<std::string> Ordered(const GroupTable& table) {
  std::vector<std::string> pods;
  for (const GroupTable::Ordered& entry : table.ordered()) {
    pods.emplace_back(entry.labels->Get("pod"));
  }
  return pods;
}

TEST(GroupTableTest, EqualLabelsAreOneGroup) {
  GroupTable table;
  const uint32_t a = table.Acquire(Pod("a"));
  EXPECT_EQ(table.Acquire(Pod("a")), a);
  EXPECT_NE(table.Acquire(Pod("b")), a);
  table.Settle();
  EXPECT_EQ(table.ordered()[0].uses, 2u);
  table.Release(a);
  table.Settle();
  EXPECT_EQ(table.ordered()[0].uses, 1u);
}

TEST(GroupTableTest, GroupsAreOrderedByLabelsHoweverTheyCame) {
  GroupTable table;
  for (const char* pod : {"d", "b"}) table.Acquire(Pod(pod));
  table.Settle();
  for (const char* pod : {"e", "c", "a"}) table.Acquire(Pod(pod));
  table.Settle();
  EXPECT_THAT(Ordered(table), ElementsAre("a", "b", "c", "d", "e"));
  for (uint32_t rank = 0; rank < 5; ++rank) {
    EXPECT_EQ(table.rank(table.ordered()[rank].group), rank);
  }
}

TEST(GroupTableTest, AGroupThatNobodyUsesGoesAndItsNumberIsReused) {
  GroupTable table;
  const uint32_t a = table.Acquire(Pod("a"));
  table.Acquire(Pod("b"));
  table.Settle();
  table.Release(a);
  table.Settle();
  EXPECT_THAT(Ordered(table), ElementsAre("b"));
  EXPECT_EQ(table.Acquire(Pod("c")), a);
}

// A target that is bound anew takes its groups before it gives the old ones
// back.
TEST(GroupTableTest, AGroupThatIsTakenAgainBeforeSettlingStays) {
  GroupTable table;
  const uint32_t a = table.Acquire(Pod("a"));
  table.Settle();
  const Labels* labels = table.ordered()[0].labels;
  table.Release(a);
  EXPECT_EQ(table.Acquire(Pod("a")), a);
  table.Settle();
  EXPECT_EQ(table.ordered()[0].labels, labels);
}

TEST(GroupTableTest, AGroupMayComeAndGoBetweenTwoSettles) {
  GroupTable table;
  table.Release(table.Acquire(Pod("a")));
  table.Settle();
  EXPECT_THAT(Ordered(table), IsEmpty());
  table.Acquire(Pod("a"));
  table.Settle();
  EXPECT_THAT(Ordered(table), ElementsAre("a"));
}

TEST(GroupTableTest, ABlockKeepsLabelsOfGroupsThatAreGone) {
  GroupTable table;
  const uint32_t a = table.Acquire(Pod("a"));
  table.Settle();
  const auto block = table.block();
  const Labels* labels = table.ordered()[0].labels;
  table.Release(a);
  table.Settle();
  EXPECT_EQ(labels->Get("pod"), "a");
}

TEST(GroupTableTest, MemoryStaysFlatWhileGroupsComeAndGo) {
  GroupTable table;
  uint32_t previous = table.Acquire(Pod("0"));
  for (int i = 1; i < 1'000; ++i) {
    const uint32_t next = table.Acquire(Pod(std::to_string(i)));
    table.Release(previous);
    table.Settle();
    previous = next;
  }
  EXPECT_LE(table.block()->size(), 2u);
}

}  // namespace
}  // namespace tacho::engine
