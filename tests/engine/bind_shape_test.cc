#include "engine/bind_shape.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "parser/promql.h"
#include "storage/catalog.h"

namespace tacho::engine {
namespace {

using storage::Catalog;
using storage::Identity;
using storage::TextLabel;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;

class BindShapeTest : public ::testing::Test {
 protected:
  Identity Id(std::string_view metric, std::vector<TextLabel> labels = {}) {
    return catalog_.Intern(metric, labels);
  }
  // m{i="0"}, m{i="1"}, ...; those whose number is in `strangers` are of metric
  // x.
  std::vector<Identity> Many(uint32_t count, const std::vector<uint32_t>& strangers) {
    std::vector<Identity> identities;
    for (uint32_t i = 0; i < count; ++i) {
      const bool stranger = std::ranges::find(strangers, i) != strangers.end();
      identities.push_back(Id(stranger ? "x" : "m", {{"i", std::to_string(i)}}));
    }
    return identities;
  }

  void Select(const std::string& text) {
    const auto ast = parser::ParsePromql(text);
    selector_ = *Selector::Create(*ast, ast->root(), Options());
  }
  std::shared_ptr<const BoundShape> Bind(std::shared_ptr<const storage::Shape> shape,
                                         LabelFilter filter, const Labels& target = {},
                                         const BoundShape* parent = nullptr) {
    const BindSpec spec{&*selector_, std::move(filter)};
    return BindShape(spec, std::move(shape), target, parent);
  }
  static std::vector<std::pair<uint32_t, uint32_t>> Runs(const BoundShape& bound) {
    std::vector<std::pair<uint32_t, uint32_t>> runs;
    for (const PositionRun& run : bound.runs) runs.emplace_back(run.begin, run.end);
    return runs;
  }

