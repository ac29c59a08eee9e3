#include "storage/shape.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/catalog.h"

namespace tacho::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::FieldsAre;
using ::testing::IsEmpty;

class ShapeTest : public ::testing::Test {
 protected:
  Identity Id(std::string_view metric, std::vector<TextLabel> labels = {}) {
    return catalog_.Intern(metric, labels);
  }
  static std::vector<std::pair<uint32_t, uint32_t>> Bounds(std::span<const NameRun> runs) {
    std::vector<std::pair<uint32_t, uint32_t>> bounds;
    for (const NameRun& run : runs) bounds.emplace_back(run.begin, run.end);
    return bounds;
  }

  Catalog catalog_;
  const Catalog::Pin pin_{catalog_};
};

TEST_F(ShapeTest, PositionsOfAMetricAreARunForEachTimeItCame) {
  const auto shape = catalog_.Make({Id("b", {{"x", "1"}}), Id("b", {{"x", "2"}}), Id("a"),
                                    Id("b", {{"x", "3"}})});
  EXPECT_THAT(Bounds(shape->runs()),
              ElementsAre(std::pair(2u, 3u), std::pair(0u, 2u), std::pair(3u, 4u)));
  EXPECT_THAT(Bounds(shape->RunsOf("b")), ElementsAre(std::pair(0u, 2u), std::pair(3u, 4u)));
  EXPECT_THAT(Bounds(shape->RunsOf("a")), ElementsAre(std::pair(2u, 3u)));
  EXPECT_THAT(shape->RunsOf("ab"), IsEmpty());
  EXPECT_THAT(shape->RunsOf(""), IsEmpty());
}

TEST_F(ShapeTest, FindsEachOfManyIdentitiesAndNoOther) {
  std::vector<Identity> identities;
  for (int i = 0; i < 1000; ++i) identities.push_back(Id("m", {{"i", std::to_string(i)}}));
  const auto shape = catalog_.Make(identities);
  for (uint32_t i = 0; i < 1000; ++i) EXPECT_EQ(shape->Find(identities[i]), i);
  EXPECT_EQ(shape->Find(Id("m", {{"i", "1000"}})), kNoPosition);
  EXPECT_EQ(shape->Find(Id("n", {{"i", "1"}})), kNoPosition);
  EXPECT_EQ(catalog_.empty_shape()->Find(identities[0]), kNoPosition);
}

TEST_F(ShapeTest, PostingsAreThePositionsThatHoldTheLabel) {
  const auto shape = catalog_.Make({Id("a", {{"code", "200"}, {"path", "/"}}),
                                    Id("a", {{"code", "500"}, {"path", "/"}}), Id("b"),
                                    Id("c", {{"code", "200"}})});
  EXPECT_THAT(shape->Postings("code", "200"), ElementsAre(0, 3));
  EXPECT_THAT(shape->Postings("path", "/"), ElementsAre(0, 1));
  EXPECT_THAT(shape->Postings("code", "404"), IsEmpty());
  EXPECT_THAT(shape->Postings("no", "200"), IsEmpty());
  EXPECT_THAT(shape->Postings("code", ""), IsEmpty());
}

// x="" under honor_labels is kept, as it hides the target's x.
TEST_F(ShapeTest, AnEmptyLabelIsALabelOfTheBody) {
  const auto shape = catalog_.Make({Id("a", {{"x", ""}}), Id("a")});
  EXPECT_THAT(shape->Postings("x", ""), ElementsAre(0));
  EXPECT_TRUE(shape->UsesLabel("x"));
}

TEST_F(ShapeTest, KnowsTheLabelNamesOfItsBodies) {
  const auto shape =
      catalog_.Make({Id("a", {{"path", "/"}}), Id("b", {{"code", "200"}, {"path", "/x"}})});
  std::vector<std::string> names;
  for (const Symbol* name : shape->label_names()) names.push_back(name->text);
  EXPECT_THAT(names, ElementsAre("code", "path"));
  EXPECT_TRUE(shape->UsesLabel("code"));
  EXPECT_FALSE(shape->UsesLabel("cod"));
  EXPECT_FALSE(shape->UsesLabel("a"));  // a metric, and no label
}

TEST_F(ShapeTest, ALargerShapeHasTheSmallerOneAsAPrefix) {
  const auto base = catalog_.Make({Id("a"), Id("b")});
  const std::vector<Identity> added = {Id("a", {{"x", "1"}}), Id("c")};
  const auto grown = catalog_.Extend(base, added);
  ASSERT_EQ(grown->size(), 4u);
  for (uint32_t p = 0; p < base->size(); ++p) EXPECT_EQ((*grown)[p], (*base)[p]);
  EXPECT_THAT(Bounds(grown->RunsOf("a")), ElementsAre(std::pair(0u, 1u), std::pair(2u, 3u)));
  EXPECT_EQ(base->size(), 2u);  // I1
}

}  // namespace
}  // namespace tacho::storage
