#include "adapter/core/prom_reply.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

TEST(PromReplyTest, ErrorsAreSortedAsPrometheusDoes) {
  const HttpReply parse =
      PrepareFailure(absl::InvalidArgumentError("1:2: parse error: unexpected <"));
  EXPECT_EQ(parse.status, 400);
  EXPECT_EQ(parse.body, R"({"status":"error","errorType":"bad_data","error":"invalid parameter )"
                        R"(\"query\": 1:2: parse error: unexpected \u003c"})");
  EXPECT_EQ(PrepareFailure(absl::UnimplementedError("1:1: topk")).status, 400);
  EXPECT_EQ(PrepareFailure(absl::FailedPreconditionError("beyond retention")).status, 422);
  EXPECT_EQ(PrepareFailure(absl::ResourceExhaustedError("too deep")).status, 422);

  const HttpReply execution = EvaluateFailure(absl::InvalidArgumentError("many-to-many"));
  EXPECT_EQ(execution.status, 422);
  EXPECT_EQ(execution.body, R"({"status":"error","errorType":"execution","error":"many-to-many"})");
  EXPECT_EQ(EvaluateFailure(absl::ResourceExhaustedError("samples")).status, 422);
  EXPECT_EQ(EvaluateFailure(absl::InternalError("bug")).status, 500);

  const HttpReply canceled = EvaluateFailure(absl::CancelledError("x"));
  EXPECT_EQ(canceled.status, 499);
  EXPECT_EQ(canceled.body, R"({"status":"error","errorType":"canceled","error":)"
                           R"("query was canceled in expression evaluation"})");
  const HttpReply timeout = EvaluateFailure(absl::DeadlineExceededError("x"));
  EXPECT_EQ(timeout.status, 503);
  EXPECT_EQ(timeout.body, R"({"status":"error","errorType":"timeout","error":)"
                          R"("query timed out in expression evaluation"})");
  EXPECT_EQ(timeout.reason, "query_timeout");
  EXPECT_EQ(PromFailure(PromError::kUnavailable, "x").status, 503);
}

TEST(PromReplyTest, WarningsAndInfosStandApart) {
  const std::vector<Annotation> notes = {{true, "PromQL warning: w"}, {false, "PromQL info: i"}};
  EXPECT_EQ(PromSuccess("{}", notes).body,
            R"({"status":"success","data":{},"warnings":["PromQL warning: w"],)"
            R"("infos":["PromQL info: i"]})");
  EXPECT_EQ(PromSuccess("{}").body, R"({"status":"success","data":{}})");
}

// Ten of each kind, and how many more there were.
TEST(PromReplyTest, ManyNotesAreCut) {
  std::vector<Annotation> notes;
  for (int i = 0; i < 10; ++i) notes.push_back({true, absl::StrCat("w", i)});
  const std::string ten = R"("warnings":["w0","w1","w2","w3","w4","w5","w6","w7","w8","w9")";
  EXPECT_EQ(PromSuccess("1", notes).body,
            absl::StrCat(R"({"status":"success","data":1,)", ten, "]}"));
  for (int i = 0; i < 3; ++i) notes.push_back({true, absl::StrCat("x", i)});
  for (int i = 0; i < 12; ++i) notes.push_back({false, "i"});
  EXPECT_EQ(PromSuccess("1", notes).body,
            absl::StrCat(R"({"status":"success","data":1,)", ten,
                         R"(,"3 more warning annotations omitted"],"infos":["i","i","i","i","i",)",
                         R"("i","i","i","i","i","2 more info annotations omitted"]})"));
}

TEST(PromReplyTest, StringsAreAnArray) {
  EXPECT_EQ(StringsJson({}), "[]");
  EXPECT_EQ(StringsJson(std::vector<std::string>{"a", "\"<"}), R"(["a","\"\u003c"])");
}

}  // namespace
}  // namespace tacho::adapter