  Catalog catalog_;
  const Catalog::Pin pin_{catalog_};
  std::optional<Selector> selector_;
};

TEST_F(BindShapeTest, NeighboursAreARunAndNearOnesToo) {
  Select("m");
  // 3 to 10 are eight strangers: carried along. 20 to 28 are nine: a new run.
  std::vector<uint32_t> strangers;
  for (uint32_t i = 3; i <= 10; ++i) strangers.push_back(i);
  for (uint32_t i = 20; i <= 28; ++i) strangers.push_back(i);
  const auto bound = Bind(catalog_.Make(Many(30, strangers)), LabelFilter::By({}, true));
  EXPECT_THAT(Runs(*bound), ElementsAre(std::pair(0u, 20u), std::pair(29u, 30u)));
  EXPECT_EQ(bound->dense_size, 21u);
  EXPECT_EQ(bound->positions.size(), 13u);
  ASSERT_EQ(bound->groups.size(), 1u);
  EXPECT_FALSE(bound->groups[0].contiguous);
  EXPECT_EQ(bound->groups[0].size(), 13u);
  EXPECT_EQ(bound->members[3], 11u);
}

TEST_F(BindShapeTest, DenseIndicesCountThroughTheRuns) {
  Select("m");
  std::vector<uint32_t> strangers;
  for (uint32_t i = 2; i < 20; ++i) strangers.push_back(i);
  const auto bound = Bind(catalog_.Make(Many(22, strangers)), LabelFilter::By({}, true));
  EXPECT_THAT(bound->DenseIndex(1), Optional(1u));
  EXPECT_THAT(bound->DenseIndex(2), Eq(std::nullopt));
  EXPECT_THAT(bound->DenseIndex(19), Eq(std::nullopt));
  EXPECT_THAT(bound->DenseIndex(20), Optional(2u));
  EXPECT_THAT(bound->DenseIndex(21), Optional(3u));
  EXPECT_THAT(bound->DenseIndex(22), Eq(std::nullopt));
  // The runs are apart, but their values lie side by side.
  EXPECT_TRUE(bound->groups[0].contiguous);
  EXPECT_EQ(bound->groups[0].size(), 4u);
}

TEST_F(BindShapeTest, GroupsFollowTheLabelsThatTheGroupingKeeps) {
  Select("m");
  const auto shape =
      catalog_.Make({Id("m", {{"a", "1"}, {"b", "1"}}), Id("m", {{"a", "2"}, {"b", "1"}}),
                     Id("m", {{"a", "1"}, {"b", "2"}})});
  const auto by_a = Bind(shape, LabelFilter::By({"a"}, false));
  EXPECT_THAT(by_a->group_of, ElementsAre(0, 1, 0));
  EXPECT_THAT(by_a->members, ElementsAre(0, 2));
  EXPECT_TRUE(by_a->groups[1].contiguous);
  EXPECT_THAT(Bind(shape, LabelFilter::Without({"a"}, false))->group_of, ElementsAre(0, 0, 1));
  EXPECT_THAT(Bind(shape, LabelFilter::By({"c"}, false))->group_of, ElementsAre(0, 0, 0));
}

TEST_F(BindShapeTest, PostingsFindWhatRunsFind) {
  const auto shape =
      catalog_.Make({Id("m", {{"a", "1"}}), Id("n", {{"a", "1"}}), Id("n", {{"a", "2"}}), Id("o")});
  Select("{a=\"1\"}");
  EXPECT_THAT(Bind(shape, LabelFilter::By({}, false))->positions, ElementsAre(0, 1));
  Select("{a=~\"1|2\", __name__!=\"m\"}");
  EXPECT_THAT(Bind(shape, LabelFilter::By({}, false))->positions, ElementsAre(1, 2));
  Select("{a!=\"1\", __name__=~\".+\"}");
  EXPECT_THAT(Bind(shape, LabelFilter::By({}, false))->positions, ElementsAre(2, 3));
  Select("{a=\"1\", a=~\"2|3\"}");
  EXPECT_THAT(Bind(shape, LabelFilter::By({}, false))->positions, IsEmpty());
}

// The target's a="1" shows wherever the body does not say: postings would miss
// that.
TEST_F(BindShapeTest, ATargetsLabelShowsWhereTheBodyIsSilent) {
  Select("{a=\"1\"}");
  const auto shape = catalog_.Make({Id("m"), Id("m", {{"a", "2"}}), Id("m", {{"a", ""}})});
  const Labels target = {{"a", "1"}};
  EXPECT_THAT(Bind(shape, LabelFilter::By({}, false), target)->positions, ElementsAre(0));
  EXPECT_NE(Bind(shape, LabelFilter::By({}, false), target)->variant, "");
  EXPECT_THAT(Bind(shape, LabelFilter::By({}, false))->positions, IsEmpty());
}

// The same binding, whether made at once or grown with the shape.
TEST_F(BindShapeTest, AGrownShapeIsBoundAsIfAtOnce) {
  Select("m{i!=\"7\"}");
  std::vector<Identity> identities = Many(60, {2, 3, 30, 55});
  const std::vector<Identity> first(identities.begin(), identities.begin() + 25);
  const std::vector<Identity> rest(identities.begin() + 25, identities.end());
  const LabelFilter filter = LabelFilter::Without({"j"}, false);
  const auto small = Bind(catalog_.Make(first), filter);
  const auto shape = catalog_.Extend(small->shape, rest);
  ASSERT_EQ(shape->parent_id(), small->shape->id());
  const auto grown = Bind(shape, filter, {}, small.get());
  const auto whole = Bind(shape, filter);
  EXPECT_EQ(grown->positions, whole->positions);
  EXPECT_EQ(grown->group_of, whole->group_of);
  EXPECT_EQ(grown->members, whole->members);
  EXPECT_EQ(Runs(*grown), Runs(*whole));
  EXPECT_EQ(grown->dense_size, whole->dense_size);
}

}  // namespace
}  // namespace tacho::engine
