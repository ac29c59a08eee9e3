#include <string>

#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/prom_fixture.h"

namespace tacho::adapter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

class PromQueryTest : public testing::PromTest {
 protected:
  PromQueryTest() { Scrape({{"job", "a"}}, "up 1\nm{path=\"<x>\"} 0.5\nm{path=\"y\"} 1e21\n"); }
};

TEST_F(PromQueryTest, AVector) {
  EXPECT_EQ(Get("/api/v1/query?query=up"),
            R"({"status":"success","data":{"resultType":"vector","result":[)"
            R"({"metric":{"__name__":"up","job":"a"},"value":[1795448511.370,"1"]}]}})");
  EXPECT_EQ(
      Data("/api/v1/query?query=m"),
      R"({"resultType":"vector","result":[)"
      R"({"metric":{"__name__":"m","job":"a","path":"\u003cx\u003e"},)"
      R"("value":[1795448511.370,"0.5"]},)"
      R"({"metric":{"__name__":"m","job":"a","path":"y"},"value":[1795448511.370,"1e+21"]}]})");
  EXPECT_EQ(Data("/api/v1/query?query=none"), R"({"resultType":"vector","result":[]})");
}

TEST_F(PromQueryTest, ScalarsAndStringsHaveAnotherEncoder) {
  EXPECT_EQ(Data("/api/v1/query?query=1e21"),
            R"({"resultType":"scalar","result":[1795448511.37,"1000000000000000000000"]})");
  EXPECT_EQ(Data("/api/v1/query?query=%22a%5C%22b%22&time=20"),
            R"({"resultType":"string","result":[20,"a\"b"]})");
}

TEST_F(PromQueryTest, ARangeHasAPointForEachStep) {
  EXPECT_EQ(Data("/api/v1/query_range?query=up&start=1795448512&end=1795448514.5&step=1"),
            R"({"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a"},)"
            R"("values":[[1795448512,"1"],[1795448513,"1"],[1795448514,"1"]]}]})");
  EXPECT_EQ(Data("/api/v1/query_range?query=7&start=1&end=1&step=1m"),
            R"({"resultType":"matrix","result":[{"metric":{},"values":[[1,"7"]]}]})");
}

TEST_F(PromQueryTest, TheFirstBadParameterIsNamedInPrometheusWords) {
  const auto refused = [&](std::string_view query, std::string_view message) {
    const HttpReply reply = Ask(query);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.body, Error("bad_data", message)) << query;
  };
  refused("/api/v1/query?query=up&time=abc",
          R"(invalid parameter \"time\": invalid time value for 'time': cannot parse \"abc\" to a )"
          "valid timestamp");
  refused("/api/v1/query?query=up&timeout=1xx",
          R"(invalid parameter \"timeout\": cannot parse \"1xx\" to a valid duration)");
  refused("/api/v1/query?query=up&limit=-1&time=abc",
          R"(invalid parameter \"limit\": limit must be non-negative)");
  refused("/api/v1/query?query=up&lookback_delta=x",
          R"(error parsing lookback delta duration: cannot parse \"x\" to a valid duration)");
  refused("/api/v1/query",
          R"(invalid parameter \"query\": unknown position: parse error: no expression found in )"
          "input");
  refused("/api/v1/query_range?query=up",
          R"(invalid parameter \"start\": cannot parse \"\" to a valid timestamp)");
  refused("/api/v1/query_range?query=up&start=2&end=1&step=1",
          R"(invalid parameter \"end\": end timestamp must not be before start time)");
  refused("/api/v1/query_range?query=up&start=1&end=2",
          R"(invalid parameter \"step\": cannot parse \"\" to a valid duration)");
  refused("/api/v1/query_range?query=up&start=1&end=2&step=0",
          R"(invalid parameter \"step\": zero or negative query resolution step widths are not )"
          "accepted. Try a positive integer");
  refused("/api/v1/query_range?query=up&start=1&end=2&step=0.0001",
          R"(invalid parameter \"step\": the step must be at least 1ms)");
}

