// The functions of one value, and those that turn scalars and vectors into each other.
#include <gtest/gtest.h>

#include "tests/conformance/script.h"

namespace tacho::testing {
namespace {

TEST(MathFunctionTest, EachValueOnItsOwnWithoutTheName) {
  RunScript(R"(
    load 10s
      m{i="1"} -2.5
      m{i="2"} 2.25
    eval instant at 0s abs(m)
      {i="1"} 2.5
      {i="2"} 2.25
    eval instant at 0s ceil(m)
      {i="1"} -2
      {i="2"} 3
    eval instant at 0s floor(m)
      {i="1"} -3
      {i="2"} 2
    eval instant at 0s sgn(m)
      {i="1"} -1
      {i="2"} 1
    eval instant at 0s sqrt(m)
      {i="1"} NaN
      {i="2"} 1.5
  )");
}

TEST(MathFunctionTest, SpecialValuesPass) {
  RunScript(R"(
    load 10s
      m{i="zero"} -0
      m{i="nan"} NaN
      m{i="inf"} -Inf
    eval instant at 0s sgn(m)
      {i="zero"} -0
      {i="nan"} NaN
      {i="inf"} -1
    eval instant at 0s abs(m)
      {i="zero"} 0
      {i="nan"} NaN
      {i="inf"} +Inf
    eval instant at 0s ceil(m)
      {i="zero"} -0
      {i="nan"} NaN
      {i="inf"} -Inf
    eval instant at 0s sqrt(m)
      {i="zero"} -0
      {i="nan"} NaN
      {i="inf"} NaN
  )");
}

TEST(ScalarFunctionTest, IsTheOnlyValueOrNan) {
  RunScript(R"(
    load 10s
      m{i="1"} 3
      m{i="2"} 4
    eval instant at 0s scalar(m{i="2"})
      4
    eval instant at 0s scalar(m)
      NaN
    eval instant at 0s scalar(nosuch)
      NaN
    eval instant at 0s scalar(sum(m)) + 1
      8
    eval instant at 0s m * scalar(m{i="2"})
      {i="1"} 12
      {i="2"} 16
  )");
}

TEST(VectorFunctionTest, IsOneSampleWithoutLabels) {
  RunScript(R"(
    eval instant at 0s vector(1.5)
      {} 1.5
    eval instant at 0s sum(vector(2)) + 1
      {} 3
    eval instant at 0s vector(1) > 1
    eval instant at 0s scalar(vector(7))
      7
  )");
}

TEST(TimeFunctionTest, IsTheTimeOfTheQueryInSeconds) {
  RunScript(R"(
    load 10s
      started{i="1"} 10
    eval instant at 12500ms time()
      12.5
    eval instant at -1500ms time()
      -1.5
    eval instant at 25s time() - started
      {i="1"} 15
    eval instant at 25s vector(time())
      {} 25
  )");
}

}  // namespace
}  // namespace tacho::testing
