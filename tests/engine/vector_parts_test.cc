// The small parts of the vector executor: values, label keys, quantiles, regression,
// windows, numbers as text.
#include <cmath>
#include <deque>
#include <limits>
#include <string>
#include <vector>

#include "engine/element_labels.h"
#include "engine/label_keys.h"
#include "engine/number_text.h"
#include "engine/quantile.h"
#include "engine/regression.h"
#include "engine/value.h"
#include "engine/window.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::engine {
namespace {

using ::testing::ElementsAre;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(ValueTest, EmptyElementsAreRemovedAndTheOthersSorted) {
  const Labels a({{"a", "1"}});
  const Labels b({{"a", "2"}});
  const Labels c({{"a", "3"}});
  Value value;
  value.Add({&c, {}, false}, 2)[1] = 5;
  value.Add({&b, {}, false}, 2);
  value.Add({&a, {}, false}, 2)[0] = 7;
  RemoveEmpty(&value, 2);
  EXPECT_TRUE(SortByLabels(&value, 2));
  ASSERT_EQ(value.elements.size(), 2u);
  EXPECT_EQ(value.elements[0].labels.get(), &a);
  EXPECT_EQ(value.Cells(0, 2)[0], 7);
  EXPECT_TRUE(IsAbsent(value.Cells(0, 2)[1]));
  EXPECT_EQ(value.Cells(1, 2)[1], 5);
}

TEST(ValueTest, SortingSeesEqualLabels) {
  const Labels a({{"a", "1"}});
  const Labels also_a({{"a", "1"}});
  const Labels longer({{"a", "1"}, {"b", "1"}});
  Value value;
  value.Add({&longer, {}, false}, 1)[0] = 1;
  value.Add({&a, {}, false}, 1)[0] = 2;
  EXPECT_TRUE(SortByLabels(&value, 1));
  EXPECT_EQ(value.cells[0], 2);
  value.Add({&also_a, {}, false}, 1)[0] = 3;
  EXPECT_FALSE(SortByLabels(&value, 1));
}

TEST(LabelKeysTest, EqualPartsHaveEqualNumbers) {
  LabelKeys keys(LabelFilter::By({"a", "b"}, false));
  const auto number = [&](const Labels& labels) { return keys.Number(&labels); };
  EXPECT_EQ(number(Labels({{"a", "1"}, {"c", "1"}})), std::pair(0u, true));
  EXPECT_EQ(number(Labels({{"a", "1"}, {"c", "2"}})), std::pair(0u, false));
  EXPECT_EQ(number(Labels({{"b", "1"}})), std::pair(1u, true));
  // Neither names nor values run into each other.
  EXPECT_EQ(number(Labels({{"a", "1b"}, {"b", "2"}})), std::pair(2u, true));
  EXPECT_EQ(number(Labels({{"a", "1"}, {"b", "b2"}})), std::pair(3u, true));
}

// A series whose body has names before, among and after the target's, and hides one.
TEST(ElementLabelsTest, LazyOnesAreThoseOfTheSeries) {
  const storage::Symbol metric{"m"};
  const std::vector<storage::Symbol> names = {{"B"}, {"__type__"}, {"b"}, {"hidden"}, {"z"}};
  const std::vector<storage::Symbol> values = {{"1"}, {"counter"}, {"2"}, {""}, {"3"}};
  storage::LabelSet set;
  for (size_t i = 0; i < names.size(); ++i) set.pairs.push_back({&names[i], &values[i]});
  const storage::Identity identity{&metric, &set};
  const Labels target({{"A", "4"}, {"a", "5"}, {"b", "no"}, {"hidden", "no"}, {"zz", "6"}});
  for (const bool nameless : {false, true}) {
    std::deque<Labels> owner;
    const LazyLabels lazy{&identity, &target, nameless, &owner};
    const ElementLabels labels(&lazy);
    const Labels expected = SeriesLabels(identity, target, LabelFilter::All(nameless));
    for (const char* name : {"__name__", "__type__", "A", "B", "b", "hidden", "zz", "none"}) {
      EXPECT_EQ(labels.Get(name), expected.Get(name)) << name;
    }
    EXPECT_TRUE(owner.empty());
    EXPECT_EQ(*labels, expected);
    EXPECT_EQ(labels.get(), &owner.front());
    std::vector<Label> visited;
    labels.ForEach([&](std::string_view name, std::string_view value) {
      visited.push_back({std::string(name), std::string(value)});
    });
    EXPECT_EQ(visited, std::vector<Label>(expected.begin(), expected.end()));
  }
}

double QuantileOf(double q, std::vector<double> values) { return Quantile(q, &values); }

TEST(QuantileTest, IsInterpolatedBetweenNeighbours) {
  EXPECT_EQ(QuantileOf(0.5, {3, 1, 2}), 2);
  EXPECT_EQ(QuantileOf(0.25, {4, 2}), 2.5);
  EXPECT_EQ(QuantileOf(0, {4, 2}), 2);
  EXPECT_EQ(QuantileOf(1, {4, 2}), 4);
  EXPECT_EQ(QuantileOf(0.3, {7}), 7);
}

TEST(QuantileTest, NanIsSmallestAndInfinityWithoutWeightIsNan) {
  EXPECT_TRUE(std::isnan(QuantileOf(0, {1, kNan})));
  EXPECT_EQ(QuantileOf(1, {1, kNan, 5}), 5);
  EXPECT_TRUE(std::isnan(QuantileOf(0, {1, kInf})));
  EXPECT_EQ(QuantileOf(-1, {1}), -kInf);
  EXPECT_EQ(QuantileOf(2, {1}), kInf);
  EXPECT_TRUE(std::isnan(QuantileOf(kNan, {1})));
}

TEST(RegressionTest, FindsALine) {
  const std::vector<SamplePoint> line = {{1'000, 5}, {2'000, 7}, {4'000, 11}};
  EXPECT_DOUBLE_EQ(Regression(line, 0).slope, 2);
  EXPECT_DOUBLE_EQ(Regression(line, 0).intercept, 3);
  EXPECT_DOUBLE_EQ(Regression(line, 1'000).intercept, 5);
}

TEST(RegressionTest, AConstantHasNoSlopeAndAnInfiniteOneNone) {
  EXPECT_EQ(Regression(std::vector<SamplePoint>{{1, 0.1}, {2, 0.1}, {3, 0.1}}, 0).slope, 0);
  EXPECT_TRUE(std::isnan(Regression(std::vector<SamplePoint>{{1, kInf}, {2, kInf}}, 0).slope));
}

TEST(WindowSliderTest, LeftIsOpenAndRightClosed) {
  const std::vector<SamplePoint> samples = {{10, 1}, {20, 2}, {30, 3}, {40, 4}};
  WindowSlider slider(samples);
  EXPECT_EQ(slider.At(0, 10).size(), 1u);
  EXPECT_EQ(slider.At(10, 30).size(), 2u);
  EXPECT_EQ(slider.begin(), 1u);
  EXPECT_EQ(slider.At(40, 50).size(), 0u);
}

TEST(NumberTextTest, AsGoWritesThem) {
  EXPECT_EQ(GoDecimal(1e21), "1000000000000000000000");
  // 2^60 has 19 digits; 16 of them tell it from its neighbours.
  EXPECT_EQ(GoDecimal(1152921504606846976.0), "1152921504606847000");
  EXPECT_EQ(GoDecimal(1e300), "1" + std::string(300, '0'));
  EXPECT_EQ(GoDecimal(-5e-324), "-0." + std::string(323, '0') + "5");
  EXPECT_EQ(GoDecimal(-123.25), "-123.25");
  EXPECT_EQ(GoDecimal(0.1), "0.1");
  EXPECT_EQ(GoDecimal(-kInf), "-Inf");
  EXPECT_EQ(GoDecimal(kNan), "NaN");
  EXPECT_EQ(GoSixPlaces(0.5), "0.500000");
  EXPECT_EQ(GoSixPlaces(-kInf), "-Inf");
  EXPECT_EQ(GoTwoDigits(0.12345), "0.12");
  EXPECT_EQ(GoTwoDigits(1234), "1.2e+03");
}

}  // namespace
}  // namespace tacho::engine
