// Arithmetic, comparisons and signs between scalars, and between a vector and a scalar.
#include <gtest/gtest.h>

#include "tests/conformance/script.h"

namespace tacho::testing {
namespace {

TEST(ScalarTest, LiteralsInAllTheirForms) {
  RunScript(R"(
    eval instant at 0s 1.5e3
      1500
    eval instant at 0s 0x1F
      31
    eval instant at 0s 1_000
      1000
    eval instant at 0s 010
      8
    eval instant at 0s .5
      0.5
    eval instant at 0s Inf
      +Inf
    eval instant at 0s -inf
      -Inf
    eval instant at 0s NaN
      NaN
    eval instant at 0s 5m
      300
    eval instant at 0s 1h30m
      5400
  )");
}

// % is fmod: the sign is the dividend's. atan2(1, 0) is a quarter turn.
TEST(ScalarTest, Arithmetic) {
  RunScript(R"(
    eval instant at 0s 1 + 2
      3
    eval instant at 0s 1 - 2
      -1
    eval instant at 0s 3 * -2
      -6
    eval instant at 0s 1 / 4
      0.25
    eval instant at 0s -7 % 3
      -1
    eval instant at 0s 7 % -3
      1
    eval instant at 0s 7.5 % 2
      1.5
    eval instant at 0s 2 ^ 10
      1024
    eval instant at 0s 1 atan2 0
      1.5707963267948966
  )");
}

TEST(ScalarTest, DivisionByZeroIsNoError) {
  RunScript(R"(
    eval instant at 0s 1 / 0
      +Inf
    eval instant at 0s -1 / 0
      -Inf
    eval instant at 0s 1 / -0
      -Inf
    eval instant at 0s 0 / 0
      NaN
    eval instant at 0s 5 % 0
      NaN
  )");
}

// ^ binds before the sign and to the right; * before +; equal ones from the left.
TEST(ScalarTest, Precedence) {
  RunScript(R"(
    eval instant at 0s -2 ^ 2
      -4
    eval instant at 0s -1 ^ 0.5
      -1
    eval instant at 0s 2 ^ 3 ^ 2
      512
    eval instant at 0s 2 * -3
      -6
    eval instant at 0s 1 + 2 * 3
      7
    eval instant at 0s (1 + 2) * 3
      9
    eval instant at 0s 2 - 3 - 4
      -5
    eval instant at 0s 100 / 10 / 2
      5
    eval instant at 0s 7 % 4 * 2
      6
    eval instant at 0s 1 + 1 == bool 2
      1
    eval instant at 0s --1
      1
    eval instant at 0s -(1 - 3)
      2
  )");
}

TEST(ScalarTest, BoolComparesToZeroOrOne) {
  RunScript(R"(
    eval instant at 0s 1 == bool 1
      1
    eval instant at 0s 1 != bool 1
      0
    eval instant at 0s 1 < bool 2
      1
    eval instant at 0s 2 <= bool 2
      1
    eval instant at 0s 1 > bool 2
      0
    eval instant at 0s 1 >= bool 2
      0
    eval instant at 0s NaN == bool NaN
      0
    eval instant at 0s NaN != bool NaN
      1
  )");
}

TEST(VectorScalarTest, ArithmeticOnEitherSideDropsTheName) {
  RunScript(R"(
    load 10s
      m{i="1"} 7
      m{i="2"} -2
    eval instant at 0s m + 1
      {i="1"} 8
      {i="2"} -1
    eval instant at 0s 1 - m
      {i="1"} -6
      {i="2"} 3
    eval instant at 0s m - 1
      {i="1"} 6
      {i="2"} -3
    eval instant at 0s 14 / m
      {i="1"} 2
      {i="2"} -7
    eval instant at 0s m / 2
      {i="1"} 3.5
      {i="2"} -1
    eval instant at 0s m % 3
      {i="1"} 1
      {i="2"} -2
    eval instant at 0s 3 % m
      {i="1"} 3
      {i="2"} 1
    eval instant at 0s m ^ 2
      {i="1"} 49
      {i="2"} 4
    eval instant at 0s 2 ^ m
      {i="1"} 128
      {i="2"} 0.25
    eval instant at 0s m * 0 atan2 -1
      {i="1"} 3.141592653589793
      {i="2"} -3.141592653589793
  )");
}

// What does not hold is left out; what holds keeps its name and its own value, on
// whichever side it stands.
TEST(VectorScalarTest, ComparisonFilters) {
  RunScript(R"(
    load 10s
      m{i="1"} 7
      m{i="2"} 2
    eval instant at 0s m > 2
      m{i="1"} 7
    eval instant at 0s m >= 2
      m{i="1"} 7
      m{i="2"} 2
    eval instant at 0s 2 < m
      m{i="1"} 7
    eval instant at 0s m == 2
      m{i="2"} 2
    eval instant at 0s 2 == m
      m{i="2"} 2
    eval instant at 0s m != 2
      m{i="1"} 7
    eval instant at 0s m < 2
    eval instant at 0s 7 <= m
      m{i="1"} 7
  )");
}

TEST(VectorScalarTest, BoolKeepsAllAndDropsTheName) {
  RunScript(R"(
    load 10s
      m{i="1"} 7
      m{i="2"} 2
      m{i="3"} NaN
    eval instant at 0s m > bool 2
      {i="1"} 1
      {i="2"} 0
      {i="3"} 0
    eval instant at 0s 2 >= bool m
      {i="1"} 0
      {i="2"} 1
      {i="3"} 0
    eval instant at 0s m != bool NaN
      {i="1"} 1
      {i="2"} 1
      {i="3"} 1
  )");
}

// NaN compares with nothing, so a filter leaves it out, except by !=.
TEST(VectorScalarTest, NanIsFilteredOut) {
  RunScript(R"(
    load 10s
      m NaN
    eval instant at 0s m > 0
    eval instant at 0s m == NaN
    eval instant at 0s m != 0
      m NaN
  )");
}

// (m > 1) < 5, (m == 7) == 1 and (m == 7) == bool 7.
TEST(VectorScalarTest, ComparisonsChainFromTheLeft) {
  RunScript(R"(
    load 10s
      m{i="1"} 7
      m{i="2"} 2
    eval instant at 0s m > 1 < 5
      m{i="2"} 2
    eval instant at 0s m == 7 == 1
    eval instant at 0s m == 7 == bool 7
      {i="1"} 1
  )");
}

TEST(UnaryTest, MinusDropsTheNameAndPlusDoesNothing) {
  RunScript(R"(
    load 10s
      m{i="1"} 7
      m{i="2"} 0
    eval instant at 0s -m
      {i="1"} -7
      {i="2"} -0
    eval instant at 0s +m
      m{i="1"} 7
      m{i="2"} 0
    eval instant at 0s -m ^ 2
      {i="1"} -49
      {i="2"} -0
    eval instant at 0s --m
      {i="1"} 7
      {i="2"} 0
    eval instant at 0s -sum(m)
      {} -7
  )");
}

// 1 a second over a threshold, in percent, as an alert would say it.
TEST(VectorScalarTest, WorksOnRates) {
  RunScript(R"(
    load 10s
      c{i="1"} 0+10x6
      c{i="2"} 0+5x6
    eval instant at 60s rate(c[1m]) > 0.5
      {i="1"} 1
    eval instant at 60s 100 * sum(rate(c[1m])) / 1.5
      {} 100
    eval instant at 60s sum by (i) (rate(c[1m])) * 60
      {i="1"} 60
      {i="2"} 30
  )");
}

}  // namespace
}  // namespace tacho::testing
