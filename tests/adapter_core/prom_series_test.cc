#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/prom_fixture.h"

namespace tacho::adapter {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class PromSeriesTest : public testing::PromTest {
 protected:
  PromSeriesTest() {
    Scrape({{"job", "a"}},
           "# HELP up Whether\\nit <is>.\n# TYPE up gauge\nup 1\n# TYPE m counter\n"
           "m{path=\"x\"} 1\nm{path=\"y\"} 2\n");
    Scrape({{"job", "b"}, {"zone", "z"}}, "# HELP up Other.\nup 1\n", kNow - absl::Minutes(5));
  }
  static constexpr Timestamp kNow = testing::kNow;
};

TEST_F(PromSeriesTest, SeriesOfSeveralSelectorsAreListedOnce) {
  EXPECT_EQ(Data("/api/v1/series?match[]=up&match[]=%7Bjob%3D%22b%22%7D"),
            R"([{"__name__":"up","job":"a"},{"__name__":"up","job":"b","zone":"z"}])");
  EXPECT_EQ(Data("/api/v1/series?match[]=none"), "[]");
}

TEST_F(PromSeriesTest, OnlySeriesOfTheTimeCount) {
  // Now is 1795448511.370; job b was scraped five minutes before.
  EXPECT_EQ(Data("/api/v1/series?match[]=up&start=1795448500"), R"([{"__name__":"up","job":"a"}])");
  EXPECT_EQ(Data("/api/v1/series?match[]=up&end=1795448500"),
            R"([{"__name__":"up","job":"b","zone":"z"}])");
  EXPECT_EQ(Data("/api/v1/series?match[]=up&start=1795448512"), "[]");
  EXPECT_EQ(Data("/api/v1/labels?end=1795448500"), R"(["__name__","job","zone"])");
  EXPECT_EQ(Data("/api/v1/label/job/values?start=1795448500"), R"(["a"])");
}

TEST_F(PromSeriesTest, ALimitCutsAndWarns) {
  EXPECT_EQ(Get("/api/v1/series?match[]=m&limit=1"),
            R"({"status":"success","data":[{"__name__":"m","job":"a","path":"x"}],)"
            R"("warnings":["results truncated due to limit"]})");
  EXPECT_EQ(Data("/api/v1/series?match[]=m&limit=2"),
            R"([{"__name__":"m","job":"a","path":"x"},{"__name__":"m","job":"a","path":"y"}])");
  EXPECT_EQ(Get("/api/v1/labels?limit=1"), R"({"status":"success","data":["__name__"],)"
                                           R"("warnings":["results truncated due to limit"]})");
}

TEST_F(PromSeriesTest, LabelsAndTheirValuesAreSorted) {
  EXPECT_EQ(Data("/api/v1/labels"), R"(["__name__","job","path","zone"])");
  EXPECT_EQ(Data("/api/v1/labels?match[]=up"), R"(["__name__","job","zone"])");
  EXPECT_EQ(Data("/api/v1/label/__name__/values"), R"(["m","up"])");
  EXPECT_EQ(Data("/api/v1/label/path/values"), R"(["x","y"])");
  EXPECT_EQ(Data("/api/v1/label/job/values?match[]=m"), R"(["a"])");
  EXPECT_EQ(Data("/api/v1/label/none/values"), "[]");
  EXPECT_EQ(Data("/api/v1/label/U__jo_62_/values"), R"(["a","b"])");
}

TEST_F(PromSeriesTest, BadRequestsSayWhatIsWrong) {
  EXPECT_EQ(Get("/api/v1/series"), Error("bad_data", "no match[] parameter provided"));
  EXPECT_EQ(Get("/api/v1/series?match[]=%7B%7D"),
            Error("bad_data", R"(invalid parameter \"match[]\": match[] must contain at least one )"
                              "non-empty matcher"));
  EXPECT_THAT(Get("/api/v1/series?match[]=up%7B"),
              StartsWith(R"({"status":"error","errorType":"bad_data","error":"invalid )"
                         R"(parameter \"match[]\": 1:)"));
  EXPECT_THAT(Get("/api/v1/labels?match[]=sum(up)"), HasSubstr("a vector selector is needed"));
  EXPECT_EQ(Get("/api/v1/labels?start=x"),
            Error("bad_data", R"(invalid parameter \"start\": invalid time value for 'start': )"
                              R"(cannot parse \"x\" to a valid timestamp)"));
  EXPECT_EQ(Get("/api/v1/labels?limit=x"),
            Error("bad_data", R"(invalid parameter \"limit\": strconv.Atoi: parsing \"x\": )"
                              "invalid syntax"));
  EXPECT_THAT(Get("/api/v1/label/%ff/values"), HasSubstr("invalid label name: "));
  EXPECT_EQ(Ask("/api/v1/label//values").status, 400);
}

TEST_F(PromSeriesTest, TooManySeriesAreRefusedUnlessLimited) {
  env_.bounds.max_series = 2;
  const HttpReply reply = Ask("/api/v1/series?match[]=%7Bjob!%3D%22%22%7D");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.reason, "query_series");
  EXPECT_THAT(reply.body, HasSubstr("more than 2 series match (--query.max-series)"));
  EXPECT_EQ(Ask("/api/v1/series?match[]=m").status, 200);
  EXPECT_EQ(Ask("/api/v1/series?match[]=%7Bjob!%3D%22%22%7D&limit=2").status, 422);
  EXPECT_EQ(Ask("/api/v1/series?match[]=%7Bjob!%3D%22%22%7D&limit=1").status, 200);
  env_.bounds.max_reply_bytes = 20;
  EXPECT_EQ(Ask("/api/v1/series?match[]=m").reason, "query_reply_bytes");
  EXPECT_EQ(Ask("/api/v1/labels").reason, "query_reply_bytes");
}

TEST_F(PromSeriesTest, MetadataIsByMetric) {
  const std::string m = R"("m":[{"type":"counter","help":"","unit":""}])";
  const std::string is = R"({"type":"gauge","help":"Whether\nit \u003cis\u003e.","unit":""})";
  const std::string other = R"({"type":"unknown","help":"Other.","unit":""})";
  EXPECT_EQ(Data("/api/v1/metadata"), "{" + m + R"(,"up":[)" + is + "," + other + "]}");
  EXPECT_EQ(Data("/api/v1/metadata?metric=m"), "{" + m + "}");
  EXPECT_EQ(Data("/api/v1/metadata?metric=none"), "{}");
  EXPECT_EQ(Data("/api/v1/metadata?limit=1"), "{" + m + "}");
  EXPECT_EQ(Data("/api/v1/metadata?limit=0"), "{}");
  EXPECT_EQ(Data("/api/v1/metadata?limit_per_metric=1"), "{" + m + R"(,"up":[)" + is + "]}");
  EXPECT_EQ(Get("/api/v1/metadata?limit=x"), Error("bad_data", "limit must be a number"));
  EXPECT_EQ(Get("/api/v1/metadata?limit_per_metric=x"),
            Error("bad_data", "limit_per_metric must be a number"));
}

}  // namespace
}  // namespace tacho::adapter
