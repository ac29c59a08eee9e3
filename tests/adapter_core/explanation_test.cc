// Explanations, and coverage, over a real database: ten targets, some of which stop.
#include "adapter/core/explanation.h"

#include <boost/json/parse.hpp>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapter/core/custom_metrics.h"
#include "adapter/core/measurement.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_core/rules_test_support.h"

namespace tacho::adapter {
namespace {

using ::tacho::adapter::testing::kRequestsRule;
using ::tacho::adapter::testing::LoadClean;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Timestamp kBegin = Timestamp::FromUnixMillis(1'700'000'000'000);

// An engine that cannot be asked for coverage.
class WithoutCoverage final : public Querier {
 public:
  explicit WithoutCoverage(Querier* engine) : engine_(engine) {}
  absl::StatusOr<Answer> Ask(std::string_view promql, Timestamp t) override {
    if (promql.find("count_over_time") != std::string_view::npos) return error;
    return engine_->Ask(promql, t);
  }

  absl::Status error = absl::ResourceExhaustedError("over 9 samples; see --query.max-samples");

 private:
  Querier* const engine_;
};

class FleetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    policy_.max_age = absl::Seconds(40);
    policy_.interval = absl::Seconds(15);
    for (int i = 0; i < 10; ++i) {
      targets_.push_back(*database_.AddTarget({{"job", "pods"},
                                               {"instance", absl::StrCat("i", i)},
                                               {"namespace", "ns"},
                                               {"pod", absl::StrCat("p", i)}}));
    }
    Serve("");
  }
  void Serve(const std::string& more) {
    registry_ = std::make_unique<MetricRegistry>(LoadClean(std::string(kRequestsRule) + more));
  }

  // One round of scrapes, 15 s after the last one; the first `down` targets fail.
  void Scrape(size_t down = 0) {
    for (size_t i = 0; i < targets_.size(); ++i) {
      const bool up = i >= down;
      const std::string body = absl::StrCat("http_requests_total ", 15 * round_, "\n");
      if (up) {
        ASSERT_TRUE(targets_[i].Ingest(body, Exposition::kText, now_).ok());
      } else {
        ASSERT_TRUE(targets_[i].MarkStale(now_).ok());
      }
      ASSERT_TRUE(targets_[i].RecordHealth({.up = up}, now_).ok());
    }
    ++round_;
    now_ = now_ + absl::Seconds(15);
  }

  HttpReply Get(const std::string& target, std::string_view accept = "") {
    std::vector<DiscoveredTarget> known(pods_.size());
    for (size_t i = 0; i < pods_.size(); ++i) {
      known[i].pod_namespace = "ns";
      known[i].pod_name = pods_[i];
    }
    const PodIndex pods(known);
    const ApiState state{*registry_, *asked_,          pods, policy_, now_ - absl::Seconds(14),
                         nullptr,    absl::Minutes(10)};
    return HandleApi({"GET", "", accept}, ParseRoute(target), state);
  }
  HttpReply Namespace(const std::string& before = "", std::string_view accept = "") {
    return Get(before +
                   "/apis/custom.metrics.k8s.io/v1beta2/namespaces/ns/metrics/"
                   "http_requests_per_second",
               accept);
  }

  Database database_;
  CachingQuerier querier_{database_};
  WithoutCoverage broken_{&querier_};
  Querier* asked_ = &querier_;
  ValuePolicy policy_;
  std::vector<Target> targets_;
  std::vector<std::string> pods_ = {"p0"};
  std::unique_ptr<MetricRegistry> registry_;
  Timestamp now_ = kBegin;
  int round_ = 0;
};

TEST_F(FleetTest, ASumOfAllTargetsIsAValue) {
  for (int i = 0; i < 4; ++i) Scrape();
  const HttpReply reply = Namespace();
  EXPECT_EQ(reply.status, 200) << reply.body;
  // Ten counters from 0 to 45 in 45 s, stretched by the second since: 46 in 120 s each.
  EXPECT_THAT(reply.body, HasSubstr("\"value\":\"3833m\""));
}

// F18, T67: half of the targets stop, and within maxAge the half sum is no value.
TEST_F(FleetTest, APartialOutageIsNoLowValue) {
  for (int i = 0; i < 4; ++i) Scrape();
  for (int i = 0; i < 3; ++i) Scrape(/*down=*/5);
  const HttpReply reply = Namespace();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.reason, "coverage");
  for (int i = 0; i < 2; ++i) Scrape();
  EXPECT_EQ(Namespace().status, 200);
}

TEST_F(FleetTest, OneTargetOfTenMayBeAway) {
  for (int i = 0; i < 4; ++i) Scrape();
  for (int i = 0; i < 3; ++i) Scrape(/*down=*/1);
  EXPECT_EQ(Namespace().status, 200);
  Serve("  tacho: {minCoverage: 1}\n");
  EXPECT_EQ(Namespace().reason, "coverage");
}

