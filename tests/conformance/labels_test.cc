// Labels: which are dropped, which series then cannot be told apart, where they come
// from, and what matchers make of them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/conformance/asking.h"
#include "tests/conformance/script.h"
#include "tests/support/status_matchers.h"

namespace tacho::testing {
namespace {

TEST(NameTest, KeptBySelectorsFiltersAndPlus) {
  RunScript(R"(
    load 10s
      m{i="1"} 7
    eval instant at 0s m
      m{i="1"} 7
    eval instant at 0s (m)
      m{i="1"} 7
    eval instant at 0s +m > 1
      m{i="1"} 7
  )");
}

// The type and the unit of a metric go with its name.
TEST(NameTest, TypeAndUnitAreDroppedWithIt) {
  RunScript(R"(
    load 10s
      m{__type__="counter",__unit__="seconds",i="1"} 0+10x6
    eval instant at 60s m
      m{__type__="counter",__unit__="seconds",i="1"} 60
    eval instant at 60s rate(m[1m])
      {i="1"} 1
    eval instant at 60s m + 1
      {i="1"} 61
    eval instant at 60s -m
      {i="1"} -60
    eval instant at 60s m > bool 1
      {i="1"} 1
    eval instant at 60s abs(m)
      {i="1"} 60
    eval instant at 60s sum by (__type__, i) (rate(m[1m]))
      {i="1"} 1
    eval instant at 60s sum without (i) (rate(m[1m]))
      {} 1
    eval instant at 60s sum without (i) (m)
      {__type__="counter",__unit__="seconds"} 60
  )");
}

// Without their names a{i="1"} and b{i="1"} are the same series.
TEST(DuplicateTest, DroppingTheNameMayLeaveTwins) {
  RunScript(R"(
    load 10s
      a{i="1"} 0+10x6
      b{i="1"} 0+20x6
    eval instant at 60s rate({i="1"}[1m])
      error INVALID_ARGUMENT: vector cannot contain metrics with the same labelset
    eval instant at 60s idelta({__name__=~"a|b"}[1m])
      error INVALID_ARGUMENT: vector cannot contain metrics with the same labelset
    eval instant at 60s {i="1"} + 1
      error INVALID_ARGUMENT: vector cannot contain metrics with the same labelset
    eval instant at 60s 1 - {i="1"}
      error INVALID_ARGUMENT: vector cannot contain metrics with the same labelset
    eval instant at 60s -{i="1"}
      error INVALID_ARGUMENT: vector cannot contain metrics with the same labelset
    eval instant at 60s {i="1"} > bool 0
      error INVALID_ARGUMENT: vector cannot contain metrics with the same labelset
    eval instant at 60s abs({i="1"})
      error INVALID_ARGUMENT: vector cannot contain metrics with the same labelset
    eval instant at 60s sum(rate({i="1"}[1m]))
      error INVALID_ARGUMENT: vector cannot contain metrics with the same labelset
    eval instant at 60s sum(abs({i="1"}))
      error INVALID_ARGUMENT: vector cannot contain metrics with the same labelset
  )");
}

// Names that are kept, or series that gave no value, are no twins. b has one sample in
// the window (50, 60].
TEST(DuplicateTest, WhatIsToldApartIsFine) {
  RunScript(R"(
    load 10s
      a{i="1"} 0+10x6
      b{i="1"} _x6 20
    eval instant at 60s {i="1"} > 0
      a{i="1"} 60
      b{i="1"} 20
    eval instant at 60s rate({i="1"}[1m])
      {i="1"} 1
    eval instant at 60s sum(rate({i="1"}[1m]))
      {} 1
    eval instant at 60s sum by (i) ({i="1"})
      {i="1"} 80
    eval instant at 60s ({i="1"} > 50) * 2
      {i="1"} 120
  )");
}

// The same metric with two types is two series until the type is dropped.
TEST(DuplicateTest, DroppingTheTypeMayLeaveTwins) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  EXPECT_EQ(db.Ask("sum(rate(m[1m]))", 0), "nothing");
  for (int i = 0; i <= 6; ++i) {
    Scrape(target, "m{__type__=\"counter\"} 1\nm{__type__=\"gauge\"} 2\n", i * 10'000);
  }
  const std::string twins =
      "INVALID_ARGUMENT: vector cannot contain metrics with the same labelset";
  EXPECT_EQ(db.Ask("rate(m[1m])", 60'000), twins);
  EXPECT_EQ(db.Ask("sum(rate(m[1m]))", 60'000), twins);
  EXPECT_EQ(db.Ask("m * 2", 60'000), twins);
  EXPECT_EQ(db.Ask("sum(m)", 60'000), "{} 3");
}

// The types may also come from two targets.
TEST(DuplicateTest, TwinsOfTwoTargetsAreSeen) {
  AskingDatabase db;
  Target counter = db.Add({{"__type__", "counter"}});
  Target gauge = db.Add({{"__type__", "gauge"}});
  for (int i = 0; i <= 6; ++i) {
    Scrape(counter, "m 1\n", i * 10'000);
    Scrape(gauge, "m 2\n", i * 10'000);
  }
  const std::string twins =
      "INVALID_ARGUMENT: vector cannot contain metrics with the same labelset";
  EXPECT_EQ(db.Ask("rate(m[1m])", 60'000), twins);
  EXPECT_EQ(db.Ask("sum(rate(m[1m]))", 60'000), twins);
  EXPECT_EQ(db.Ask("max by (__type__) (rate(m[1m]))", 60'000), twins);
  EXPECT_EQ(db.Ask("sum(m)", 60'000), "{} 3");
}

// Only series that give a value can be twins: the gauge has one sample in the window.
TEST(DuplicateTest, WhatGivesNoValueIsNobodysTwin) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  Scrape(target, "m{__type__=\"gauge\"} 1\n", 0);
  for (int i = 1; i <= 6; ++i) Scrape(target, "m{__type__=\"counter\"} 1\n", i * 10'000);
  EXPECT_EQ(db.Ask("sum(rate(m[1m]))", 60'000), "{} 0");
  EXPECT_EQ(db.Ask("count(increase(m[1m]))", 60'000), "{} 1");
}

TEST(ConflictTest, LabelOfTheBodyIsRenamedIfTheTargetHasIt) {
  AskingDatabase db;
  Target target = db.Add({{"job", "t"}, {"pod", "p"}});
  EXPECT_EQ(db.Ask("sum by (job, exported_job) (a)", 0), "nothing");
  Scrape(target, "a{job=\"b\",i=\"1\"} 1\na{i=\"2\"} 2\n", 0);
  EXPECT_EQ(db.Ask("a", 0),
            "a{exported_job=\"b\", i=\"1\", job=\"t\", pod=\"p\"} 1; "
            "a{i=\"2\", job=\"t\", pod=\"p\"} 2");
  EXPECT_EQ(db.Ask("sum by (job, exported_job) (a)", 0),
            "{exported_job=\"b\", job=\"t\"} 1; {job=\"t\"} 2");
  EXPECT_EQ(db.Ask("count(a{job=\"b\"})", 0), "nothing");
  EXPECT_EQ(db.Ask("count(a{exported_job=\"b\"})", 0), "{} 1");
}

TEST(ConflictTest, RenamingGoesOnUntilTheNameIsFree) {
  AskingDatabase db;
  Target target = db.Add({{"job", "t"}, {"exported_job", "u"}});
  Scrape(target, "a{job=\"b\"} 1\n", 0);
  EXPECT_EQ(db.Ask("a", 0), "a{exported_exported_job=\"b\", exported_job=\"u\", job=\"t\"} 1");
}

TEST(ConflictTest, HonoredLabelOfTheBodyWins) {
  AskingDatabase db;
  Target target = db.Add({{"job", "t"}, {"pod", "p"}}, {.honor_labels = true});
  Scrape(target, "a{job=\"b\",i=\"1\"} 1\na{i=\"2\"} 2\n", 0);
  EXPECT_EQ(db.Ask("a", 0),
            "a{i=\"1\", job=\"b\", pod=\"p\"} 1; "
            "a{i=\"2\", job=\"t\", pod=\"p\"} 2");
  EXPECT_EQ(db.Ask("sum by (job) (a)", 0), "{job=\"b\"} 1; {job=\"t\"} 2");
  EXPECT_EQ(db.Ask("a{job=\"t\"}", 0), "a{i=\"2\", job=\"t\", pod=\"p\"} 2");
  EXPECT_EQ(db.Ask("a{job!=\"t\"}", 0), "a{i=\"1\", job=\"b\", pod=\"p\"} 1");
}

TEST(ConflictTest, EmptyValueIsNoLabel) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  Scrape(target, "a{i=\"\"} 1\n", 0);
  EXPECT_EQ(db.Ask("a", 0), "a{pod=\"p\"} 1");
  EXPECT_EQ(db.Ask("a{i=\"\"}", 0), "a{pod=\"p\"} 1");
}

// m{a="1",b="x"} 1, m{a="2"} 2, m{b="y"} 4: sums say which were selected.
TEST(MatcherTest, MissingLabelIsEmpty) {
  RunScript(R"(
    load 10s
      m{a="1",b="x"} 1
      m{a="2"} 2
      m{b="y"} 4
    eval instant at 0s sum(m{a="1"})
      {} 1
    eval instant at 0s sum(m{a=""})
      {} 4
    eval instant at 0s sum(m{a!=""})
      {} 3
    eval instant at 0s sum(m{a!="1"})
      {} 6
    eval instant at 0s sum(m{a=~"1|2"})
      {} 3
    eval instant at 0s sum(m{a=~"1|"})
      {} 5
    eval instant at 0s sum(m{a!~"1"})
      {} 6
    eval instant at 0s sum(m{a=~".*"})
      {} 7
    eval instant at 0s sum(m{a=~".+"})
      {} 3
    eval instant at 0s sum(m{a!~".+"})
      {} 4
    eval instant at 0s sum(m{a!="1",b!="y"})
      {} 2
    eval instant at 0s sum(m{nosuch=""})
      {} 7
    eval instant at 0s sum(m{nosuch!=""})
  )");
}

TEST(MatcherTest, PatternsMatchTheWholeValue) {
  RunScript(R"(
    load 10s
      m{a="foo"} 1
      m{a="foobar"} 2
      m{a="FOO"} 4
    eval instant at 0s sum(m{a=~"foo"})
      {} 1
    eval instant at 0s sum(m{a=~"foo.*"})
      {} 3
    eval instant at 0s sum(m{a=~".*bar"})
      {} 2
    eval instant at 0s sum(m{a=~"(?i)foo"})
      {} 5
    eval instant at 0s sum(m{a!~"foo.*"})
      {} 4
    eval instant at 0s sum(m{a=~"fo{2}|FO+"})
      {} 5
  )");
}

TEST(MatcherTest, NamesMatchAsLabelsDo) {
  RunScript(R"(
    load 10s
      a_total{i="1"} 1
      b_total{i="1"} 2
      b{i="1"} 4
    eval instant at 0s sum({__name__="b"})
      {} 4
    eval instant at 0s sum({__name__=~".+_total"})
      {} 3
    eval instant at 0s sum({__name__!="b",i="1"})
      {} 3
    eval instant at 0s sum({"b"})
      {} 4
    eval instant at 0s sum({"b",i="1"})
      {} 4
    eval instant at 0s sum({i="1"})
      {} 7
  )");
}

TEST(MatcherTest, DotMatchesANewline) {
  AskingDatabase db;
  const Labels series({{"__name__", "m"}, {"a", "x\ny"}});
  EXPECT_THAT(db.db().Append(series, At(0), 1), IsOk());
  EXPECT_EQ(db.Ask("count(m{a=~\"x.y\"})", 0), "{} 1");
  EXPECT_EQ(db.Ask("count(m{a=\"x\\ny\"})", 0), "{} 1");
}

TEST(MatcherTest, NamesMayBeAnyUtf8) {
  AskingDatabase db;
  Target target = db.Add({{"pod", "p"}});
  const std::vector<Labels> series = {
      Labels({{"__name__", "http.requests"}, {"\xc3\xa9tat", "ok"}})};
  const std::vector<double> values = {7};
  EXPECT_THAT(target.AppendRow(series, values, At(0)), IsOk());
  EXPECT_EQ(db.Ask("sum by (\"\xc3\xa9tat\") ({\"http.requests\"})", 0),
            "{\"\xc3\xa9tat\"=\"ok\"} 7");
  EXPECT_EQ(db.Ask("{\"http.requests\", \"\xc3\xa9tat\"=\"ok\"} * 2", 0),
            "{pod=\"p\", \"\xc3\xa9tat\"=\"ok\"} 14");
}

}  // namespace
}  // namespace tacho::testing
