// What the runner calls equal.
#include "tools/promqltest/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacho/sample.h"

namespace tacho::promqltest {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(CompareTest, AllowsAMillionthOfTheSum) {
  EXPECT_TRUE(AlmostEqual(1, 1));
  EXPECT_TRUE(AlmostEqual(1, 1.0000019));  // the sum is 2
  EXPECT_FALSE(AlmostEqual(1, 1.0000021));
  EXPECT_FALSE(AlmostEqual(1, -1));
  EXPECT_TRUE(AlmostEqual(0.0, -0.0));
  EXPECT_FALSE(AlmostEqual(0, 1e-9));  // nothing is near zero
  EXPECT_TRUE(AlmostEqual(0, 1e-320));
  EXPECT_TRUE(AlmostEqual(1e308, 1e308 * (1 + 1e-7)));  // the sum overflows
}

TEST(CompareTest, KnowsSpecialValues) {
  EXPECT_TRUE(AlmostEqual(kInf, kInf));
  EXPECT_FALSE(AlmostEqual(kInf, -kInf));
  EXPECT_FALSE(AlmostEqual(kInf, 1e308));
  EXPECT_TRUE(AlmostEqual(NormalNan(), std::nan("")));
  EXPECT_FALSE(AlmostEqual(NormalNan(), 1));
  EXPECT_TRUE(AlmostEqual(StaleMarker(), StaleMarker()));
  EXPECT_FALSE(AlmostEqual(StaleMarker(), NormalNan()));
}

Eval Expecting(std::vector<TextMatch> warnings, bool none = false) {
  Eval eval;
  eval.warnings = {.any_of = std::move(warnings), .none = none};
  return eval;
}

bool Fits(const Eval& eval, std::vector<Annotation> annotations) {
  return CompareAnnotations(eval, annotations,
                            [](std::string_view text) { return std::string(text); })
      .empty();
}

TEST(CompareTest, HoldsAnnotationsAgainstEachOther) {
  TextMatch a;
  a.text = "a";
  TextMatch b;
  b.text = "b";
  EXPECT_TRUE(Fits(Expecting({}), {{true, "a"}}));  // nothing is said about them
  EXPECT_FALSE(Fits(Expecting({}, true), {{true, "a"}}));
  EXPECT_TRUE(Fits(Expecting({}, true), {{false, "a"}}));  // an info is no warning
  EXPECT_TRUE(Fits(Expecting({a}), {{true, "a"}, {false, "c"}}));
  EXPECT_FALSE(Fits(Expecting({a}), {}));
  EXPECT_FALSE(Fits(Expecting({a}), {{true, "a"}, {true, "b"}}));  // one too many
  EXPECT_FALSE(Fits(Expecting({a, b}), {{true, "a"}}));            // one too few
  EXPECT_TRUE(Fits(Expecting({a, b}), {{true, "b"}, {true, "a"}}));
  EXPECT_TRUE(Fits(Expecting({TextMatch()}), {{true, "anything"}}));
}

}  // namespace
}  // namespace tacho::promqltest