TEST_F(PromQueryTest, NoMoreThan11000StepsAfterTheFirst) {
  EXPECT_EQ(Get("/api/v1/query_range?query=up&start=0&end=11001&step=1"),
            Error("bad_data",
                  "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the "
                  "query resolution (?step=XX)"));
  const std::string most = Get("/api/v1/query_range?query=vector(1)&start=0&end=11000&step=1");
  EXPECT_THAT(most, HasSubstr(R"([11000,"1"]]}]}})"));
  EXPECT_EQ(Ask("/api/v1/query_range?query=none&start=0&end=11000.999&step=1").status, 200);
}

TEST_F(PromQueryTest, TheBoundOnStepsIsTheDatabases) {
  Database database({.query = {.max_steps = 1'234'567}});
  QueryPool queries(database, 8);
  const PromEnv env = {database, &queries, &deadlines_, &status_, PromBounds()};
  const auto status = [&](std::string_view target) {
    return HandleProm("GET", ParseRoute(target), {testing::kNow, [] { return Duration(); }}, env);
  };
  EXPECT_EQ(status("/api/v1/query_range?query=none&start=0&end=1234567&step=1").status, 200);
  EXPECT_THAT(status("/api/v1/query_range?query=none&start=0&end=1234568&step=1").body,
              HasSubstr("exceeded maximum resolution of 1,234,567 points"));
}

TEST_F(PromQueryTest, WhatCannotBeReadIsBadData) {
  const HttpReply reply = Ask("/api/v1/query?query=up%7B");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, StartsWith(R"({"status":"error","errorType":"bad_data","error":"invalid )"
                                     R"(parameter \"query\": 1:)"));
}

TEST_F(PromQueryTest, ALimitCutsAndWarns) {
  const std::string body = Get("/api/v1/query?query=m&limit=1");
  EXPECT_THAT(body, HasSubstr("\\u003cx"));
  EXPECT_THAT(body, Not(HasSubstr("\"y\"")));
  EXPECT_THAT(body, HasSubstr(R"(,"warnings":["results truncated due to limit"]})"));
  EXPECT_THAT(Get("/api/v1/query?query=m&limit=2"), Not(HasSubstr("warnings")));
  EXPECT_THAT(Get("/api/v1/query_range?query=m&limit=1&start=1795448512&end=1795448513&step=1"),
              HasSubstr("results truncated"));
}

TEST_F(PromQueryTest, TheShorterTimeoutCounts) {
  elapsed_ = absl::Seconds(2);
  env_.bounds.timeout = absl::Seconds(10);
  Get("/api/v1/query?query=up");
  Get("/api/v1/query?query=up&timeout=5s");
  Get("/api/v1/query?query=up&timeout=1h");
  EXPECT_THAT(deadlines_.armed, ElementsAre(absl::Seconds(8), absl::Seconds(3), absl::Seconds(8)));
}

TEST_F(PromQueryTest, AQueryThatWaitedTooLongIsNotBegun) {
  elapsed_ = absl::Seconds(10);
  const HttpReply reply = Ask("/api/v1/query?query=up&timeout=10");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body, Error("timeout", "context deadline exceeded"));
  EXPECT_EQ(reply.reason, "query_timeout");
  EXPECT_EQ(Get("/api/v1/query?query=up&timeout=0"),
            Error("timeout", "query timed out in query execution"));
  EXPECT_TRUE(deadlines_.armed.empty());
}

TEST_F(PromQueryTest, AQueryThatRunsTooLongIsStopped) {
  elapsed_ = absl::Milliseconds(9'500);  // the deadline is half a second away, and passes
  const HttpReply reply = Ask("/api/v1/query?query=up&timeout=10");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body, Error("timeout", "query timed out in expression evaluation"));
  EXPECT_EQ(reply.reason, "query_timeout");
}

TEST_F(PromQueryTest, AQueryWhoseClientHasGoneIsStopped) {
  PromMoment moment = {testing::kNow, [] { return Duration(); }};
  moment.interrupt->Cancel();
  const HttpReply reply = HandleProm("GET", ParseRoute("/api/v1/query?query=up"), moment, env_);
  EXPECT_EQ(reply.status, 499);
  EXPECT_EQ(reply.body, Error("canceled", "query was canceled in expression evaluation"));
}

