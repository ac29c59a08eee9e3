// sum, avg, min, max, count and group: grouping, and what they make of special values.
#include <gtest/gtest.h>

#include "tests/conformance/script.h"

namespace tacho::testing {
namespace {

TEST(GroupingTest, ByKeepsTheListedLabels) {
  RunScript(R"(
    load 10s
      m{job="a",pod="1"} 1
      m{job="a",pod="2"} 2
      m{job="b",pod="1"} 4
    eval instant at 0s sum by (job) (m)
      {job="a"} 3
      {job="b"} 4
    eval instant at 0s sum(m) by (pod)
      {pod="1"} 5
      {pod="2"} 2
    eval instant at 0s sum by (pod, job,) (m)
      {job="a",pod="1"} 1
      {job="a",pod="2"} 2
      {job="b",pod="1"} 4
  )");
}

TEST(GroupingTest, WithoutDropsTheListedLabelsAndTheName) {
  RunScript(R"(
    load 10s
      m{job="a",pod="1"} 1
      m{job="a",pod="2"} 2
      m{job="b",pod="1"} 4
    eval instant at 0s sum without (pod) (m)
      {job="a"} 3
      {job="b"} 4
    eval instant at 0s sum without () (m)
      {job="a",pod="1"} 1
      {job="a",pod="2"} 2
      {job="b",pod="1"} 4
    eval instant at 0s sum without (job, pod) (m)
      {} 7
  )");
}

TEST(GroupingTest, NoneAndByNothingAreOneGroup) {
  RunScript(R"(
    load 10s
      m{job="a"} 1
      m{job="b"} 4
    eval instant at 0s sum(m)
      {} 5
    eval instant at 0s sum by () (m)
      {} 5
  )");
}

// A missing label is the same as an empty one and is not shown.
TEST(GroupingTest, ByAMissingLabelLeavesItOut) {
  RunScript(R"(
    load 10s
      m{job="a"} 1
      m{job="b",zone="z"} 2
      m{job="c"} 4
    eval instant at 0s sum by (zone) (m)
      {} 5
      {zone="z"} 2
    eval instant at 0s sum by (nosuch) (m)
      {} 7
    eval instant at 0s sum without (nosuch) (m)
      {job="a"} 1
      {job="b",zone="z"} 2
      {job="c"} 4
  )");
}

TEST(GroupingTest, ByNameKeepsTheName) {
  RunScript(R"(
    load 10s
      a{x="1"} 1
      a{x="2"} 2
      b{x="1"} 4
    eval instant at 0s sum by (__name__) ({x=~".+"})
      a 3
      b 4
    eval instant at 0s sum by (__name__, x) (a)
      a{x="1"} 1
      a{x="2"} 2
    eval instant at 0s sum by (x) ({__name__=~"a|b"})
      {x="1"} 5
      {x="2"} 2
    eval instant at 0s sum without (x) ({__name__=~"a|b"})
      {} 7
  )");
}

// rate drops the name before the aggregation sees it: 1 a second each.
TEST(GroupingTest, ByNameOfARateFindsNone) {
  RunScript(R"(
    load 10s
      a{x="1"} 0+10x6
      a{x="2"} 0+10x6
    eval instant at 60s sum by (__name__) (rate(a[1m]))
      {} 2
    eval instant at 60s sum by (__name__, x) (rate(a[1m]))
      {x="1"} 1
      {x="2"} 1
  )");
}

TEST(AggregationTest, EachOperatorOverTheSameValues) {
  RunScript(R"(
    load 10s
      m{i="1"} 1
      m{i="2"} 6
      m{i="3"} -4
    eval instant at 0s sum(m)
      {} 3
    eval instant at 0s avg(m)
      {} 1
    eval instant at 0s min(m)
      {} -4
    eval instant at 0s max(m)
      {} 6
    eval instant at 0s count(m)
      {} 3
    eval instant at 0s group(m)
      {} 1
  )");
}

TEST(AggregationTest, NothingIsNoGroup) {
  RunScript(R"(
    load 10s
      m 1
    eval instant at 0s sum(nosuch)
    eval instant at 0s count(nosuch)
    eval instant at 0s sum by (a) (rate(m[1m]))
    eval instant at 0s count(m > 1)
  )");
}

// 1, 2 and 3 a second; the series with one sample in the window has no rate, and is
// neither in the sum nor in the count.
TEST(AggregationTest, SeriesWithoutARateDoesNotTakePart) {
  RunScript(R"(
    load 10s
      c{i="1"} 0+10x6
      c{i="2"} 0+20x6
      c{i="3"} 0+30x6
      c{i="4"} _x6 1000
    eval instant at 60s sum(rate(c[1m]))
      {} 6
    eval instant at 60s count(rate(c[1m]))
      {} 3
    eval instant at 60s avg(rate(c[1m]))
      {} 2
    eval instant at 60s max(rate(c[1m]))
      {} 3
    eval instant at 60s min(rate(c[1m]))
      {} 1
    eval instant at 60s group by (i) (rate(c[1m]))
      {i="1"} 1
      {i="2"} 1
      {i="3"} 1
    eval instant at 60s sum(irate(c[1m]))
      {} 6
    eval instant at 60s sum(idelta(c[1m]))
      {} 60
    eval instant at 60s sum(increase(c[1m]))
      {} 360
    eval instant at 60s sum(delta(c[1m]))
      {} 360
  )");
}

// Series of one group with different histories: a restart (45 * 60 / 50 = 54), a marker
// (42, as in StalenessMarkerIsNoSample), a late start (35): 131.
TEST(AggregationTest, EachSeriesOfAGroupHasItsOwnHistory) {
  RunScript(R"(
    load 10s
      c{i="restart"} _ 10 20 30 5 15 25
      c{i="marker"} _ 10 20 stale 5 15 25
      c{i="late"} _x3 100+10x3
    eval instant at 60s sum(increase(c[1m]))
      {} 131
    eval instant at 60s max(increase(c[1m]))
      {} 54
  )");
}

TEST(AggregationTest, ExtremesPreferAnyNumberToNan) {
  RunScript(R"(
    load 10s
      m{g="mixed",i="1"} NaN
      m{g="mixed",i="2"} 3
      m{g="mixed",i="3"} NaN
      m{g="mixed",i="4"} -2
      m{g="nan",i="1"} NaN
      m{g="nan",i="2"} NaN
      m{g="inf",i="1"} +Inf
      m{g="inf",i="2"} NaN
      m{g="inf",i="3"} -Inf
    eval instant at 0s min by (g) (m)
      {g="inf"} -Inf
      {g="mixed"} -2
      {g="nan"} NaN
    eval instant at 0s max by (g) (m)
      {g="inf"} +Inf
      {g="mixed"} 3
      {g="nan"} NaN
  )");
}

TEST(AggregationTest, NanIsASampleAndSpoilsASum) {
  RunScript(R"(
    load 10s
      m{i="1"} NaN
      m{i="2"} 3
    eval instant at 0s count(m)
      {} 2
    eval instant at 0s sum(m)
      {} NaN
    eval instant at 0s avg(m)
      {} NaN
    eval instant at 0s group(m)
      {} 1
  )");
}

TEST(AggregationTest, InfinitiesOfOneSignStayOfBothAreNan) {
  RunScript(R"(
    load 10s
      m{g="up",i="1"} 1
      m{g="up",i="2"} +Inf
      m{g="up",i="3"} +Inf
      m{g="down",i="1"} -Inf
      m{g="down",i="2"} 5
      m{g="both",i="1"} +Inf
      m{g="both",i="2"} -Inf
    eval instant at 0s sum by (g) (m)
      {g="up"} +Inf
      {g="down"} -Inf
      {g="both"} NaN
    eval instant at 0s avg by (g) (m)
      {g="up"} +Inf
      {g="down"} -Inf
      {g="both"} NaN
  )");
}

// Added plainly, 1e100 + 1 - 1e100 is 0, and ten times 0.1 is 0.9999999999999999.
TEST(AggregationTest, SumsAreCompensated) {
  RunScript(R"(
    load 10s
      m{i="1"} 1e100
      m{i="2"} 1
      m{i="3"} -1e100
      m{i="4"} 1
      t{i="0"} 0.1
      t{i="1"} 0.1
      t{i="2"} 0.1
      t{i="3"} 0.1
      t{i="4"} 0.1
      t{i="5"} 0.1
      t{i="6"} 0.1
      t{i="7"} 0.1
      t{i="8"} 0.1
      t{i="9"} 0.1
    eval instant at 0s sum(m)
      {} 2
    eval instant at 0s avg(m)
      {} 0.5
    eval instant at 0s sum(t) == 1
      {} 1
  )");
}

// The sum of two overflows; the mean goes on as 1e308 / 2 + 1e308 / 2, and with the
// third: 1e308 * 2/3 - 1e308 / 3.
TEST(AggregationTest, AverageDoesNotOverflowWhereASumDoes) {
  RunScript(R"(
    load 10s
      m{i="1"} 1e308
      m{i="2"} 1e308
      n{i="1"} 1e308
      n{i="2"} 1e308
      n{i="3"} -1e308
    eval instant at 0s sum(m)
      {} +Inf
    eval instant at 0s avg(m)
      {} 1e308
    eval instant at 0s avg(n) / 1e307
      {} 3.3333333333333335
  )");
}

// A group of one is its sample: no zero is added to it.
TEST(AggregationTest, MinusZeroStays) {
  RunScript(R"(
    load 10s
      m{i="1"} -0
    eval instant at 0s min(m)
      {} -0
    eval instant at 0s max(m)
      {} -0
    eval instant at 0s 1 / max(m)
      {} -Inf
  )");
}

TEST(AggregationTest, Nests) {
  RunScript(R"(
    load 10s
      m{job="a",pod="1"} 1
      m{job="a",pod="2"} 2
      m{job="b",pod="1"} 4
    eval instant at 0s sum(max by (job) (m))
      {} 6
    eval instant at 0s max(sum by (job) (m))
      {} 4
    eval instant at 0s count(count by (job, pod) (m))
      {} 3
    eval instant at 0s avg(count by (job) (m))
      {} 1.5
    eval instant at 0s sum(-m)
      {} -7
    eval instant at 0s sum by (job) (m * 2 > 2)
      {job="a"} 4
      {job="b"} 8
  )");
}

}  // namespace
}  // namespace tacho::testing
