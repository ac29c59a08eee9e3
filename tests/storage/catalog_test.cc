#include "storage/catalog.h"

#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tacho::storage {
namespace {

Identity InternOne(Catalog& catalog, std::string_view metric, std::string_view pod) {
  const TextLabel label{"pod", pod};
  return catalog.Intern(metric, {&label, 1});
}

TEST(CatalogTest, EqualTextIsOneSymbolAndEqualLabelsAreOneSet) {
  Catalog catalog;
  const Catalog::Pin pin(catalog);
  const Identity a = InternOne(catalog, "cpu", "a");
  const Identity b = InternOne(catalog, "memory", "a");
  const Identity c = InternOne(catalog, "cpu", "c");
  EXPECT_NE(a.metric, b.metric);
  EXPECT_EQ(a.labels, b.labels);  // fifty metrics of a container share one
  EXPECT_EQ(a.metric, c.metric);
  EXPECT_NE(a.labels, c.labels);
  EXPECT_EQ(a, InternOne(catalog, "cpu", "a"));
  EXPECT_EQ(catalog.symbol_count(), 5u);  // cpu memory pod a c
}

// Text moved from one label to its neighbour is another set.
TEST(CatalogTest, LabelSetsAreToldApartByTheirPairs) {
  Catalog catalog;
  const Catalog::Pin pin(catalog);
  const std::vector<TextLabel> ab = {{"a", "b"}, {"c", "d"}};
  const std::vector<TextLabel> abc = {{"a", "bc"}, {"c", "d"}};
  const std::vector<TextLabel> one = {{"a", "b"}};
  EXPECT_NE(catalog.Intern("m", ab).labels, catalog.Intern("m", abc).labels);
  EXPECT_NE(catalog.Intern("m", ab).labels, catalog.Intern("m", one).labels);
  EXPECT_EQ(catalog.Intern("m", {}).labels, catalog.Intern("n", {}).labels);
}

TEST(CatalogTest, TheSameListOfIdentitiesIsOneShape) {
  Catalog catalog;
  const Catalog::Pin pin(catalog);
  const Identity a = InternOne(catalog, "cpu", "a");
  const Identity b = InternOne(catalog, "cpu", "b");
  const auto ab = catalog.Make({a, b});
  EXPECT_EQ(ab, catalog.Make({a, b}));
  EXPECT_NE(ab, catalog.Make({b, a}));
  const auto grown = catalog.Extend(catalog.Make({a}), {&b, 1});
  EXPECT_EQ(grown, ab);  // I2, however it came about
}

TEST(CatalogTest, AnExtendedShapeKnowsItsPrefix) {
  Catalog catalog;
  const Catalog::Pin pin(catalog);
  const Identity a = InternOne(catalog, "cpu", "a");
  const Identity b = InternOne(catalog, "cpu", "b");
  const auto base = catalog.Make({a});
  const auto grown = catalog.Extend(base, {&b, 1});
  EXPECT_EQ(grown->parent_id(), base->id());
  EXPECT_EQ(grown->parent_size(), 1u);
  EXPECT_EQ((*grown)[0], a);
  EXPECT_EQ((*grown)[1], b);
  EXPECT_EQ(catalog.Extend(grown, {}), grown);
  EXPECT_EQ(catalog.Extend(catalog.empty_shape(), {&a, 1})->parent_id(), 0u);
}

TEST(CatalogTest, NoIdentitiesAreTheEmptyShape) {
  Catalog catalog;
  EXPECT_EQ(catalog.Make({}), catalog.empty_shape());
  EXPECT_EQ(catalog.empty_shape()->size(), 0u);
  EXPECT_EQ(catalog.shape_count(), 1u);
}

TEST(CatalogTest, ShapesAreCountedAsLongAsSomebodyHoldsThem) {
  Catalog catalog;
  const size_t bytes = catalog.bytes();
  {
    const Catalog::Pin pin(catalog);
    auto shape = catalog.Make({InternOne(catalog, "cpu", "a")});
    EXPECT_EQ(catalog.shape_count(), 2u);
    const uint64_t id = shape->id();
    shape.reset();
    EXPECT_EQ(catalog.shape_count(), 1u);
    EXPECT_NE(catalog.Make({InternOne(catalog, "cpu", "a")})->id(), id);  // never reused
  }
  catalog.Collect();
  EXPECT_EQ(catalog.bytes(), bytes);
}

TEST(CatalogTest, WhatAShapeBuildsLaterIsCountedToo) {
  Catalog catalog;
  const Catalog::Pin pin(catalog);
  const Identity a = InternOne(catalog, "cpu", "a");
  auto shape = catalog.Make({a});
  const size_t fresh = catalog.bytes();
  EXPECT_EQ(shape->Find(a), 0u);
  const size_t with_table = catalog.bytes();
  EXPECT_GT(with_table, fresh);
  EXPECT_EQ(shape->Postings("pod", "a").size(), 1u);
  EXPECT_GT(catalog.bytes(), with_table);
  const size_t shape_bytes = shape->bytes();
  const size_t all = catalog.bytes();
  shape.reset();
  EXPECT_EQ(catalog.bytes(), all - shape_bytes);
}

TEST(CatalogTest, CollectingKeepsWhatALiveShapeNames) {
  Catalog catalog;
  std::optional<Catalog::Pin> pin(std::in_place, catalog);
  const auto shape = catalog.Make({InternOne(catalog, "cpu", "a")});
  (void)InternOne(catalog, "gone", "b");
  EXPECT_EQ(catalog.symbol_count(), 5u);
  pin.reset();
  catalog.Collect();
  EXPECT_EQ(catalog.symbol_count(), 3u);  // cpu pod a
  EXPECT_EQ((*shape)[0].metric->text, "cpu");
  EXPECT_EQ((*shape)[0].labels->Find("pod")->value->text, "a");
  catalog.Collect();  // marks were cleared: a second time changes nothing
  EXPECT_EQ(catalog.symbol_count(), 3u);
}

TEST(CatalogTest, WhileSomebodyHoldsAPinNothingIsCollected) {
  Catalog catalog;
  std::optional<Catalog::Pin> pin(std::in_place, catalog);
  const Identity a = InternOne(catalog, "cpu", "a");
  catalog.Collect();
  EXPECT_EQ(catalog.symbol_count(), 3u);
  EXPECT_EQ(a.metric->text, "cpu");
  pin.reset();
  catalog.Collect();
  EXPECT_EQ(catalog.symbol_count(), 0u);
}

TEST(CatalogTest, CollectsByItselfOnceEnoughMayBeWon) {
  Catalog catalog;
  {
    const Catalog::Pin pin(catalog);
    (void)InternOne(catalog, "small", "a");
  }
  catalog.CollectIfDue();
  EXPECT_EQ(catalog.symbol_count(), 3u);  // not worth a walk yet
  {
    const Catalog::Pin pin(catalog);
    (void)InternOne(catalog, "large", std::string(size_t{1} << 20, 'x'));
  }
  catalog.CollectIfDue();
  EXPECT_EQ(catalog.symbol_count(), 0u);
}

// Shapes that come and go by thousands leave nothing behind in the table of shapes.
TEST(CatalogTest, ManyShapesThatCameAndWentCostNothing) {
  Catalog catalog;
  const size_t bytes = catalog.bytes();
  for (int i = 0; i < 5000; ++i) {
    const Catalog::Pin pin(catalog);
    (void)catalog.Make({InternOne(catalog, "m", std::to_string(i))});
  }
  EXPECT_EQ(catalog.shape_count(), 1u);
  catalog.CollectIfDue();
  EXPECT_EQ(catalog.bytes(), bytes);
}

}  // namespace
}  // namespace tacho::storage