TEST_F(PromQueryTest, LookbackIsPerRequest) {
  // The sample at :11.370 is 3 min old at :191.370.
  const std::string_view at = "/api/v1/query?query=up&time=1795448691.370";
  const auto found = [&](std::string_view lookback) {
    return Get(absl::StrCat(Abs(at), Abs(lookback))).find("\"1\"]") != std::string::npos;
  };
  EXPECT_TRUE(found(""));  // 5 min
  EXPECT_TRUE(found("&lookback_delta=5m"));
  EXPECT_FALSE(found("&lookback_delta=1m"));
  EXPECT_TRUE(found("&lookback_delta=180.001"));
  EXPECT_FALSE(found("&lookback_delta=180"));  // open at its left end
  const std::string_view range =
      "/api/v1/query_range?query=up&start=1795448691.370&end=1795448691.370&step=1";
  EXPECT_EQ(Data(absl::StrCat(Abs(range), "&lookback_delta=1m")),
            R"({"resultType":"matrix","result":[]})");
  EXPECT_THAT(Data(absl::StrCat(Abs(range), "&lookback_delta=5m")), HasSubstr("\"1\"]"));
}

TEST_F(PromQueryTest, AnInstantQueryMayBeOfARange) {
  EXPECT_EQ(Data("/api/v1/query?query=up%5B1m%5D&time=1795448520"),
            R"({"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a"},)"
            R"("values":[[1795448511.370,"1"]]}]})");
  EXPECT_EQ(Data("/api/v1/query?query=up%5B1m%5D&time=1795448510"),
            R"({"resultType":"matrix","result":[]})");
}

TEST_F(PromQueryTest, StatsAreGivenWhenAsked) {
  EXPECT_THAT(Get("/api/v1/query?query=up"), Not(HasSubstr("stats")));
  EXPECT_THAT(Get("/api/v1/query?query=up&stats=all"), HasSubstr(R"("stats":{"timings":{)"));
  EXPECT_THAT(Get("/api/v1/query?query=up&stats=true"),
              MatchesRegex(".*\"stats\":.\"timings\":.\"evalTotalTime\":0,\"resultSortTime\":0,"
                           "\"queryPreparationTime\":0,\"innerEvalTime\":0,\"execQueueTime\":0,"
                           "\"execTotalTime\":0.,\"samples\":.\"totalQueryableSamples\":[0-9]+,"
                           "\"samplesRead\":[0-9]+,\"peakSamples\":1.*"));
}

TEST_F(PromQueryTest, ALongReplyIsRefusedAndCounted) {
  env_.bounds.max_reply_bytes = 100;
  const HttpReply reply = Ask("/api/v1/query?query=m");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.reason, "query_reply_bytes");
  EXPECT_THAT(reply.body, HasSubstr("longer than 100 bytes (--query.max-reply-bytes)"));
  EXPECT_EQ(Ask("/api/v1/query?query=1").status, 200);
  EXPECT_EQ(Ask("/api/v1/query_range?query=7&start=1&end=9000&step=1").status, 422);
}

TEST_F(PromQueryTest, OnlyGetAndPost) {
  EXPECT_EQ(Ask("/api/v1/query?query=1", "POST").status, 200);
  const HttpReply reply = Ask("/api/v1/query?query=1", "DELETE");
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.body, "Method Not Allowed\n");
  EXPECT_EQ(Ask("/api/v1/metadata", "POST").status, 405);
}

TEST_F(PromQueryTest, APreparedTextIsUsedAgain) {
  EXPECT_EQ(queries_.idle(), 0U);
  Get("/api/v1/query?query=up");
  EXPECT_EQ(queries_.idle(), 1U);
  Get("/api/v1/query?query=up");
  EXPECT_EQ(queries_.idle(), 1U);
  Get("/api/v1/query?query=up%7B");  // one that is refused is not kept
  EXPECT_EQ(queries_.idle(), 1U);
}

}  // namespace
}  // namespace tacho::adapter