// All ten are there, and nobody can say so.
TEST_F(FleetTest, CoverageThatCannotBeLearntIsNoValueAndTheReplySaysWhy) {
  for (int i = 0; i < 4; ++i) Scrape();
  asked_ = &broken_;
  const HttpReply reply = Namespace();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.reason, "coverage");
  EXPECT_THAT(reply.body, AllOf(HasSubstr("over 9 samples; see --query.max-samples"),
                                HasSubstr("tacho: {minCoverage: 0}")));
  EXPECT_THAT(Namespace("/explain", "text/plain").body,
              AllOf(HasSubstr("object   ns: coverage: how many of its targets are fresh could not"),
                    HasSubstr("note     coverage is not known: over 9 samples")));
  broken_.error = absl::UnavailableError("no upstream has answered");
  EXPECT_EQ(Namespace().reason, "upstream");
  Serve("  tacho: {minCoverage: 0}\n");
  EXPECT_EQ(Namespace().status, 200);
}

// What rests on one target asks for no coverage.
TEST_F(FleetTest, APodThatIsItsOnlyTargetNeedsNoCoverage) {
  for (int i = 0; i < 4; ++i) Scrape();
  asked_ = &broken_;
  EXPECT_EQ(Get("/apis/custom.metrics.k8s.io/v1beta2/namespaces/ns/pods/p0/"
                "http_requests_per_second")
                .status,
            200);
}

TEST_F(FleetTest, AnExternalSumWhoseCoverageCannotBeLearntIsNoValue) {
  Serve(
      "externalRules:\n- seriesQuery: http_requests_total\n  name: {as: all}\n"
      "  resources: {overrides: {namespace: {resource: namespace}}}\n"
      "  metricsQuery: sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m]))\n");
  for (int i = 0; i < 4; ++i) Scrape();
  const std::string path = "/apis/external.metrics.k8s.io/v1beta1/namespaces/ns/all";
  EXPECT_EQ(Get(path).status, 200) << Get(path).body;
  asked_ = &broken_;
  const HttpReply reply = Get(path);
  EXPECT_EQ(reply.reason, "coverage");
  EXPECT_THAT(reply.body, HasSubstr("over 9 samples"));
}

// A pod that is gone is not expected any more: scaling down is no outage.
TEST_F(FleetTest, RemovedTargetsAreNotMissed) {
  for (int i = 0; i < 4; ++i) Scrape();
  for (int i = 0; i < 5; ++i) targets_[static_cast<size_t>(i)].Remove(now_);
  targets_.erase(targets_.begin(), targets_.begin() + 5);
  for (int i = 0; i < 4; ++i) Scrape();
  EXPECT_EQ(Namespace().status, 200) << Namespace().body;
}

// F5: two samples 15 s apart are a rate to Prometheus, and too little to scale by.
TEST_F(FleetTest, AYoungWindowIsWarming) {
  Scrape();
  EXPECT_EQ(Namespace().reason, "warming");
  Scrape();
  EXPECT_EQ(Namespace().reason, "warming");
  Scrape();
  EXPECT_EQ(Namespace().status, 200);
}

TEST_F(FleetTest, TheExplanationSaysWhatTheValueRestsOn) {
  for (int i = 0; i < 4; ++i) Scrape();
  const HttpReply reply = Namespace("/explain");
  EXPECT_EQ(reply.status, 200);
  boost::json::error_code error;
  boost::json::parse(boost::json::string_view(reply.body.data(), reply.body.size()), error);
  EXPECT_FALSE(error) << reply.body;
  EXPECT_THAT(reply.body,
              HasSubstr("\"rule\":\"rules.yaml:3:3\",\"series\":\"http_requests_total\""));
  EXPECT_THAT(reply.body, HasSubstr("{\"promql\":\"sum(rate(http_requests_total{namespace="));
  EXPECT_THAT(reply.body, HasSubstr("3833m, from 10 series of 10 targets; newest sample 1s old"));
  EXPECT_THAT(reply.body, HasSubstr("\"status\":200,\"answer\":{\"kind\":\"MetricValueList\""));
}

TEST_F(FleetTest, TheExplanationNamesMissingTargetsAsTextForPeople) {
  for (int i = 0; i < 4; ++i) Scrape();
  for (int i = 0; i < 3; ++i) Scrape(/*down=*/2);
  for (const auto& [path, accept] : {std::pair("", "text/plain"), std::pair("?format=text", "")}) {
    const HttpReply reply =
        Get(absl::StrCat("/explain/apis/custom.metrics.k8s.io/v1beta2/namespaces/ns/metrics/"
                         "http_requests_per_second",
                         path),
            accept);
    EXPECT_EQ(reply.content_type, kPlainType);
    EXPECT_THAT(reply.body, HasSubstr("object   ns: coverage: only 8 of 10 targets are fresh"));
    EXPECT_THAT(reply.body, AllOf(HasSubstr("missing  {instance=\"i0\""), HasSubstr("\"i1\""),
                                  Not(HasSubstr("\"i2\""))));
    EXPECT_THAT(reply.body, HasSubstr("answer   503 "));
  }
}

