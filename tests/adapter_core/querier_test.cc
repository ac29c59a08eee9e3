#include "adapter/core/querier.h"

#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace tacho::adapter {
namespace {

using ::tacho::testing::IsOk;
using ::tacho::testing::StatusIs;
using ::testing::HasSubstr;

constexpr Timestamp kStart = Timestamp::FromUnixMillis(1'700'000'000'000);

// A counter of `pod` that grows by one every 15 s, for two minutes.
Database OnePod(const std::string& pod) {
  Database database;
  auto target = database.AddTarget({{"namespace", "ns"}, {"pod", pod}});
  EXPECT_THAT(target, IsOk());
  for (int i = 0; i <= 8; ++i) {
    EXPECT_THAT(target->Ingest("http_requests_total " + std::to_string(100 + i) + "\n",
                               Exposition::kText, kStart + i * absl::Seconds(15)),
                IsOk());
  }
  return database;
}

// The newest sample is at 120 s; the window is open on the left, so its first is at
// 15 s: 7 in 105 s of samples, 1/15 per second.
TEST(QuerierTest, AnswersWithEvidenceAndWindow) {
  CachingQuerier querier(OnePod("a"));
  const Timestamp now = kStart + absl::Seconds(121);
  const auto answer = querier.Ask("sum by (pod) (rate(http_requests_total[2m]))", now);
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->samples.size(), 1u);
  EXPECT_EQ(answer->samples[0].labels(), (Labels{{"pod", "a"}}));
  EXPECT_NEAR(answer->samples[0].value, 1.0 / 15, 1e-3);
  EXPECT_EQ(answer->samples[0].evidence.newest, kStart + absl::Seconds(120));
  EXPECT_EQ(answer->window, absl::Minutes(2));
  EXPECT_EQ(answer->time, now);
  EXPECT_EQ(answer->evidence.targets_selected, 1u);
}

TEST(QuerierTest, AnAnswerOutlivesTheQuerier) {
  absl::StatusOr<Answer> answer = absl::UnknownError("none");
  {
    CachingQuerier querier(OnePod("outlives"));
    answer = querier.Ask("http_requests_total", kStart + absl::Seconds(120));
  }
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->samples.size(), 1u);
  EXPECT_EQ(answer->samples[0].labels().Get("pod"), "outlives");
}

TEST(QuerierTest, KeepsTheTextsUsedLast) {
  CachingQuerier querier(OnePod("a"), 2);
  const auto ask = [&](const std::string& promql) {
    EXPECT_THAT(querier.Ask(promql, kStart), IsOk()) << promql;
    return querier.cached();
  };
  EXPECT_EQ(ask("1"), 1u);
  EXPECT_EQ(ask("2"), 2u);
  EXPECT_EQ(ask("1"), 2u);
  EXPECT_EQ(ask("3"), 2u);  // 2 goes, 1 was used since
  EXPECT_EQ(ask("1"), 2u);
}

TEST(QuerierTest, AQueryThatCannotBeReadIsNotKept) {
  CachingQuerier querier{Database()};
  EXPECT_THAT(querier.Ask("sum(", kStart),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("parse error")));
  EXPECT_EQ(querier.cached(), 0u);
}

TEST(QuerierTest, ManyThreadsMayAsk) {
  CachingQuerier querier(OnePod("a"), 4);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&querier, t] {
      for (int i = 0; i < 200; ++i) {
        const std::string promql = "http_requests_total + " + std::to_string((i + t) % 8);
        EXPECT_THAT(querier.Ask(promql, kStart + absl::Seconds(120)), IsOk());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(querier.cached(), 4u);
}

}  // namespace
}  // namespace tacho::adapter
