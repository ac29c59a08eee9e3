#include "adapter/core/series_query_hints.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SeriesQueryHintsTest, TheMetricIsBeforeTheBracesOrSpelledOutInThem) {
  EXPECT_EQ(ReadSeriesQuery("http_requests_total").metric, "http_requests_total");
  EXPECT_EQ(ReadSeriesQuery(" a:b_c {x=\"y\"}").metric, "a:b_c");
  EXPECT_EQ(ReadSeriesQuery("{__name__=\"m\",x!=\"\"}").metric, "m");
  EXPECT_EQ(ReadSeriesQuery("{ x != '' , __name__ = 'm' }").metric, "m");
}

TEST(SeriesQueryHintsTest, APatternSpellsNothingOut) {
  EXPECT_EQ(ReadSeriesQuery("{__name__=~\"^container_.*\"}").metric, "");
  EXPECT_EQ(ReadSeriesQuery("{__name__!=\"m\"}").metric, "");
  EXPECT_EQ(ReadSeriesQuery("").metric, "");
}

TEST(SeriesQueryHintsTest, LabelsThatEverySeriesMustHave) {
  EXPECT_THAT(ReadSeriesQuery("m{a!=\"\",b=\"x\",c=\"\",d!=\"y\",e=~\"z\",f!~\"z\",g!=''}").labels,
              ElementsAre("a", "b", "g"));
}

TEST(SeriesQueryHintsTest, WhatItCannotReadEndsTheReading) {
  EXPECT_THAT(ReadSeriesQuery("m{a!=\"\",b=\"x\\\"y\",c!=\"\"}").labels, ElementsAre("a"));
  EXPECT_THAT(ReadSeriesQuery("m{a!=\"\",\"q.r\"=\"x\",c!=\"\"}").labels, ElementsAre("a"));
  for (const std::string text : {"m{", "m{a", "m{a=", "m{a=\"", "m{a=\"x", "{,}", "m{a!}", "m{}"}) {
    EXPECT_THAT(ReadSeriesQuery(text).labels, IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace tacho::adapter
