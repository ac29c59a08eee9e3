#include "adapter/core/upstream_json.h"

#include <cmath>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string Vector(const std::string& rows) {
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + rows + "]}}";
}

std::string Row(const std::string& value) {
  return R"({"metric":{"pod":"a"},"value":[1700000000.25,")" + value + R"("]})";
}

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

TEST(UpstreamJsonTest, ReadsAVectorWithWhatIsKnownOfItsAge) {
  const auto answer = ReadQueryReply(Vector(Row("1.5")), absl::Minutes(2));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->type, ResultType::kVector);
  ASSERT_THAT(answer->samples, SizeIs(1));
  const ResultSample& row = answer->samples[0];
  EXPECT_EQ(row.value, 1.5);
  EXPECT_EQ(row.labels().Get("pod"), "a");
  EXPECT_EQ(row.evidence.newest, Timestamp::FromUnixMillis(1'700'000'000'250));
  EXPECT_EQ(row.evidence.oldest, Timestamp::FromUnixMillis(1'699'999'880'250));
  EXPECT_EQ(row.evidence.targets, 0);  // nobody said: coverage is asked for
  EXPECT_EQ(answer->window, absl::Minutes(2));
}

TEST(UpstreamJsonTest, ReadsValuesThatAreNoNumbersAsSuch) {
  EXPECT_TRUE(std::isnan(ReadQueryReply(Vector(Row("NaN")), {})->samples[0].value));
  EXPECT_EQ(ReadQueryReply(Vector(Row("+Inf")), {})->samples[0].value, INFINITY);
  EXPECT_EQ(ReadQueryReply(Vector(Row("-Inf")), {})->samples[0].value, -INFINITY);
  EXPECT_EQ(ReadQueryReply(Vector(Row("1e-400")), {})->samples[0].value, 0);
  EXPECT_TRUE(absl::IsUnavailable(ReadQueryReply(Vector(Row("")), {}).status()));
  EXPECT_TRUE(absl::IsUnavailable(ReadQueryReply(Vector(Row("1x")), {}).status()));
}

TEST(UpstreamJsonTest, KeepsBothRowsOfOneObject) {
  const auto answer = ReadQueryReply(Vector(Row("1") + "," + Row("2")), {});
  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(answer->samples, SizeIs(2));  // ambiguous, for whoever decides
}

TEST(UpstreamJsonTest, ReadsScalarsStringsAndMatrices) {
  const auto of = [](const std::string& type, const std::string& result) {
    return ReadQueryReply(
        R"({"status":"success","data":{"resultType":")" + type + R"(","result":)" + result + "}}",
        {});
  };
  EXPECT_EQ(of("scalar", R"([1,"2"])")->scalar, 2);
  EXPECT_EQ(of("string", R"([1,"x"])")->string, "x");
  EXPECT_EQ(of("matrix", "[]")->type, ResultType::kMatrix);
  EXPECT_THAT(MessageOf(of("tensor", "[]").status()), HasSubstr("tensor"));
}

TEST(UpstreamJsonTest, RefusesPartialAnswersButNotRemarksOnTheExpression) {
  const std::string data = R"("data":{"resultType":"vector","result":[]})";
  const auto remark = ReadQueryReply(
      R"({"status":"success","warnings":["PromQL warning: bad bucket"],)" + data + "}", {});
  EXPECT_TRUE(remark.ok()) << remark.status();
  const auto part =
      ReadQueryReply(R"({"status":"success","warnings":["store-1: timeout"],)" + data + "}", {});
  EXPECT_TRUE(absl::IsUnavailable(part.status()));
  EXPECT_THAT(MessageOf(part.status()), HasSubstr("store-1: timeout"));
  const auto flag = ReadQueryReply(R"({"status":"success","isPartial":true,)" + data + "}", {});
  EXPECT_TRUE(absl::IsUnavailable(flag.status()));
}

TEST(UpstreamJsonTest, TellsWrongQueriesFromServersInTrouble) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      ReadQueryReply(R"({"status":"error","errorType":"bad_data","error":"x"})", {}).status()));
  EXPECT_TRUE(absl::IsUnavailable(
      ReadQueryReply(R"({"status":"error","errorType":"timeout","error":"x"})", {}).status()));
  const absl::Status wrong =
      ReadErrorReply(400, R"({"status":"error","errorType":"bad_data","error":"parse error"})");
  EXPECT_TRUE(absl::IsInvalidArgument(wrong));
  EXPECT_THAT(MessageOf(wrong), HasSubstr("bad_data: parse error"));
  EXPECT_TRUE(absl::IsUnavailable(ReadErrorReply(503, "<html>")));
  EXPECT_TRUE(absl::IsUnavailable(ReadErrorReply(401, "")));
}

TEST(UpstreamJsonTest, RefusesWhatIsNoReply) {
  for (const char* body :
       {"", "{", "[]", "null", "{}", R"({"status":"success"})",
        R"({"status":"success","data":null})", R"({"status":"success","data":[]})",
        R"({"status":"success","data":{"resultType":"vector"}})"}) {
    EXPECT_TRUE(absl::IsUnavailable(ReadQueryReply(body, {}).status())) << body;
  }
  for (const char* row :
       {"1", R"({"value":[1,"1"]})", R"({"metric":{"a":1},"value":[1,"1"]})", R"({"metric":{}})",
        R"({"metric":{},"value":[1]})", R"({"metric":{},"value":["1","1"]})",
        R"({"metric":{},"value":[1,1]})", R"({"metric":{},"value":[1e300,"1"]})"}) {
    EXPECT_TRUE(absl::IsUnavailable(ReadQueryReply(Vector(row), {}).status())) << row;
  }
  EXPECT_TRUE(absl::IsUnavailable(ReadQueryReply(std::string(100'000, '['), {}).status()));
}

TEST(UpstreamJsonTest, ANativeHistogramIsNoValue) {
  const auto answer = ReadQueryReply(Vector(R"({"metric":{},"histogram":[1,{}]})"), {});
  EXPECT_TRUE(absl::IsInvalidArgument(answer.status()));
}

TEST(UpstreamJsonTest, ReadsSeries) {
  const auto series = ReadSeriesReply(
      R"({"status":"success","data":[{"__name__":"m","pod":"a"},{"__name__":"m"}]})");
  ASSERT_TRUE(series.ok()) << series.status();
  ASSERT_THAT(*series, SizeIs(2));
  EXPECT_EQ((*series)[0].Get("pod"), "a");
  EXPECT_TRUE(ReadSeriesReply(R"({"status":"success","data":[]})")->empty());
  EXPECT_TRUE(absl::IsUnavailable(ReadSeriesReply(R"({"status":"success","data":null})").status()));
}

}  // namespace
}  // namespace tacho::adapter
