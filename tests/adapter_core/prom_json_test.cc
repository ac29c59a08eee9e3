#include "adapter/core/prom_json.h"

#include <cmath>
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/fake_querier.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::adapter::testing::FakeQuerier;
using ::tacho::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Timestamp kNow = Timestamp::FromUnixMillis(1'795'448'511'370);
constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(PromJsonTest, SampleValues) {
  const std::pair<double, std::string> cases[] = {
      {1.5, "1.5"},
      {0.000001, "0.000001"},
      {1e-7, "1e-07"},
      {1e20, "100000000000000000000"},
      {1e21, "1e+21"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {-0.0, "-0"},
      {0, "0"},
      {kInf, "+Inf"},
      {-kInf, "-Inf"},
      {std::nan(""), "NaN"},
      {5e-324, "5e-324"},
      {-123456.789, "-123456.789"},
      {0.1, "0.1"},
      {1e100, "1e+100"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(FormatSampleValue(value), text);
}

TEST(PromJsonTest, ScalarValuesHaveNoExponent) {
  EXPECT_EQ(FormatScalarValue(42), "42");
  EXPECT_EQ(FormatScalarValue(1e-7), "0.0000001");
  EXPECT_EQ(FormatScalarValue(1e21), "1000000000000000000000");
  EXPECT_EQ(FormatScalarValue(1e300).size(), 301u);
  EXPECT_EQ(FormatScalarValue(5e-324).size(), 2u + 324u);  // 0., 323 zeros, 5
  EXPECT_EQ(FormatScalarValue(kInf), "+Inf");
}

TEST(PromJsonTest, AVector) {
  FakeQuerier querier;
  querier.AddRow({{"__name__", "up"}, {"job", "a"}}, 1, kNow);
  querier.AddRow({{"path", "<x>"}}, 0.5, kNow);
  const HttpReply reply =
      HandlePrometheusQuery(ParseRoute("/api/v1/query?query=up"), querier, kNow);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"status":"success","data":{"resultType":"vector","result":[)"
                        R"({"metric":{"__name__":"up","job":"a"},"value":[1795448511.370,"1"]},)"
                        R"({"metric":{"path":"\u003cx\u003e"},"value":[1795448511.370,"0.5"]}]}})");
  EXPECT_THAT(querier.asked, ElementsAre("up"));
}

TEST(PromJsonTest, AnEmptyVector) {
  FakeQuerier querier;
  EXPECT_EQ(HandlePrometheusQuery(ParseRoute("/api/v1/query?query=x"), querier, kNow).body,
            R"({"status":"success","data":{"resultType":"vector","result":[]}})");
}

TEST(PromJsonTest, TimesOfVectorsHaveThreeDigitsOrNone) {
  Answer answer;
  const Labels labels;
  const ResultSample row(&labels, 1, Evidence());
  answer.samples = {&row, 1};
  const auto time = [&](int64_t ms) {
    answer.time = Timestamp::FromUnixMillis(ms);
    const std::string body = PrometheusJson(answer);
    const size_t begin = body.find("\"value\":[") + 9;
    return body.substr(begin, body.find(',', begin) - begin);
  };
  EXPECT_EQ(time(1000), "1");
  EXPECT_EQ(time(1001), "1.001");
  EXPECT_EQ(time(1010), "1.010");
  EXPECT_EQ(time(0), "0");
  EXPECT_EQ(time(-1500), "-1.500");
  EXPECT_EQ(time(-1), "-0.001");
  EXPECT_EQ(time(std::numeric_limits<int64_t>::min()), "-9223372036854775.808");
}

TEST(PromJsonTest, ScalarsAndStringsHaveAnotherTime) {
  Answer answer;
  answer.type = ResultType::kScalar;
  answer.scalar = 42;
  answer.time = kNow;
  EXPECT_EQ(PrometheusJson(answer),
            R"({"status":"success","data":{"resultType":"scalar","result":[1795448511.37,"42"]}})");
  answer.type = ResultType::kString;
  answer.string = "a\"b";
  answer.time = Timestamp::FromUnixMillis(20'000);
  EXPECT_EQ(PrometheusJson(answer),
            R"({"status":"success","data":{"resultType":"string","result":[20,"a\"b"]}})");
}

TEST(PromJsonTest, TimesAreSecondsOrRfc3339) {
  const auto ms = [](std::string_view text) { return ParsePrometheusTime(text)->unix_millis(); };
  EXPECT_EQ(ms("1"), 1000);
  EXPECT_EQ(ms("1.0005"), 1001);  // rounded half away from zero
  EXPECT_EQ(ms("-1.5"), -1500);
  EXPECT_EQ(ms("1e3"), 1'000'000);
  EXPECT_EQ(ms("2023-11-14T22:13:20Z"), 1'700'000'000'000);
  EXPECT_EQ(ms("2023-11-14T23:13:20.25+01:00"), 1'700'000'000'250);
  for (const std::string bad : {"", "abc", "1x", "nan", "inf", "1e300", "2023-11-14", " 1",
                                "infinite-future", "2023-11-14T22:13:20"}) {
    EXPECT_FALSE(ParsePrometheusTime(bad).ok()) << bad;
  }
  EXPECT_THAT(ParsePrometheusTime("abc"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "invalid parameter \"time\": invalid time value for 'time': cannot parse "
                       "\"abc\" to a valid timestamp"));
}

TEST(PromJsonTest, TheTimeParameterIsUsed) {
  FakeQuerier querier;
  querier.AddRow({}, 1, kNow);
  EXPECT_THAT(
      HandlePrometheusQuery(ParseRoute("/api/v1/query?query=x&time=12.5"), querier, kNow).body,
      HasSubstr("[12.500,"));
  const HttpReply bad =
      HandlePrometheusQuery(ParseRoute("/api/v1/query?query=x&time=abc"), querier, kNow);
  EXPECT_EQ(bad.status, 400);
  EXPECT_THAT(bad.body, HasSubstr(R"({"status":"error","errorType":"bad_data","error":"invalid )"));
}

TEST(PromJsonTest, ErrorsAreSortedAsPrometheusDoes) {
  FakeQuerier querier;
  const auto reply = [&](absl::Status error) {
    querier.error = std::move(error);
    return HandlePrometheusQuery(ParseRoute("/api/v1/query?query=x"), querier, kNow);
  };
  const HttpReply parse = reply(absl::InvalidArgumentError("1:2: parse error: unexpected <"));
  EXPECT_EQ(parse.status, 400);
  EXPECT_EQ(parse.body, R"({"status":"error","errorType":"bad_data","error":"invalid parameter )"
                        R"(\"query\": 1:2: parse error: unexpected \u003c"})");
  EXPECT_EQ(reply(absl::UnimplementedError("1:1: topk")).status, 400);
  const HttpReply execution = reply(absl::InvalidArgumentError("many-to-many matching"));
  EXPECT_EQ(execution.status, 422);
  EXPECT_EQ(execution.body,
            R"({"status":"error","errorType":"execution","error":"many-to-many matching"})");
  EXPECT_EQ(reply(absl::ResourceExhaustedError("too many samples")).status, 422);
}

}  // namespace
}  // namespace tacho::adapter
