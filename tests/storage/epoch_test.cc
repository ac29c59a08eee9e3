#include "storage/epoch.h"

#include <memory>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace tacho::storage {
namespace {

struct Counted {
  explicit Counted(int& freed) : freed_(freed) {}
  ~Counted() { ++freed_; }
  int& freed_;
};

TEST(EpochsTest, WithoutReadersAllThatWasTaggedIsSafe) {
  Epochs epochs;
  const uint64_t tag = epochs.Advance();
  EXPECT_GT(epochs.SafeBelow(), tag);
}

TEST(EpochsTest, AReaderHoldsBackWhatWasRetiredAfterItEntered) {
  Epochs epochs;
  const uint64_t before = epochs.Advance();
  auto guard = std::make_unique<ReadGuard>(epochs);
  const uint64_t after = epochs.Advance();
  EXPECT_GT(epochs.SafeBelow(), before);   // I2: the reader entered after it
  EXPECT_LE(epochs.SafeBelow(), after);    // I1: the reader may hold it
  guard.reset();
  EXPECT_GT(epochs.SafeBelow(), after);
}

TEST(EpochsTest, TheOldestOfSeveralReadersDecides) {
  Epochs epochs;
  auto first = std::make_unique<ReadGuard>(epochs);
  const uint64_t tag = epochs.Advance();
  const ReadGuard second(epochs);
  EXPECT_LE(epochs.SafeBelow(), tag);
  first.reset();
  EXPECT_GT(epochs.SafeBelow(), tag);
}

TEST(EpochsTest, AMovedGuardLeavesOnce) {
  Epochs epochs;
  uint64_t tag = 0;
  {
    ReadGuard guard(epochs);
    const ReadGuard moved(std::move(guard));
    tag = epochs.Advance();
    EXPECT_LE(epochs.SafeBelow(), tag);
  }
  EXPECT_GT(epochs.SafeBelow(), tag);
}

TEST(EpochsTest, AllSlotsCanBeTakenAtOnce) {
  Epochs epochs;
  std::vector<ReadGuard> guards;
  for (size_t i = 0; i < Epochs::kReaderSlots; ++i) guards.emplace_back(epochs);
  const uint64_t tag = epochs.Advance();
  EXPECT_LE(epochs.SafeBelow(), tag);
  guards.clear();
  EXPECT_GT(epochs.SafeBelow(), tag);
}

TEST(RetireListTest, FreesAtOnceWhereNobodyReads) {
  Epochs epochs;
  RetireList list(epochs);
  int freed = 0;
  list.Retire(std::make_unique<Counted>(freed));
  list.Collect();
  EXPECT_EQ(freed, 1);
  EXPECT_EQ(list.size(), 0u);
}

TEST(RetireListTest, WaitsForTheReadersOfEachObject) {
  Epochs epochs;
  RetireList list(epochs);
  int freed = 0;
  list.Retire(std::make_unique<Counted>(freed));
  auto guard = std::make_unique<ReadGuard>(epochs);
  list.Retire(std::make_unique<Counted>(freed));
  list.Collect();
  EXPECT_EQ(freed, 1);  // the reader came after the first, before the second
  EXPECT_EQ(list.size(), 1u);
  guard.reset();
  list.Collect();
  EXPECT_EQ(freed, 2);
}

TEST(RetireListTest, NothingIsNoObject) {
  Epochs epochs;
  RetireList list(epochs);
  list.Retire(std::unique_ptr<Counted>());
  EXPECT_EQ(list.size(), 0u);
}

TEST(RetireListTest, ItsEndFreesAll) {
  Epochs epochs;
  int freed = 0;
  {
    RetireList list(epochs);
    list.Reserve(2);
    list.Retire(std::make_unique<Counted>(freed));
    list.Retire(std::make_unique<Counted>(freed));
  }
  EXPECT_EQ(freed, 2);
}

}  // namespace
}  // namespace tacho::storage
