// Start times from _created series, in rates that are told to use them.
#include "engine/start_times.h"

#include <string>

#include "gtest/gtest.h"
#include "tacho/database.h"
#include "tests/support/status_matchers.h"

namespace tacho {
namespace {

constexpr const char* kBody =
    "# TYPE jobs counter\n"
    "jobs_total{q=\"a\"} %V\n"
    "jobs_created{q=\"a\"} %C\n"
    "# EOF\n";

std::string Body(const std::string& value, const std::string& created) {
  std::string body = kBody;
  body.replace(body.find("%V"), 2, value);
  body.replace(body.find("%C"), 2, created);
  return body;
}

class StartTimesTest : public ::testing::Test {
 protected:
  double Ask(bool use_starts, const std::string& promql) {
    Database database({.promql = {.experimental_functions = true, .start_timestamps = use_starts}});
    Target target = *database.AddTarget({{"pod", "p"}});
    const auto scrape = [&](const char* value, const char* created, int64_t seconds) {
      EXPECT_THAT(target.Ingest(Body(value, created), Exposition::kOpenMetrics,
                                Timestamp::FromUnixMillis(seconds * 1000)),
                  testing::IsOk());
    };
    scrape("10", "1", 100);
    scrape("20", "1", 110);
    scrape("25", "112", 120);  // restarted at 112 s, and past 20 again
    const auto result = database.Ask(promql, Timestamp::FromUnixMillis(120'000));
    EXPECT_THAT(result, testing::IsOk());
    return result->samples().empty() ? -1 : result->samples()[0].value;
  }
};

// A restart that the value alone does not show.
TEST_F(StartTimesTest, ARestartIsSeenByItsStart) {
  EXPECT_DOUBLE_EQ(Ask(false, "increase(jobs_total[20001ms])"), 15 * 20.001 / 20);
  EXPECT_DOUBLE_EQ(Ask(true, "increase(jobs_total[20001ms])"), 35 * 20.001 / 20);
  EXPECT_DOUBLE_EQ(Ask(true, "sum(increase(jobs_total[20001ms]))"), 35 * 20.001 / 20);
  EXPECT_DOUBLE_EQ(Ask(false, "irate(jobs_total[1m])"), 0.5);
  EXPECT_DOUBLE_EQ(Ask(true, "irate(jobs_total[1m])"), 2.5);
  EXPECT_DOUBLE_EQ(Ask(true, "resets(jobs_total[1m])"), 1);
}

TEST_F(StartTimesTest, AreAskedForWithStartTimestamp) {
  EXPECT_DOUBLE_EQ(Ask(true, "start_timestamp(jobs_total)"), 112);
  EXPECT_DOUBLE_EQ(Ask(false, "start_timestamp(jobs_total)"), -1);
  EXPECT_DOUBLE_EQ(Ask(true, "start_timestamp(jobs_created)"), 0);  // not known
  EXPECT_DOUBLE_EQ(Ask(true, "start_timestamp(-jobs_total)"), -1);
}

}  // namespace
}  // namespace tacho