// A list's query selects all of its pods' targets; each pod has only its own.
TEST_F(FleetTest, AListTellsMissingFromSilentAndYoungPods) {
  const std::string pods =
      "/apis/custom.metrics.k8s.io/v1beta2/namespaces/ns/pods/*/http_requests_per_second";
  for (int i = 0; i < 4; ++i) Scrape();
  auto other = database_.AddTarget(
      {{"namespace", "ns"}, {"pod", "other"}, {"instance", "other"}, {"job", "j"}});
  ASSERT_TRUE(other.ok());
  ASSERT_TRUE(other->Ingest("something_else 1\n", Exposition::kText, now_).ok());
  pods_ = {"other", "p0", "p1"};
  for (int i = 0; i < 12; ++i) Scrape(/*down=*/1);  // three minutes: p0 leaves the 2m window
  const std::string body = Get("/explain" + pods + "?format=text").body;
  EXPECT_THAT(body, HasSubstr("object   other: missing: no series for it"));
  EXPECT_THAT(body, HasSubstr("object   p0: stale: none of its 1 targets has a sample within"));
  // Eight samples, 105 in 105 s, stretched to the window: 1 less a rounding, cut to milli.
  EXPECT_THAT(body, HasSubstr("object   p1: 999m, from 1 series"));
  Serve("  tacho: {onMissing: zero}\n");
  EXPECT_THAT(
      Get("/explain" + pods + "?format=text").body,
      AllOf(HasSubstr("object   other: missing: no series for it; the rule's policy gives 0"),
            HasSubstr("object   p0: stale: none")));
}

TEST_F(FleetTest, ASelectorThatFitsNoPodIsExplained) {
  const HttpReply reply =
      Get("/explain/apis/custom.metrics.k8s.io/v1beta2/namespaces/ns/pods/*/"
          "http_requests_per_second?format=text&labelSelector=app%3Dnope");
  EXPECT_THAT(reply.body, HasSubstr("note     a rule gives this metric, but the request selects"));
}

TEST_F(FleetTest, WhatNoRuleGivesIsExplainedToo) {
  const HttpReply reply =
      Get("/explain/apis/custom.metrics.k8s.io/v1beta2/namespaces/ns/pods/p/nope?format=text");
  EXPECT_THAT(reply.body,
              AllOf(HasSubstr("rule     none gives this metric"), HasSubstr("answer   404 ")));
}

TEST(WhyTest, SaysTheFiguresBehindEachReason) {
  const auto why = [](Unknown unknown, const Observation& seen) {
    ExplainedObject object;
    object.seen = seen;
    object.decision.unknown = unknown;
    ValuePolicy policy;
    policy.max_age = absl::Seconds(40);
    return Why(object, policy, kBegin);
  };
  Observation seen;
  EXPECT_EQ(why(Unknown::kMissing, seen), "missing: no series for it");
  EXPECT_THAT(why(Unknown::kWarming, seen), HasSubstr("too few samples in the window yet"));
  seen.rows = 1;
  seen.value = 1e300;
  seen.newest = kBegin - absl::Seconds(50);
  seen.oldest = seen.newest - absl::Seconds(10);
  seen.rate_window = absl::Minutes(2);
  EXPECT_EQ(why(Unknown::kWarming, seen), "warming: its samples span 10s, and 30s is needed");
  EXPECT_EQ(why(Unknown::kStale, seen), "stale: its newest sample is 50s old, over 40s");
  EXPECT_THAT(why(Unknown::kOverflow, seen), HasSubstr("1e+300, which no quantity can hold"));
  EXPECT_EQ(why(Unknown::kNan, seen), "nan: the query gives NaN");
  seen.coverage = {10, 4, 3};
  EXPECT_THAT(why(Unknown::kCoverage, seen), HasSubstr("only 4 of 10 targets are fresh, and 90 %"));
  EXPECT_THAT(why(Unknown::kWarming, seen), HasSubstr("only 3 of 10 targets have two samples"));
  seen.rows = 2;
  EXPECT_THAT(why(Unknown::kAmbiguous, seen), HasSubstr("2 rows for it"));
}

TEST(IsRateTest, KnowsRatesByTheirCalls) {
  using internal::IsRate;
  EXPECT_TRUE(IsRate("sum(rate(x[2m]))"));
  EXPECT_TRUE(IsRate("increase (x[2m])"));
  EXPECT_FALSE(IsRate("irate(x[2m])"));
  EXPECT_FALSE(IsRate("sum(error_rate)"));
  EXPECT_FALSE(IsRate("rate"));
  EXPECT_FALSE(IsRate("max_over_time(rate_total[2m])"));
}

}  // namespace
}  // namespace tacho::adapter
